"""Escape: what lets a reference to a growing list out, and what only looks at it."""

from __future__ import annotations

import pytest

from bclint.bytecode.decode import Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow.escape import Escapes
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.values import Binary
from bclint.diagnostics import Applicability, Verdict
from tests.functions import function_of


def verdict(line: str, before: str = "xs = []", after: str = "") -> Verdict:
    """The verdict on ``xs = xs + [p]`` in a loop that runs `line` too."""
    function = function_of(
        f"def f(p, q, r):\n {before}\n while p:\n  {line}\n  xs = xs + [p]\n {after or 'pass'}\n"
    )
    stack = function[OperandStack]
    growing = [
        instruction
        for instruction in function[Instructions]
        if instruction.operation is Operation.STORE_LOCAL
        and isinstance(value := stack.operands(instruction)[0].value, Binary)
        and value.symbol == "+"
    ]
    assert growing
    return function[Escapes].verdict("xs", growing)


@pytest.mark.parametrize(
    "line",
    [
        "pass",
        "q(xs[0], len(xs), xs[1:], p in xs, not xs, xs is None)",
        "xs[0] = q; del xs[0]; xs[1:2] = q",
        "xs.append(q); xs.sort(); q(xs.pop())",
        "q([x for x in xs], *q, f'{xs}')",
        "for x in xs: q(x)",
        "for x in xs:\n   if x: break",
        "a, *b = xs",
        "q(sorted(xs), ', '.join(xs), list(xs), max(xs))",
        "xs = []",
        "q([*xs], {*xs})",
        "if xs and p: q()",
        "xs",
    ],
)
def test_looks(line: str) -> None:
    assert verdict(line).applicability is Applicability.SAFE, verdict(line).reason


@pytest.mark.parametrize(
    "line",
    [
        "q(xs)",
        "q(x=xs)",
        "q.x = xs",
        "q[0] = xs",
        "q[xs] = 0",
        "r = xs",
        "r = xs or q",
        "r = q and xs",
        "r = xs if q else p",
        "r = [xs]",
        "r = xs.append",
        "(xs.append if q else p)(1)",
        "xs.append(xs)",
        "xs.extend(q, xs)",
        "r = iter(xs)",
        "r = max(xs, q)",
        "r = sorted(xs, key=q)",
        "r = (x for x in xs)",
        "r = xs == q",
        "r = xs + q",
        "yield xs",
        "try: q()\n  finally: r = xs",
        "q(locals())",
        "xs = r = []",
        "xs = q",
    ],
)
def test_leaks(line: str) -> None:
    assert verdict(line).applicability is Applicability.DISPLAY_ONLY


@pytest.mark.parametrize(
    "before", ["xs = q", "xs = r = []", "xs = [] if q else r", "xs = q or []", "xs = q.x = list()"]
)
def test_lists_that_may_have_a_name_already(before: str) -> None:
    assert verdict("pass", before).applicability is Applicability.DISPLAY_ONLY


@pytest.mark.parametrize("before", ["xs = []", "xs = list(q)", "xs = sorted(q)", "xs = [1] * 3"])
def test_new_lists(before: str) -> None:
    assert verdict("pass", before).applicability is Applicability.SAFE


def test_a_loop_over_the_list_must_be_over() -> None:
    function = function_of("def f():\n xs = [1]\n for x in xs:\n  xs = xs + [x]\n")
    store = [i for i in function[Instructions] if i.operation is Operation.STORE_LOCAL][-1]
    found = function[Escapes].verdict("xs", [store])
    assert found.applicability is Applicability.DISPLAY_ONLY
    assert found.reason == "line 3 may keep a reference to the list in `xs`"


@pytest.mark.parametrize("after", ["return xs", "q(xs)", "r = xs"])
def test_behind_the_loop_it_may_go_anywhere(after: str) -> None:
    assert verdict("pass", after=after).applicability is Applicability.SAFE
