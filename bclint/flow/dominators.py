"""Dominators, by the iterative algorithm over reverse postorder.

K. Cooper, T. Harvey, K. Kennedy: "A Simple, Fast Dominance Algorithm" (2001).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.flow.graph import ControlFlowGraph

Edges = Sequence[Sequence[int]]


def reverse_postorder(edges: Edges, entry: int = 0) -> list[int]:
    """The nodes that `entry` reaches, each before its successors where no cycle forbids it."""
    order: list[int] = []
    seen = {entry}
    stack = [(entry, iter(edges[entry]))]
    while stack:
        node, successors = stack[-1]
        for successor in successors:
            if successor not in seen:
                seen.add(successor)
                stack.append((successor, iter(edges[successor])))
                break
        else:
            order.append(node)
            stack.pop()
    order.reverse()
    return order


def predecessors(edges: Edges) -> list[list[int]]:
    """For each node the nodes with an edge to it."""
    result: list[list[int]] = [[] for _ in edges]
    for node, successors in enumerate(edges):
        for successor in successors:
            result[successor].append(node)
    return result


def immediate_dominators(edges: Edges, entry: int = 0) -> dict[int, int]:
    """Each reachable node's closest strict dominator; the entry maps to itself."""
    order = reverse_postorder(edges, entry)
    rank = {node: position for position, node in enumerate(order)}
    before = predecessors(edges)
    closest = {entry: entry}
    changed = True
    while changed:
        changed = False
        for node in order[1:]:
            new = -1
            for predecessor in before[node]:
                if predecessor in closest:
                    new = predecessor if new < 0 else _meet(predecessor, new, closest, rank)
            if closest.get(node) != new:
                closest[node] = new
                changed = True
    return closest


def _meet(first: int, second: int, closest: dict[int, int], rank: dict[int, int]) -> int:
    """The closest common dominator, by climbing from the later node."""
    while first != second:
        while rank[first] > rank[second]:
            first = closest[first]
        while rank[second] > rank[first]:
            second = closest[second]
    return first


def _extents(closest: dict[int, int]) -> dict[int, tuple[int, int]]:
    """Each node's number in preorder of the dominator tree, and the first past all below it."""
    children: dict[int, list[int]] = {node: [] for node in closest}
    for node, parent in closest.items():
        if node != parent:
            children[parent].append(node)
    order: list[int] = []
    waiting = [node for node, parent in closest.items() if node == parent]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting.extend(children[node])
    sizes = dict.fromkeys(order, 1)
    for node in reversed(order):
        if closest[node] != node:
            sizes[closest[node]] += sizes[node]
    return {node: (start, start + sizes[node]) for start, node in enumerate(order)}


class Dominators:
    """Which blocks every path from the entry passes, exceptional edges included."""

    def __init__(self, edges: Edges) -> None:
        """Compute the dominator tree of the graph with those edges; node 0 is the entry."""
        self.closest = immediate_dominators(edges)
        self._extents = _extents(self.closest)

    @classmethod
    def of(cls, function: Function) -> Self:
        """The dominators of a function's blocks."""
        return cls(function[ControlFlowGraph].edges())

    def reaches(self, block: int) -> bool:
        """Whether any path from the entry reaches `block`."""
        return block in self.closest

    def dominates(self, first: int, second: int) -> bool:
        """Whether every path from the entry to `second` passes `first` (itself included)."""
        if first not in self._extents or second not in self._extents:
            return False
        start, end = self._extents[first]
        return start <= self._extents[second][0] < end


class CompletionDominators(Dominators):
    """Which blocks have run *to their end* on every path from the entry.

    An exception leaves a block before its end, so its handler is reached from where the block is
    reached: ``try: import a`` / ``except ImportError: pass`` does not bind ``a`` on every path,
    although every path enters the block that imports it.
    """

    @classmethod
    def of(cls, function: Function) -> Self:
        """The completion dominators of a function's blocks."""
        graph = function[ControlFlowGraph]
        edges = [list(block.successors) for block in graph.blocks]
        before = predecessors(graph.edges())
        for block in graph.blocks:
            handlers = block.handlers
            for source in before[block.index] or [block.index]:
                edges[source].extend(handlers)
        return cls(edges)
