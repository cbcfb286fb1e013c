"""Reaching definitions: what a load may see, also after exceptions and deletions."""

from __future__ import annotations

import pytest

from bclint.bytecode.decode import Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow.definitions import PARAMETER, UNBOUND, ReachingDefinitions
from tests.functions import function_of, instruction_of


def seen(body: str, parameters: str = "p") -> set[str]:
    """What the load of ``x`` in ``use(x)`` may see: lines of stores, `parameter`, `unbound`."""
    lines = "\n ".join(body.splitlines())
    function = function_of(f"def f({parameters}):\n {lines}\n")
    use = instruction_of(function, Operation.LOAD_GLOBAL, "use")
    special = {PARAMETER: "parameter", UNBOUND: "unbound"}
    instructions = function[Instructions]
    return {
        special.get(definition) or str((instructions.line(instructions[definition]) or 0) - 1)
        for definition in function[ReachingDefinitions].before(use, "x")
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("x = 1\nuse(x)", {"1"}),
        ("x = 1\nx = 2\nuse(x)", {"2"}),
        ("if p: x = 1\nuse(x)", {"1", "unbound"}),
        ("x = 1\nif p: x = 2\nuse(x)", {"1", "2"}),
        ("x = 1\nfor _ in p:\n use(x)\n x = 2", {"1", "4"}),
        ("x = 1\ndel x\nuse(x)", {"unbound"}),
        ("x = 1\ntry:\n x = p()\n x = p()\nexcept E: pass\nuse(x)", {"1", "3", "4"}),
        ("try: p()\nexcept E as x: use(x)", {"2"}),
        ("for x in p: use(x)", {"1"}),
        ("with p as x: use(x)", {"1"}),
        ("p(x := 1)\nuse(x)", {"1"}),
        ("a, *x = p\nuse(x)", {"1"}),
        ("import x\nuse(x)", {"1"}),
        ("match p:\n case [x]: use(x)", {"2"}),
    ],
)
def test_definitions(body: str, expected: set[str]) -> None:
    assert seen(body) == expected


@pytest.mark.parametrize("parameters", ["x", "*x", "**x", "*, x", "x, /", "a, *b, x=1, **c"])
def test_parameters_are_bound_on_entry(parameters: str) -> None:
    assert seen("use(x)", parameters) == {"parameter"}


def test_a_comprehension_gives_its_variable_back() -> None:
    assert seen("x = 1\n[x for x in p]\nuse(x)") <= {"1", "2"}
