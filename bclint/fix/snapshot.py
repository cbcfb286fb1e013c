"""One state of a file while it is being fixed: everything known of it, each computed once.

A round compiles and lints its source once; when the round's fixes hold, the new state is already
compiled and linted for the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import CodeType
from typing import Protocol

from bclint.bytecode.analysis import Function
from bclint.bytecode.compile import compile_source
from bclint.diagnostics import Diagnostic
from bclint.fix.comments import comments_in
from bclint.fix.region import Regions
from bclint.rule import Rule
from bclint.source import SourceFile


class FileReport(Protocol):
    """What linting one file gives."""

    @property
    def diagnostics(self) -> Sequence[Diagnostic]:
        """All findings, before suppressions and selection."""
        ...

    @property
    def errors(self) -> Sequence[object]:
        """What could not be done."""
        ...


@dataclass(frozen=True, slots=True)
class Linter:
    """The engine as fixing needs it (it lies in a layer above)."""

    lint: Callable[[SourceFile, Sequence[Rule]], FileReport]
    functions: Callable[[CodeType], Function]
    """The tree of functions of a module's code object."""


class Snapshot:
    """A source with what it compiles to and what the rules say of it."""

    def __init__(self, source: SourceFile, rules: Sequence[Rule], linter: Linter) -> None:
        """Hold `source`; nothing is compiled before it is asked for."""
        self.source = source
        self.rules = rules
        self.linter = linter
        self.regions = Regions(source)

    def changed(self, source: SourceFile) -> Snapshot:
        """The state after an edit, under the same rules."""
        return Snapshot(source, self.rules, self.linter)

    @cached_property
    def module(self) -> Function:
        """The compiled file. Raises `SourceError` where it does not compile."""
        return self.linter.functions(compile_source(self.source))

    @cached_property
    def report(self) -> FileReport:
        """What the rules say."""
        return self.linter.lint(self.source, self.rules)

    @cached_property
    def comments(self) -> Counter[str]:
        """How often each comment stands in the file."""
        return comments_in(self.source.text)
