"""How analyses are asked for: by type, computed once a function, whatever layer they live in."""

from __future__ import annotations

from types import CodeType
from typing import Protocol, Self, TypeVar


class Analysis(Protocol):
    """A result that can be computed from one function alone."""

    @classmethod
    def of(cls, function: Function) -> Self:
        """Compute the analysis of `function`."""
        ...


AnalysisT = TypeVar("AnalysisT", bound=Analysis)


class Function(Protocol):
    """One code object of a file: the module, a class body, a function, a comprehension.

    ``function[LoopForest]`` gives an analysis and remembers it.
    """

    @property
    def code(self) -> CodeType:
        """The code object as the compiler made it."""
        ...

    @property
    def module(self) -> Function:
        """The code object of the whole file (itself, for the module)."""
        ...

    @property
    def parent(self) -> Function | None:
        """The code object that has this one among its constants; None for the module."""
        ...

    @property
    def nested(self) -> tuple[Function, ...]:
        """The code objects among this one's constants, in their order."""
        ...

    def __getitem__(self, analysis: type[AnalysisT]) -> AnalysisT:
        """The analysis of this function, computed at most once."""
        ...
