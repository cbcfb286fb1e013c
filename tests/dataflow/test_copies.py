"""Copies of code: what the compiler writes more than once is proved for every copy."""

from __future__ import annotations

import pytest

from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow.copies import Copies
from bclint.dataflow.warmth import WarmCode
from bclint.engine.function import FunctionView
from bclint.flow.loops import LoopForest
from tests.functions import function_of

LEAVING = """
def f(xs, load):
    for x in xs:
        try:
            if load(x):
                {leaving}
        finally:
            x.add(LIMIT)
"""

AFTER = """
def f(xs, load):
    try:
        load()
    finally:
        for x in xs:
            x.add(LIMIT)
"""

WHILE = """
def f(xs, load):
    while load(LIMIT):
        xs.pop()
"""


def loads(function: FunctionView) -> list[Instruction]:
    return [
        instruction
        for instruction in function[Instructions]
        if instruction.operation is Operation.LOAD_GLOBAL and instruction.argument == "LIMIT"
    ]


def unproved(source: str, *, is_value: bool) -> bool:
    """Whether a copy of what the first loop does is not known to be as proved as it is."""
    function = function_of(source)
    loop = function[LoopForest].loops[0]
    inside = [load for load in loads(function) if function[LoopForest].loop_of(load) is loop]
    found = {load.index for load in inside}
    return function[Copies].unproved(inside, loop, found, is_value=is_value) is not None


@pytest.mark.parametrize("leaving", ["break", "return", "return load"])
def test_a_way_out_where_nothing_ran_sees_the_same_value(leaving: str) -> None:
    assert not unproved(LEAVING.format(leaving=leaving), is_value=True)
    assert unproved(LEAVING.format(leaving=leaving), is_value=False)


@pytest.mark.parametrize("leaving", ["x = 1; break", "xs[0] = 1; return", "load.y = 1; return"])
def test_what_runs_on_the_way_out_matters(leaving: str) -> None:
    assert unproved(LEAVING.format(leaving=leaving), is_value=True)


def test_another_loop_of_the_same_text_has_to_be_found_as_well() -> None:
    assert unproved(AFTER, is_value=True)


def test_the_first_test_of_a_while_loop_is_the_loops() -> None:
    assert not unproved(WHILE, is_value=False)


def test_a_finally_is_warm_in_the_handler_too() -> None:
    function = function_of(AFTER)
    assert len(loads(function)) == 2
    assert all(function[WarmCode].runs(load) for load in loads(function))


def test_a_handler_is_cold() -> None:
    function = function_of("def f(load):\n try:\n  load()\n except OSError:\n  load(LIMIT)\n")
    assert not any(function[WarmCode].runs(load) for load in loads(function))
