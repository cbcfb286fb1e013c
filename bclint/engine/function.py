"""The functions of a file: code objects with their analyses, each computed when first asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import CodeType
from typing import TypeVar

from bclint.bytecode.analysis import Analysis
from bclint.bytecode.decode import Instructions

AnalysisT = TypeVar("AnalysisT", bound=Analysis)


class FunctionView:
    """A code object of a file; implements `bclint.bytecode.analysis.Function`."""

    def __init__(
        self, code: CodeType, parent: FunctionView | None = None, module: FunctionView | None = None
    ) -> None:
        """Wrap `code`; without a parent it is the module's."""
        self.code = code
        self.parent = parent
        self.module: FunctionView = module or self
        self._nested: tuple[FunctionView, ...] | None = None
        self._analyses: dict[type, object] = {}

    @property
    def nested(self) -> tuple[FunctionView, ...]:
        """The code objects among the constants, in order."""
        if self._nested is None:
            self._nested = tuple(
                FunctionView(constant, self, self.module)
                for constant in self.code.co_consts
                if isinstance(constant, CodeType)
            )
        return self._nested

    def __getitem__(self, analysis: type[AnalysisT]) -> AnalysisT:
        """The analysis of this function, computed at most once."""
        found = self._analyses.get(analysis)
        if not isinstance(found, analysis):
            found = analysis.of(self)
            self._analyses[analysis] = found
        return found

    def has(self, analysis: type[Analysis]) -> bool:
        """Whether the analysis was computed or given."""
        return analysis in self._analyses

    def give(self, analysis: Analysis) -> None:
        """Use `analysis` instead of computing it: for what a layer above knows better."""
        self._analyses[type(analysis)] = analysis

    def release(self) -> None:
        """Let go of all that is known of this function and those in it; nobody may ask any more.

        They and their analyses use each other: without these cycles all is freed at once, and the
        garbage collector has nothing to look for.
        """
        waiting = [self]
        while waiting:
            function = waiting.pop()
            waiting.extend(function._nested or ())
            function._analyses.clear()
            function._nested = None
            del function.parent, function.module

    def take_over(self, old: FunctionView, analyses: Iterable[type]) -> None:
        """Take those of `analyses` that `old`, which runs the same, has computed; it loses them.

        They may look at nothing but a code object's instructions.
        """
        for analysis in analyses:
            if analysis in old._analyses:
                self._analyses[analysis] = old._analyses.pop(analysis)
        if isinstance(instructions := self._analyses.get(Instructions), Instructions):
            instructions.move_to(self.code)

    def walk(self) -> Iterator[FunctionView]:
        """The code object and all nested ones, outer before inner, without recursion."""
        waiting = [self]
        while waiting:
            function = waiting.pop()
            yield function
            waiting.extend(reversed(function.nested))
