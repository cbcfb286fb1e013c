"""Loops of the source, and only those, on every version."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bclint.bytecode.opcodes import Operation
from bclint.engine.function import FunctionView
from bclint.flow.dominators import Dominators
from bclint.flow.graph import ControlFlowGraph
from bclint.flow.loops import LoopForest, LoopKind
from tests.functions import function_of


def shape(forest: LoopForest) -> list[tuple[str, int]]:
    """Kind and depth of each loop, outer ones first."""
    return sorted((loop.kind.value, loop.depth) for loop in forest.loops)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("for x in xs: g(x)", [("for", 1)]),
        ("while xs: g(xs)", [("while", 1)]),
        ("while True:\n  if g(): break\n  g()", [("while", 1)]),
        ("for x in xs:\n  for y in x: g(y)", [("for", 1), ("for", 2)]),
        ("for x in xs:\n  while x: x = g(x)", [("for", 1), ("while", 2)]),
        ("while xs:\n  while g(): g(xs)", [("while", 1), ("while", 2)]),
        ("while True:\n  while xs: g(xs)", [("while", 1), ("while", 2)]),
        ("while xs:\n  if g(): continue\n  g(xs)", [("while", 1)]),
        ("while xs and g() or g(1):\n  if g(): continue\n  g(xs)", [("while", 1)]),
        ("while True:\n  if g(): break\n  if xs: continue\n  g(xs)", [("while", 1)]),
        (
            "while xs:\n  if g(): continue\n  while g(1):\n    if xs: continue\n    g(xs)",
            [("while", 1), ("while", 2)],
        ),
        ("for x in xs:\n  while x:\n    if g(): continue\n    g(x)", [("for", 1), ("while", 2)]),
        ("while xs:\n  for x in xs:\n    if x: continue\n    g(x)", [("for", 2), ("while", 1)]),
        ("for x in xs:\n  try: g(x)\n  except E: continue\n  finally: g(1)", [("for", 1)]),
        ("for x in xs:\n  with x: g(x)", [("for", 1)]),
        ("for x in xs:\n  match x:\n    case 1: continue\n    case [a, *b]: g(a)", [("for", 1)]),
        ("for x in xs:\n  return x", []),
        ("while True:\n  break", []),
        ("while xs:\n  raise xs", []),
        ("if any(x for x in xs): g(1)", []),
        ("g(tuple(x for x in xs), list(x for x in xs), set(x for x in xs))", []),
        ("for x in xs:\n  if all(y for y in x): g(x)", [("for", 1)]),
        ("for x in (y for y in xs): g(x)", [("for", 1)]),
        ("g(lambda: [y for y in xs])", []),
        ("try: g(1)\n except* E: g(2)", []),
    ],
)
def test_loops_of_a_function(body: str, expected: list[tuple[str, int]]) -> None:
    assert shape(function_of(f"def f(xs):\n {body}\n")[LoopForest]) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("async for x in xs: g(x)", [("async for", 1)]),
        ("await g(xs)", []),
        ("async with xs: g(1)", []),
        ("for x in xs: await g(x)", [("for", 1)]),
    ],
)
def test_loops_of_a_coroutine(body: str, expected: list[tuple[str, int]]) -> None:
    assert shape(function_of(f"async def f(xs):\n {body}\n")[LoopForest]) == expected


def test_yield_from_is_no_loop() -> None:
    assert shape(function_of("def f(xs):\n yield from xs\n")[LoopForest]) == []


def test_a_comprehension_is_one_loop_wherever_it_is_compiled() -> None:
    function = function_of("def f(xs):\n return [x for x in xs if x]\n")
    loops = [loop for view in _walk(function) for loop in view[LoopForest].loops]
    assert [loop.kind for loop in loops] == [LoopKind.FOR]


def test_the_branch_that_leaves_is_no_part_of_the_loop() -> None:
    function = function_of("def f(xs):\n for x in xs:\n  if x:\n   return leave\n  stay(x)\n")
    forest = function[LoopForest]
    names = {
        instruction.argument
        for instruction in forest.instructions_of(forest.loops[0])
        if instruction.operation is Operation.LOAD_GLOBAL
    }
    assert names == {"stay"}


def test_every_iteration_is_what_no_path_avoids() -> None:
    function = function_of("def f(xs):\n for x in xs:\n  always(x)\n  if x: sometimes(x)\n")
    forest = function[LoopForest]
    found = {
        instruction.name: forest.every_iteration(instruction, forest.loops[0])
        for instruction in forest.instructions_of(forest.loops[0])
        if instruction.operation is Operation.LOAD_GLOBAL
    }
    assert found == {"always": True, "sometimes": False}


STATEMENTS = ("g(x)", "if x: g(x)", "if x: continue", "if x: break", "x = g(x)", "pass")
HEADS = ("for x in xs:", "while x:", "if x:", "with x:")


@st.composite
def bodies(draw: st.DrawFn, depth: int = 1) -> list[str]:
    """Statements of a loop's body, nested up to four deep, as lines with their indentation."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        if depth < 4 and draw(st.booleans()):
            lines.append(" " * depth + draw(st.sampled_from(HEADS)))
            lines.extend(draw(bodies(depth=depth + 1)))
        else:
            lines.append(" " * depth + draw(st.sampled_from(STATEMENTS)))
    return lines


@given(bodies(depth=2))
def test_natural_loops_are_what_brute_force_finds(lines: list[str]) -> None:
    source = "\n".join(["def f(xs, x):", " for x in xs:", *lines])
    function = function_of(source)
    graph, dominators = function[ControlFlowGraph], function[Dominators]
    edges = graph.edges()
    for loop in function[LoopForest].loops:
        expected = {
            block
            for block in range(len(edges))
            if dominators.reaches(block) and _returns(edges, block, loop.header, loop.latches)
        }
        assert loop.blocks == expected
        assert all(dominators.dominates(loop.header, block) for block in loop.blocks)
        assert loop.parent is None or loop.parent.encloses(loop)


def _returns(
    edges: list[tuple[int, ...]], block: int, header: int, latches: tuple[int, ...]
) -> bool:
    """Whether `block` reaches a latch of the loop without passing its header on the way."""
    if block == header:
        return True
    found, waiting = {block}, [block]
    while waiting:
        current = waiting.pop()
        if current in latches:
            return True
        for successor in edges[current]:
            if successor != header and successor not in found:
                found.add(successor)
                waiting.append(successor)
    return False


def _walk(function: FunctionView) -> list[FunctionView]:
    return list(function.walk())
