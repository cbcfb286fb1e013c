"""One loop for one ``while``: until 3.13 the compiler writes its test twice.

The first copy stands before the loop and is jumped to by ``continue``, the second stands behind the
body and jumps back to it. A ``while`` with a ``continue`` is two natural loops then, one in the
other, and the smaller lacks what runs before the ``continue``:

    test   ←──────────┐         the header of the larger loop
    body   ←───────┐  │         the header of the smaller
    … continue ────┼──┘
    test again ────┘
"""

from __future__ import annotations

from bclint.bytecode import versions
from bclint.bytecode.opcodes import Operation
from bclint.flow.graph import ControlFlowGraph

NaturalLoops = dict[int, tuple[frozenset[int], tuple[int, ...]]]
"""Blocks and latches by header."""


def with_whole_loops(graph: ControlFlowGraph, found: NaturalLoops) -> NaturalLoops:
    """`found`, where the two natural loops of one ``while`` are the larger one."""
    if not versions.WHILE_TEST_STANDS_TWICE:
        return found
    whole = dict(found)
    for outer in found:
        for inner in found:
            if inner in whole and outer in whole and _are_one(graph, found, outer, inner):
                blocks, latches = whole[outer]
                whole[outer] = blocks, tuple(sorted({*latches, *whole.pop(inner)[1]}))
    return whole


def _are_one(graph: ControlFlowGraph, found: NaturalLoops, outer: int, inner: int) -> bool:
    """Whether `outer` starts with a copy of the test that is in `inner`, and does nothing else.

    The copy of ``while True`` is empty. In ``while True: while test: …`` the outer loop also starts
    with a copy, but from there it comes round again without passing the inner loop's body.
    """
    blocks, latches = found[outer]
    smaller = found[inner][0]
    if not smaller < blocks:
        return False
    start = {outer}
    waiting = [outer]
    while waiting:
        for successor in graph.blocks[waiting.pop()].successors:
            if successor in blocks - smaller - start:
                start.add(successor)
                waiting.append(successor)
    if not start.isdisjoint(latches):
        return False
    return _is_empty(graph, start) or not _tests(graph, start).isdisjoint(_tests(graph, smaller))


def _is_empty(graph: ControlFlowGraph, blocks: set[int]) -> bool:
    return all(
        instruction.operation is Operation.NOTHING
        for block in blocks
        for instruction in graph.instructions_of(graph.blocks[block])
    )


def _tests(graph: ControlFlowGraph, blocks: set[int] | frozenset[int]) -> set[object]:
    """Where the conditional jumps of `blocks` come from: two copies share their position."""
    lasts = (graph.instructions[graph.blocks[block].end - 1] for block in blocks)
    found: set[object] = {
        graph.instructions.position(last) or graph.instructions.line(last)
        for last in lasts
        if last.operation is Operation.JUMP_IF
    }
    return found - {None}
