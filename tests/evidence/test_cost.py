"""Costs: each change that rules propose must show as cheaper, on every version."""

from __future__ import annotations

import pytest

from bclint.engine.function import FunctionView
from bclint.evidence.cost import loop_cost

CHEAPER = {
    "global": ("for x in xs: len(x)", "n = len\n for x in xs: n(x)"),
    "module attribute": ("for x in xs: m.sin(x)", "sin = m.sin\n for x in xs: sin(x)"),
    "attribute": ("for x in xs: xs.a.add(x)", "a = xs.a\n for x in xs: a.add(x)"),
    "attribute updated": ("for x in xs: xs.n += x", "n = xs.n\n for x in xs: n += x\n xs.n = n"),
    "import": ("for x in xs:\n  import m; m(x)", "import m\n for x in xs: m(x)"),
    "function": ("for x in xs: x(lambda: 0)", "g = lambda: 0\n for x in xs: x(g)"),
    "set": ("for x in xs: x in {a, b}", "s = {a, b}\n for x in xs: x in s"),
    "tuple": ("for x in xs: x in (a, b)", "s = (a, b)\n for x in xs: x in s"),
    "inner loop": ("for x in xs:\n  for y in x: y(a)", "for x in xs:\n  b = a\n  for y in x: y(b)"),
    "while": ("while xs.a < m.b: xs()", "b = m.b\n while xs.a < b: xs()"),
}


@pytest.mark.parametrize(("before", "after"), CHEAPER.values(), ids=CHEAPER)
def test_cheaper(before: str, after: str) -> None:
    costs = [_cost(f"def f(xs):\n {text}\n") for text in (before, after)]
    assert costs[1] < costs[0]


def _cost(text: str) -> float:
    [function] = FunctionView(compile(text, "example.py", "exec", dont_inherit=True)).nested
    return loop_cost(function)
