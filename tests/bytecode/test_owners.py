"""Whose attributes code changes, read from raw bytes."""

from __future__ import annotations

import pytest

from bclint.bytecode.opcodes import Operation
from bclint.bytecode.owners import changed_attributes, first_arguments, imported_locals
from tests.functions import function_of

LOCAL, GLOBAL = Operation.LOAD_LOCAL, Operation.LOAD_GLOBAL


@pytest.mark.parametrize(
    ("statement", "owner", "name", "attribute"),
    [
        ("a.x = b", LOCAL, "a", "x"),
        ("a.b.c.x = b", LOCAL, "a", "x"),
        ("os.x = b", GLOBAL, "os", "x"),
        ("os.path.x = b", GLOBAL, "os", "x"),
        ("del os.x", GLOBAL, "os", "x"),
        ("os.x += b", GLOBAL, "os", "x"),
        ("a.x += b.x + f(b)", LOCAL, "a", "x"),
        ("a.b.x |= (b.x if b else a.x)", LOCAL, "a", "x"),
        ("b, os.x = 1, 2", GLOBAL, "os", "x"),
    ],
)
def test_owners(statement: str, owner: Operation, name: str, attribute: str) -> None:
    function = function_of(f"def f(a, b):\n {statement}\n")
    # The compiler may copy the end of a statement into both branches of a condition.
    assert set(changed_attributes(function.code)) == {(owner, name, attribute)}


@pytest.mark.parametrize(
    "statement", ["f().x = 1", "a[0].x = 1", "(a + b).x = 1", "'s'.x = 1", "f().x += a.y"]
)
def test_what_has_no_name(statement: str) -> None:
    assert not list(changed_attributes(function_of(f"def f(a, b):\n {statement}\n").code))


def test_of_a_conditional_expression_a_branch_counts() -> None:
    code = function_of("def f(a, b):\n (a if b else os).x = 1\n").code
    assert (GLOBAL, "os", "x") in {tuple(each) for each in changed_attributes(code)}


@pytest.mark.parametrize("statement", ["(c := os).x = 1", "(a or os).x += 1", "a[0].x += 1"])
def test_what_is_not_known_is_said(statement: str) -> None:
    changed = list(changed_attributes(function_of(f"def f(a, b):\n {statement}\n").code))
    assert {owner for owner, _, _ in changed} <= {None, GLOBAL}


@pytest.mark.parametrize(
    ("body", "imported"),
    [
        ("import m", {"m"}),
        ("import m.n", {"m"}),
        ("import m.n as k", {"k"}),
        ("import m\n m.x", {"m"}),
        ("from m import n as k, o", {"k", "o"}),
        ("x = m", set()),
        ("import m\n x = m.y\n z = 1", {"m"}),
    ],
)
def test_imported_locals(body: str, imported: set[str]) -> None:
    assert imported_locals(function_of(f"def f(a):\n {body}\n").code) == imported


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("setattr(a, 'x', 1)", [(True, "a")]),
        ("setattr(a.b, 'x', 1)", [(True, "a")]),
        ("setattr(a, b, 1)", [(True, "a")]),
        ("setattr(os, 'x', 1)", [(False, "")]),
        ("f(setattr)", [(False, "")]),
        ("a.setattr(b, 1)", []),
    ],
)
def test_first_arguments(call: str, expected: list[tuple[bool, str]]) -> None:
    code = function_of(f"def f(a, b):\n {call}\n").code
    assert list(first_arguments(code, frozenset({"setattr"}))) == expected
