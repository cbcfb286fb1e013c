"""Variables that inner functions share: bound on every path, or not."""

from __future__ import annotations

import pytest

from bclint.bytecode.opcodes import Operation
from bclint.dataflow.shared import SharedVariables
from tests.functions import function_of, instruction_of

READER = "def g(): return x\n    len(g)"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(x):\n    ", True),
        ("def f(*x):\n    ", True),
        ("def f(p):\n    x = p\n    ", True),
        ("def f(p):\n    if p: x = p\n    ", False),
        ("def f(p):\n    if p: x = p\n    else: x = 1\n    x = 2\n    ", True),
        ("def f(p):\n    try: x = p()\n    except ValueError: pass\n    ", False),
        ("def f(p):\n    try: x = p()\n    except ValueError: return\n    ", True),
        ("def f(p):\n    for x in p: pass\n    ", False),
        ("def f(x):\n    del x\n    ", False),
        ("def f(p):\n    x = p\n    del x\n    ", False),
    ],
)
def test_a_variable_has_a_value(source: str, expected: bool) -> None:
    function = function_of(source + READER)
    call = instruction_of(function, Operation.LOAD_GLOBAL, "len")
    assert function[SharedVariables].has_value("x", call) is expected


@pytest.mark.parametrize("inside", ["del x", "def h():\n      nonlocal x\n      del x"])
def test_a_function_inside_may_take_the_value_away(inside: str) -> None:
    deleter = "def d():\n     nonlocal x\n     " + inside + "\n    "
    function = function_of(f"def f(x):\n    {deleter}{READER}")
    call = instruction_of(function, Operation.LOAD_GLOBAL, "len")
    assert not function[SharedVariables].has_value("x", call)


def test_a_store_behind_the_place_does_not_count() -> None:
    function = function_of(f"def f():\n    {READER}\n    x = 1")
    call = instruction_of(function, Operation.LOAD_GLOBAL, "len")
    assert not function[SharedVariables].has_value("x", call)


def test_variables_of_an_outer_function_count_as_bound() -> None:
    function = function_of(f"def outer(x):\n  def f():\n    {READER}")
    call = instruction_of(function, Operation.LOAD_GLOBAL, "len")
    assert function[SharedVariables].has_value("x", call)
