"""What must hold of any program: bclint neither crashes nor hangs on it, and its fixes hold."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from bclint.engine.linter import lint
from bclint.source import SourceFile
from bclint_rules import PACK
from tests.any_program.generate import random_program
from tests.corpus.examine import examine_source

MOST_SECONDS = 60.0
"""Of computing, for one program of a few functions; ordinary is a hundredth of a second."""


@dataclass(slots=True)
class Tried:
    """What was tried so far."""

    programs: int = 0
    refused: int = 0
    """How many of them the compiler refuses, and bclint therefore has to."""
    fixed: int = 0
    """How many fixes were applied, in programs that were fixed as well."""
    failures: list[str] = field(default_factory=list)

    def check(self, name: str, text: str, *, fixes: bool) -> None:
        """Check one program; with `fixes`, what is applied must compile and be all there is."""
        self.programs += 1
        source = SourceFile(name, text.encode("utf-8", "surrogatepass"))
        if not compiles(text):
            self.refused += 1
            if len(lint(source, PACK.rules).errors) != 1:
                self.failures.append(f"{name}: refused by the compiler, and not by bclint")
            return
        if not fixes:
            self.failures += (
                f"{name}: {error.message}" for error in lint(source, PACK.rules).errors
            )
            return
        outcome = examine_source(source, PACK.rules, MOST_SECONDS)
        self.fixed += outcome.safe.applied + outcome.unsafe.applied
        self.failures += map(str, outcome.failures)
        if outcome.slow:
            self.failures.append(f"{name}: not done after {MOST_SECONDS:.0f} seconds of computing")


def compiles(text: str) -> bool:
    """Whether the running Python takes the program."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "<program>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            return False
    return True


_COMPILE = "import sys; compile(sys.stdin.buffer.read(), 'a', 'exec', dont_inherit=True)"


def crashes_the_compiler(text: str) -> bool:
    """Whether CPython itself dies of the program, as 3.12.1 does of some: nobody can lint that."""
    done = subprocess.run(
        [sys.executable, "-I", "-W", "ignore", "-c", _COMPILE],
        input=text.encode("utf-8", "surrogatepass"),
        capture_output=True,
        check=False,
    )
    return done.returncode < 0


def numbered_programs(first: int, count: int) -> Iterator[tuple[str, str]]:
    """Names and sources of the next `count` programs that compile, from the number `first` on.

    Programs that kill the compiler are left out.
    """
    number = first
    while count:
        text = random_program(number)
        if not crashes_the_compiler(text) and compiles(text):
            count -= 1
            yield f"program-{number}.py", text
        number += 1
