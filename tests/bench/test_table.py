"""Micro-loops and what is made of their slopes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

import pytest

from bclint.bench.interpreter import environment
from bclint.bench.microloops import DERIVED, MICRO_LOOPS, MicroLoop
from bclint.bench.slopes import operations, slope
from bclint.bench.table import is_unstable, take_apart
from bclint.bytecode.opcodes import Operation


def test_the_slope_of_a_line() -> None:
    assert slope([4, 12, 20], [9, 25, 41]) == pytest.approx(2.0)


def compiled() -> list[int]:
    """The numbers of the micro-loops that this version can compile."""
    numbers = []
    for number, loop in enumerate(MICRO_LOOPS):
        try:
            compile(loop.statement, "", "exec")
        except SyntaxError:
            continue
        numbers.append(number)
    return numbers


def test_each_statement_has_something_of_its_own_to_measure() -> None:
    for number in compiled():
        assert operations(MICRO_LOOPS[number]), MICRO_LOOPS[number]


def test_keys_are_operations_or_calls() -> None:
    sections = {"builtins", "methods", "modules", "operators"}
    for key in {*(loop.key for loop in MICRO_LOOPS), *DERIVED}:
        is_operation = key in Operation.__members__
        assert is_operation or key == "unknown_call" or key.partition(".")[0] in sections, key


@pytest.mark.parametrize(
    ("loop", "expected"),
    [
        (MicroLoop("x", "a"), {"LOAD_LOCAL": 1, "POP": 1}),
        (MicroLoop("x", "x = a", "function"), {"LOAD_LOCAL": 1, "STORE_LOCAL": 1}),
        (MicroLoop("x", "K", "module"), {"LOAD_NAME": 1, "POP": 1}),
        (
            MicroLoop("x", "for x in items: pass", "loop"),
            {"FOR_ITERATE": 1, "STORE_LOCAL": 1, "JUMP": 1},
        ),
    ],
    ids=str,
)
def test_operations_of_one_copy(loop: MicroLoop, expected: Mapping[str, float]) -> None:
    counts = {name: count for name, count in operations(loop).items() if name != "NOTHING"}
    assert counts == expected


def test_what_is_known_is_taken_off() -> None:
    slopes, counts = {}, {}
    for number, loop in enumerate(MICRO_LOOPS):
        if loop.statement == "a":
            slopes[number], counts[number] = 4.0, {"LOAD_LOCAL": 1.0, "POP": 1.0}
        elif loop.statement == "x = a":
            slopes[number], counts[number] = 5.0, {"LOAD_LOCAL": 1.0, "STORE_LOCAL": 1.0}
        elif loop.statement == "o.x":
            counts[number] = {"LOAD_LOCAL": 1.0, "LOAD_ATTRIBUTE": 1.0, "POP": 1.0}
            slopes[number] = 9.0
        elif loop.statement in ("len(xs)", "call(a)"):
            slopes[number], counts[number] = 20.0, {"LOAD_LOCAL": 2.0, "CALL": 1.0, "POP": 1.0}
    table = take_apart(slopes, counts)
    costs = table["operations"]
    assert isinstance(costs, dict)
    names = ("LOAD_LOCAL", "POP", "STORE_LOCAL", "LOAD_ATTRIBUTE")
    assert [costs[name] for name in names] == [2, 2, 3, 5]
    assert table["builtins"] == {"len": 14.0, "super": costs["LOAD_SUPER_ATTRIBUTE"]}
    assert table["unknown_call"] == 14.0
    assert {"POP", "builtins.super"} <= set(table["derived"])  # type: ignore[call-overload]
    assert "STORE_LOCAL" not in table["derived"]  # type: ignore[operator]


def test_slopes_that_differ_are_measured_again() -> None:
    assert not is_unstable([1.0, 1.01, 1.02, 1.0, 5.0], pace=50)
    assert is_unstable([1.0, 1.5, 2.0, 2.5, 3.0], pace=50)


def test_a_worker_needs_nothing_installed() -> None:
    wanted = [{"key": "LOAD_LOCAL", "statement": "a"}, {"key": "x", "statement": "x = ="}]
    done = subprocess.run(
        [sys.executable, "-S", "-W", "error", "-m", "bclint.bench.slopes"],
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
        timeout=60,
    )
    measured, refused = (json.loads(line) for line in done.stdout.splitlines())
    assert measured["counts"] == {"LOAD_LOCAL": 1, "POP": 1}
    assert measured["pace"] > 0
    assert refused is None
