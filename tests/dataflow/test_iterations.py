"""Bounds of loops, where their source gives one."""

from __future__ import annotations

import pytest

from bclint.dataflow.iterations import Iterations
from bclint.flow.loops import LoopForest
from tests.functions import function_of

TABLE = (
    "TABLE = ('a', 'b', 'c')\nFILLED = []\nREBOUND = (1, 2)\nTWICE = (1,)\nTWICE = (1, 2)\n"
    "def g():\n global REBOUND\n REBOUND = range(99)\n"
)


@pytest.mark.parametrize(
    ("iterable", "expected"),
    [
        ("range(8)", 8),
        ("range(2, 8)", 6),
        ("range(8, 2, -2)", 3),
        ("range(0, 8, 0)", None),
        ("range(p)", None),
        ("range(len('abc'))", 3),
        ("'abc'", 3),
        ("(p, q)", 2),
        ("(p, *q)", None),
        ("[p, q, 3]", 3),
        ("enumerate((p, q))", 2),
        ("zip((p, q), p)", 2),
        ("sorted({p, q})", 2),
        ("{'a': p, 'b': q}.items()", 2),
        ("TABLE", 3),
        ("reversed(TABLE)", 3),
        ("FILLED", None),
        ("REBOUND", None),
        ("TWICE", None),
        ("n", None),
        ("range(n)", 5),
        ("p", None),
        ("p.items()", None),
    ],
)
def test_most(iterable: str, expected: int | None) -> None:
    function = function_of(f"{TABLE}def f(p, q):\n n = 5\n for x in {iterable}:\n  q()\n")
    assert function[Iterations].most(function[LoopForest].loops[0]) == expected


def test_while_has_no_bound() -> None:
    function = function_of("def f(p):\n while p:\n  p()\n")
    assert function[Iterations].most(function[LoopForest].loops[0]) is None
