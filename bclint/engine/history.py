"""A file that is linted again after each change: what an unchanged function is known to do is kept.

A function that compiled to the same code, on whatever line, has the same instructions, blocks,
loops and operands: these are taken over. What else is known of it may depend on the rest of the
file, and is found out again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import CodeType

from bclint.bytecode.compile import compile_source
from bclint.bytecode.decode import Instructions
from bclint.dataflow.definitions import ReachingDefinitions
from bclint.dataflow.stack import OperandStack
from bclint.engine.function import FunctionView
from bclint.flow.dominators import CompletionDominators, Dominators
from bclint.flow.graph import ControlFlowGraph
from bclint.flow.loops import LoopForest
from bclint.source import SourceFile

KEPT = (
    Instructions,
    ControlFlowGraph,
    Dominators,
    CompletionDominators,
    LoopForest,
    OperandStack,
    ReachingDefinitions,
)
"""Analyses of a code object's instructions alone; none of them keeps a line or the function."""


class Cancelled(BaseException):
    """Nobody wants the result any more; no handler for mistakes is to hold this up."""


class History:
    """The last state of one file; for one thread at a time."""

    def __init__(self) -> None:
        """Start without any state."""
        self.module: FunctionView | None = None
        """The functions of the last state that compiled."""

    def functions_of(
        self, source: SourceFile, is_cancelled: Callable[[], bool] = lambda: False
    ) -> FunctionView:
        """Compile the next state, whose functions know what those of the last one knew.

        Going through them raises `Cancelled` as soon as `is_cancelled` says so. Raises
        `SourceError` for a source that does not compile, which changes nothing.
        """
        module = _Watched(compile_source(source), is_cancelled)
        if self.module is not None:
            _take_over(self.module, module)
        self.module = module
        return module


class _Watched(FunctionView):
    """A module whose functions are gone through only as long as somebody waits for them."""

    def __init__(self, code: CodeType, is_cancelled: Callable[[], bool]) -> None:
        super().__init__(code)
        self._is_cancelled = is_cancelled

    def walk(self) -> Iterator[FunctionView]:
        for function in super().walk():
            if self._is_cancelled():
                raise Cancelled
            yield function


def _take_over(before: FunctionView, now: FunctionView) -> None:
    by_name: dict[str, list[FunctionView]] = {}
    for function in _functions(before):
        by_name.setdefault(function.code.co_qualname, []).append(function)
    for function in _functions(now):
        candidates = by_name.get(function.code.co_qualname, [])
        for candidate in candidates:
            if _are_same(candidate.code, function.code):
                function.take_over(candidate, KEPT)
                candidates.remove(candidate)
                break


def _functions(module: FunctionView) -> Iterable[FunctionView]:
    """Every function but those with others inside, whose instructions hold code objects."""
    return (function for function in FunctionView.walk(module) if not function.nested)


def _are_same(before: CodeType, now: CodeType) -> bool:
    """Whether both are the same code, columns included, but for the line that they start on."""
    # Comparing code objects leaves out what kind of variable each name is.
    return (
        before.co_freevars == now.co_freevars
        and before.co_cellvars == now.co_cellvars
        and before.co_varnames == now.co_varnames
        and before == now.replace(co_firstlineno=before.co_firstlineno)
    )
