"""Values that code around a loop may rebind, judged one by one."""

from __future__ import annotations

import pytest

from bclint.bytecode.opcodes import Operation
from bclint.dataflow import values as v
from bclint.dataflow.hoisting import Hoisting
from bclint.dataflow.stability import Stability
from bclint.dataflow.updates import LoopUpdates
from bclint.flow.loops import LoopForest
from tests.functions import function_of, instruction_of, module_of


def outer(inner: str, call: str) -> str:
    return (
        f"def outer(a, xs):\n def f():\n  for x in xs: x in (a, 1); {call}\n"
        f" def other():\n  {inner}\n return f, other\n"
    )


@pytest.mark.parametrize(
    ("inner", "call", "expected"),
    [
        ("nonlocal a; a = 1", "x()", "display-only"),
        ("nonlocal a; del a", "x()", "display-only"),
        ("return a", "x()", "unsafe"),
        ("a = 1", "x()", "unsafe"),
        ("nonlocal a; a = 1", "pass", "unsafe"),
    ],
)
def test_a_cell_is_rebound_by_who_shares_it(inner: str, call: str, expected: str) -> None:
    function = function_of(outer(inner, call))
    place = instruction_of(function, Operation.LOAD_CELL, "a")
    verdict = function[Stability].verdict(v.Cell("a"), function[LoopForest].loops[0], [place])
    assert verdict is not None
    assert verdict.applicability.value == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("int", "safe"), ("LIMIT", "unsafe"), ("exec", None), ("x", None)]
)
def test_names_outside_of_functions(name: str, expected: str | None) -> None:
    module = module_of("LIMIT = 1\nfor x in LIMIT: x in (int, LIMIT)\n")
    verdict = module[Hoisting].verdict([v.Name(name)], module[LoopForest].loops[0], ())
    assert (verdict and verdict.applicability.value) == expected


@pytest.mark.parametrize(
    ("added", "count"), [("x", 1), ("str(x)", 0), ("[x]", 0), ("f'{x}'", 0), ("len(x)", 1)]
)
def test_what_is_added_tells_a_container(added: str, count: int) -> None:
    function = function_of(f"def f(self, xs):\n for x in xs: self.n += {added}\n")
    assert len(function[LoopUpdates].updates) == count
