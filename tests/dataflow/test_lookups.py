"""Which lookups a loop repeats, over which loop, and how far hoisting them is proved."""

from __future__ import annotations

import pytest

from bclint.dataflow.lookups import LoopLookups
from bclint.dataflow.values import described
from tests.functions import function_of


def lookups(body: str, before: str = "import math, os\n", head: str = "def f(self, xs):") -> str:
    """Value and applicability of each lookup, as ``math.sqrt safe, len safe``."""
    lines = "\n ".join(body.splitlines())
    function = function_of(f"{before}{head}\n {lines}\n")
    return ", ".join(
        f"{described(lookup.value)} {lookup.verdict.applicability.value}"
        for lookup in function[LoopLookups].lookups
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("for x in xs: math.sqrt(x)", "math.sqrt safe"),
        ("for x in xs: os.path.join(x)", "os.path.join safe"),
        ("for x in xs: self.a.b.append(x)", "self.a.b unsafe"),
        ("for x in xs: self.m(x)", ""),
        ("for x in xs: x.a.b(x)", ""),
        ("for x in xs: len(x)", "len safe"),
        ("for x in xs: super().f(x)", ""),
        ("for x in xs: math.nothing(x)", "math.nothing unsafe"),
        ("for x in xs: unbound(x)", "unbound unsafe"),
        # what the loop stores
        ("for x in xs: len(self.a); self.a = x", "len safe"),
        ("for self in xs: print(self.a)", "print safe"),
        ("for x in xs:\n print(self.a)\n del self.a", "print safe"),
        ("for x in xs:\n math.pi\n math.pi = x", "math safe"),
        # other code
        ("for x in xs: x(); self.a[0]", "self.a display-only"),
        ("for x in xs: yield len(x)", "len unsafe"),
        ("for x in xs: yield self.a", "self.a display-only"),
        ("for x in xs: x(); x.f(os.thing)", "os.thing display-only"),
        ("for x in xs: x(); x.f(os.THING)", "os.THING unsafe"),
        # conditions, handlers
        ("for x in xs:\n if x: self.a[0]", "self.a display-only"),
        ("for x in xs:\n try: x\n except E: len(x)", ""),
        ("for x in xs:\n try: self.a[0]\n except E: pass", "self.a display-only"),
        # exits
        ("for x in xs:\n if x: return len(x)", ""),
        ("while True:\n if self.done: break", "self.done unsafe"),
    ],
)
def test_lookups(body: str, expected: str) -> None:
    assert lookups(body) == expected


@pytest.mark.parametrize("name", ["any", "all", "tuple", "list", "set"])
def test_calls_that_run_inline_over_a_generator_are_left_alone(name: str) -> None:
    assert lookups(f"for x in xs: {name}(y for y in x)") == ""
    assert lookups(f"for x in xs: {name}(x)") == f"{name} safe"


def test_the_outermost_loop_with_the_best_verdict_is_chosen() -> None:
    function = function_of(
        "def f(self, rows):\n for row in rows:\n  row()\n  for x in row:\n   self.a.append(x)\n"
    )
    (lookup,) = function[LoopLookups].lookups
    assert lookup.loop.depth == 2
    function = function_of(
        "def f(self, rows):\n for row in rows:\n  for x in row:\n   self.a.append(x)\n"
    )
    (lookup,) = function[LoopLookups].lookups
    assert lookup.loop.depth == 1


@pytest.mark.parametrize(
    ("stores", "applicability"),
    [
        ("def __init__(self): self.a = []", "unsafe"),
        ("def reset(self): self.a = []", "display-only"),
        ("def other(self): pass", "display-only"),
    ],
)
def test_who_stores_the_attribute_decides(stores: str, applicability: str) -> None:
    source = f"class A:\n {stores}\n def f(self, xs):\n  for x in xs: x.run(); self.a.append(x)\n"
    (lookup,) = function_of(source)[LoopLookups].lookups
    assert lookup.verdict.applicability.value == applicability


def test_reasons_name_the_line() -> None:
    function = function_of("def f(self, xs):\n for x in xs:\n  self.a.append(x)\n  self.run()\n")
    (lookup,) = function[LoopLookups].lookups
    assert lookup.verdict.reason == "the call of `self.run` on line 4 may rebind `self.a`"


def test_one_value_is_one_lookup_however_often_it_is_loaded() -> None:
    function = function_of("def f(xs):\n for x in xs:\n  len(x), len(x)\n  if x: len(x)\n")
    (lookup,) = function[LoopLookups].lookups
    assert len(lookup.loads) == 3
    assert lookup.every_iteration
