"""Dominators and natural loops against brute force on small random graphs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bclint.flow.dominators import Dominators, predecessors, reverse_postorder

Graph = list[list[int]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Graphs of up to nine nodes, each with up to three successors; node 0 is the entry."""
    size = draw(st.integers(1, 9))
    nodes = st.integers(0, size - 1)
    return [draw(st.lists(nodes, max_size=3, unique=True)) for _ in range(size)]


def reachable(graph: Graph, without: int = -1) -> set[int]:
    """Nodes that the entry reaches when `without` is taken out."""
    if without == 0:
        return set()
    found, waiting = {0}, [0]
    while waiting:
        for successor in graph[waiting.pop()]:
            if successor != without and successor not in found:
                found.add(successor)
                waiting.append(successor)
    return found


@given(graphs())
def test_dominators_are_what_no_path_avoids(graph: Graph) -> None:
    dominators = Dominators(graph)
    everything = reachable(graph)
    for first in range(len(graph)):
        avoided = reachable(graph, without=first)
        for second in range(len(graph)):
            expected = second in everything and (first == second or second not in avoided)
            if first not in everything:
                expected = False
            assert dominators.dominates(first, second) == expected


@given(graphs())
def test_reverse_postorder_visits_each_reachable_node_once(graph: Graph) -> None:
    order = reverse_postorder(graph)
    assert sorted(order) == sorted(reachable(graph))
    assert order[0] == 0


@given(graphs())
def test_predecessors_are_the_edges_turned_round(graph: Graph) -> None:
    forward = sorted((source, target) for source, row in enumerate(graph) for target in row)
    back = sorted(
        (source, target) for target, row in enumerate(predecessors(graph)) for source in row
    )
    assert forward == back
