"""The measured pairs of programs: which a page has, and whether both give equal results.

This is the only place where bclint executes code that it reads, and that code is a rule
author's own documentation, never a linted file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bclint.evidence.program import ENTRY, Program
from bclint.testing.page import ALSO_MEASURED, EXAMPLE, USE_INSTEAD, Block, Page, PageError

SIZES = (10, 1000)
"""How many iterations the measured loops have."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two programs that do the same: as the rule finds it, and as it says to write it."""

    name: str
    """Empty for Example and Use instead, else what stands behind ``Also measured:``."""
    before: Block
    after: Block

    @property
    def digest(self) -> str:
        """What changes when either program does: evidence holds for these two texts alone."""
        return hashlib.sha256(f"{self.before.text}\0{self.after.text}".encode()).hexdigest()


def pairs_of(page: Page) -> Sequence[Pair]:
    """All pairs of the page, the main one first. Raises `PageError`."""
    pairs = [Pair("", page.program(EXAMPLE), page.program(USE_INSTEAD))]
    for section in page.sections:
        if section.title.startswith(ALSO_MEASURED):
            blocks = [block for block in section.blocks if block.info == "python"]
            if len(blocks) != 2:
                raise PageError(
                    f"{page.path}:{section.line}: {section.title} needs exactly two "
                    "```python blocks: before and after"
                )
            pairs.append(Pair(section.title.removeprefix(ALSO_MEASURED).strip(), *blocks))
    return pairs


def compare_results(path: str, pair: Pair) -> Iterator[str]:
    """The failures of running both programs: an exception, no ``run``, unequal results."""
    for size in SIZES:
        results = []
        for block in (pair.before, pair.after):
            try:
                results.append(result_of(path, block, size))
            except Exception as error:  # a program of a page may raise anything
                yield f"{path}:{block.line}: {ENTRY}() failed: {type(error).__name__}: {error}"
        if len(results) == 2 and results[0] != results[1]:
            yield (
                f"{path}:{pair.after.line}: {ENTRY}() gives {results[1]!r:.200} at size {size}, "
                f"in line {pair.before.line} {results[0]!r:.200}"
            )


def result_of(path: str, block: Block, size: int) -> object:
    """What ``run`` returns in the program of `block`, executed as a module of its own."""
    lines = "\n" * block.line  # so that tracebacks show the page's lines
    return Program(lines + block.text, size, path=path).result()
