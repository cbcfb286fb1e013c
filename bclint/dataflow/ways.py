"""The ways from a store to a loop: all that may run after a value was read, and before the loop.

A value that a local was given before a loop is what the loop would read only if nothing on any of
these ways changes what it was read from:

1. ``limit, n = LIMIT, load()``: what runs between the reading of the value and its store;
2. what runs from the store to the loop, around an outer loop as well, as long as the store does
   not run again; a handler may start after any instruction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.dataflow.stack import OperandStack
from bclint.flow.dominators import predecessors
from bclint.flow.graph import ControlFlowGraph
from bclint.flow.loops import Loop


class Ways:
    """The ways from stores to loops in one function."""

    def __init__(self, function: Function) -> None:
        """Nothing is computed before it is asked for."""
        self._graph = function[ControlFlowGraph]
        self._stack = function[OperandStack]
        self._instructions = function[Instructions]

    @classmethod
    def of(cls, function: Function) -> Self:
        """The ways of one function."""
        return cls(function)

    def between(self, store: Instruction, loop: Loop) -> list[Instruction]:
        """What may run after the value of `store` was read and before `loop`, itself left out."""
        operands = self._stack.operands(store)
        read = operands[0].producer if operands else -1
        found = self._instructions.sequence[read + 1 : store.index]
        own = self._graph.block_of(store)
        leading = _closed([loop.header], predecessors(self._graph.edges()))
        for block in _closed((*own.successors, *own.handlers), self._onwards(own.index)):
            if block in leading and block not in loop.blocks:
                end = store.index if block == own.index else self._graph.blocks[block].end
                found += self._instructions.sequence[self._graph.blocks[block].start : end]
        return found + self._instructions.sequence[store.index + 1 : own.end]

    def _onwards(self, own: int) -> list[tuple[int, ...]]:
        """The edges of the graph; the block of the store is left by its handlers only."""
        edges = self._graph.edges()
        edges[own] = self._graph.blocks[own].handlers
        return edges


def _closed(start: Iterable[int], edges: list[tuple[int, ...]] | list[list[int]]) -> set[int]:
    """All nodes that `start` leads to, itself included."""
    seen: set[int] = set(start)
    waiting = [*seen]
    while waiting:
        for following in edges[waiting.pop()]:
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return seen
