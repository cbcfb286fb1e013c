"""Natural loops, and which of them are loops of the source.

A back edge runs from a block to one that dominates it; the natural loop of a header is all that
reaches one of its back edges without passing the header. Code that leaves the loop (``break``,
``return``, ``raise``) is therefore no part of it: it runs at most once.

A back edge is none of the user's when the compiler made it:

1. ``await`` and ``yield from`` drive the inner generator by a quiet backward jump;
2. ``any``, ``all``, ``tuple`` (3.14), ``list``, ``set`` (3.15) of a generator expression run
   inline. There the iterator is what a call just returned, and no GET_ITERATOR lies between.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction
from bclint.bytecode.opcodes import Operation
from bclint.flow.dominators import Dominators, predecessors
from bclint.flow.graph import ControlFlowGraph
from bclint.flow.while_tests import with_whole_loops


class LoopKind(enum.Enum):
    """What the loop is written as; a comprehension's loop is a FOR."""

    FOR = "for"
    ASYNC_FOR = "async for"
    WHILE = "while"


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """One natural loop of the source."""

    kind: LoopKind
    header: int
    """The block that every iteration starts in."""
    blocks: frozenset[int]
    latches: tuple[int, ...]
    """The blocks whose jump back closes the loop."""
    depth: int
    """1 for an outermost loop."""
    parent: Loop | None

    def encloses(self, other: Loop) -> bool:
        """Whether `other` is this loop or lies inside it."""
        return other.header in self.blocks and other.blocks <= self.blocks

    @property
    def outwards(self) -> Iterator[Loop]:
        """The loop itself, its parent, and so on to the outermost."""
        loop: Loop | None = self
        while loop is not None:
            yield loop
            loop = loop.parent


class LoopForest:
    """The loops of a function, outer ones before the ones inside them."""

    def __init__(self, graph: ControlFlowGraph, dominators: Dominators) -> None:
        """Find the natural loops of `graph` that are loops of the source."""
        self.graph = graph
        self._dominators = dominators
        found = with_whole_loops(graph, _natural_loops(graph, dominators))
        self.loops: list[Loop] = []
        self._innermost: dict[int, Loop] = {}
        for header, (blocks, latches) in sorted(
            found.items(), key=lambda item: (-len(item[1][0]), item[0])
        ):
            self._add(header, blocks, latches)

    @classmethod
    def of(cls, function: Function) -> Self:
        """The loops of one function."""
        return cls(function[ControlFlowGraph], function[Dominators])

    def _add(self, header: int, blocks: frozenset[int], latches: tuple[int, ...]) -> None:
        kind = _kind(self.graph, header)
        if kind is None:
            return
        parent = self._innermost.get(header)
        depth = parent.depth + 1 if parent else 1
        loop = Loop(kind, header, blocks, latches, depth, parent)
        self.loops.append(loop)
        innermost = self._innermost
        for block in blocks:
            innermost[block] = loop

    def loop_of(self, instruction: Instruction) -> Loop | None:
        """The innermost loop that runs the instruction on its iterations."""
        return self._innermost.get(self.graph.block_of(instruction).index)

    def innermost(self, block: int) -> Loop | None:
        """The innermost loop that runs the block with that index on its iterations."""
        return self._innermost.get(block)

    def depth_of(self, index: int) -> int:
        """How many loops run the instruction with that index; 0 outside any."""
        loop = self.loop_of(self.graph.instructions[index])
        return loop.depth if loop else 0

    def instructions_of(self, loop: Loop) -> Iterator[Instruction]:
        """All instructions of the loop, inner loops included, in order."""
        for block in sorted(loop.blocks):
            yield from self.graph.instructions_of(self.graph.blocks[block])

    def every_iteration(self, instruction: Instruction, loop: Loop) -> bool:
        """Whether each iteration that comes round runs the instruction.

        True where its block dominates every latch. ``while`` loops whose test stands twice (until
        3.13) have their header at the body, so the test's second copy counts as well.
        """
        return self.every_iteration_passes(self.graph.block_of(instruction).index, loop)

    def every_iteration_passes(self, block: int, loop: Loop) -> bool:
        """Whether each iteration that comes round runs the block with that index."""
        return all(self._dominators.dominates(block, latch) for latch in loop.latches)


def _natural_loops(
    graph: ControlFlowGraph, dominators: Dominators
) -> dict[int, tuple[frozenset[int], tuple[int, ...]]]:
    edges = graph.edges()
    before = predecessors(edges)
    latches: dict[int, list[int]] = {}
    for block, successors in enumerate(edges):
        for successor in successors:
            if dominators.dominates(successor, block) and not _is_quiet(graph, block):
                latches.setdefault(successor, []).append(block)
    return {
        header: (_body(header, sources, before, dominators), tuple(sources))
        for header, sources in latches.items()
    }


def _is_quiet(graph: ControlFlowGraph, block: int) -> bool:
    return graph.layout.last_operation(graph.blocks[block]) is Operation.JUMP_QUIETLY


def _body(
    header: int, latches: list[int], before: list[list[int]], dominators: Dominators
) -> frozenset[int]:
    body = {header}
    waiting = list(latches)
    while waiting:
        block = waiting.pop()
        if block not in body and dominators.reaches(block):
            body.add(block)
            waiting.extend(before[block])
    return frozenset(body)


def _kind(graph: ControlFlowGraph, header: int) -> LoopKind | None:
    """What the loop with that header is in the source; None for the compiler's own."""
    layout = graph.layout
    first = layout.first_unit(graph.blocks[header], _NOTHING)
    match layout.operation(first):
        case Operation.GET_ASYNC_NEXT:
            return LoopKind.ASYNC_FOR
        case Operation.FOR_ITERATE:
            # The compiler's own iterates over what a call has just returned (3.15 adds a NULL).
            before = layout.operation(layout.unit_before(first, _BETWEEN))
            return None if before is Operation.CALL else LoopKind.FOR
        case _:
            return LoopKind.WHILE


_NOTHING = frozenset({Operation.NOTHING})
_BETWEEN = frozenset({Operation.NOTHING, Operation.PUSH_NULL})
