"""Verification: for every condition a change that breaks it and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bclint.diagnostics import Applicability, Diagnostic, Edit, Fix
from bclint.engine.fixing import apply_fixes
from bclint.engine.function import FunctionView
from bclint.engine.linter import lint
from bclint.fix.edits import apply_edits
from bclint.fix.snapshot import Linter, Snapshot
from bclint.fix.verify import Failure, verify
from bclint.rule import Category, Rule, RulePack
from bclint.source import SourceFile, Span
from tests.fix.helpers import dedented
from tests.fix.sample_rule.rule import RULE

BEFORE = """
import os

def other(x):
    return x.y, 1.0

class Box:
    size = 1
    def f(self, xs):
        before = 1  # a comment
        for x in xs:
            x(A, before)
        def inner(y):
            return y
        for x in xs:
            y = x(B)
        return inner, y

def last():
    return None
"""
LOOP = "        for x in xs:\n            x(A,"
GOOD = {LOOP: "        a = A\n" + LOOP.replace("A", "a")}


def outcome_of(changes: dict[str, str], before: str = BEFORE, rule: Rule = RULE) -> Failure | None:
    """Verify replacing texts, each of which stands in `before` once, as a fix for the use of A."""
    source = SourceFile("example.py", dedented(before).encode())
    old = Snapshot(source, [rule], Linter(lint, FunctionView))
    finding = next(one for one in old.report.diagnostics if source.slice(one.span) == "A")
    edits = tuple(Edit(_span(source, text), new) for text, new in changes.items())
    fixed = replace(finding, fix=Fix("by hand", Applicability.SAFE, "tested", edits))
    return next(iter(verify(old, old.changed(apply_edits(source, edits)), [fixed])), None)


def _span(source: SourceFile, text: str) -> Span:
    assert source.text.count(text) == 1, text
    start = source.text.index(text)
    return Span(*_position(source, start), *_position(source, start + len(text)))


def _position(source: SourceFile, offset: int) -> tuple[int, int]:
    before = source.text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1)


def test_a_good_fix_is_kept() -> None:
    assert outcome_of(GOOD) is None


BROKEN = {
    "compiles": ({**GOOD, "return None": "return None)"}, "does not compile"),
    "comments": ({**GOOD, "  # a comment": ""}, "comment '# a comment' would be lost"),
    "no new comments": ({**GOOD, "x.y, 1.0": "x.y, 1.0  # new"}, "makes a comment"),
    "other function": ({**GOOD, "x.y, 1.0": "x.z, 1.0"}, "`other` changed"),
    "other function's constant": ({**GOOD, "x.y, 1.0": "x.y, 1"}, "`other` changed"),
    "other function's signature": ({**GOOD, "other(x)": "other(x, /)"}, "`other` changed"),
    "class body": ({**GOOD, "size = 1": "size = 2"}, "`Box` changed"),
    "module": ({**GOOD, "import os": "import os, re"}, "`<module>` changed"),
    "function added": ({**GOOD, "import os": "import os\ndef new(): pass"}, "`<module>` changed"),
    "inner function": ({**GOOD, "return y\n": "return -y\n"}, "a function inside `Box.f` changed"),
    "inner function gone": (
        {**GOOD, "def inner(y):\n            return y\n": "inner = None\n"},
        "a function inside `Box.f` changed",
    ),
    "inner function added": (
        {**GOOD, "before = 1": "before = lambda: 1"},
        "a function inside `Box.f` changed",
    ),
    "local becomes global": (
        {**GOOD, "before = 1  #": "global before; before = 1  #"},
        "`before` would be a global variable, not local",
    ),
    "global becomes local": (
        {**GOOD, "x(B)": "x(B)\n        B = 1"},
        "`B` would be a local variable, not global",
    ),
    "new global": ({**GOOD, "before = 1": "before = strange"}, "`strange` would be a global"),
    "rebound builtin": (
        {**GOOD, "before = 1": "before = list"},
        "`list` would be a global variable",
    ),
    "cost": (
        {**GOOD, "y = x(B)": "y = x(B) + x.y + x.z + x.z * x.z"},
        "the loop did not become cheaper",
    ),
    "finding": ({"x(A, before)": "x(A)"}, "BCL900 is still found on line 11"),
}


@pytest.mark.parametrize(("changes", "reason"), BROKEN.values(), ids=BROKEN)
def test_conditions(changes: dict[str, str], reason: str) -> None:
    before = BEFORE.replace("import os", "import os\nlist = 1") if "list" in reason else BEFORE
    failure = outcome_of(changes, before)
    assert failure is not None
    assert reason in failure.reason


def test_a_new_finding() -> None:
    # One look-up of A less, but one of B where there was none: cheaper, and still not kept.
    before = "def f(xs):\n    B\n    for x in xs:\n        x(A, A.b.c)\n"
    change = {"    B\n    for x in xs:\n        x(A, A.b.c)": "    for x in xs:\n        x(B)"}
    failure = outcome_of(change, before)
    assert failure is not None
    assert "a new finding, BCL900 on line 3" in failure.reason


def test_a_rule_that_fails_afterwards() -> None:
    def check(function: object) -> object:
        findings = list(RULE.check(function))  # type: ignore[arg-type]
        if any("moved" in name for name in function.code.co_varnames):  # type: ignore[attr-defined]
            raise KeyError("moved")
        return iter(findings)

    rule = replace(RULE, check=check)  # type: ignore[arg-type]
    changes = {
        text: new.replace("a = A", "moved = A").replace("x(a,", "x(moved,")
        for text, new in GOOD.items()
    }
    failure = outcome_of(changes, rule=rule)
    assert failure is not None
    assert "the result cannot be checked" in failure.reason


def test_what_no_instruction_shows_is_not_held_against_growth() -> None:
    changes = {**GOOD, "y = x(B)": "y = x(B) + x.y + x.z + x.z * x.z"}
    assert outcome_of(changes, rule=replace(RULE, category=Category.GROWTH)) is None


def test_a_new_name_may_be_a_builtin() -> None:
    assert outcome_of({**GOOD, "before = 1": "before = list"}) is None


def test_an_inner_function_may_move() -> None:
    moved = {
        **GOOD,
        "        def inner(y):\n            return y\n": "",
        "        before = 1": "        def inner(y):\n            return y\n        before = 1",
    }
    assert outcome_of(moved) is None


def test_a_class_may_come_to_stand_elsewhere() -> None:
    # Since 3.13 a class body stores its line; 300 is no small integer any more, 299 + 1 is.
    filler = "\n" * 240
    for lines in (10, 11, 12, 13, 14, 15, 16, 17, 18):
        before = f"{BEFORE}\n{filler}{lines * chr(10)}class After:\n    a = 256\n    b = 257\n"
        assert outcome_of(GOOD, before) is None


def test_a_comprehension_makes_no_cell_of_a_local() -> None:
    loop = "    out = []\n    for x in xs:\n        out.append(x + k + A)\n"
    before = f"def f(xs, k):\n{loop}    return out\n"
    change = {loop: "    a = A\n    out = [x + k + a for x in xs]\n"}
    assert outcome_of(change, before) is None


def test_a_lambda_that_was_there_makes_a_cell() -> None:
    before = "def f(xs, k):\n    for x in xs:\n        x(k, A, A)\n    return lambda: 1\n"
    change = {"x(k, A, A)": "x(k, 1)", "lambda: 1": "lambda: k"}
    failure = outcome_of(change, before)
    assert failure is not None
    assert failure.reason == "a function inside `f` changed"


def test_functions_in_finally_are_compiled_twice() -> None:
    before = """
    def f(xs):
        try:
            xs()
        finally:
            def g():
                for x in xs: x(A, A)
    """
    place = "            for x in xs: x(A, A)"
    change = {place: "            a = A\n            for x in xs: x(a, a)"}
    assert outcome_of(change, dedented(before)) is None


def test_the_wrong_function_is_said() -> None:
    source = SourceFile("example.py", b"def f(xs):\n    for x in xs:\n        x(A)\n")
    old = Snapshot(source, [RULE], Linter(lint, FunctionView))
    [finding] = old.report.diagnostics
    fixed: Diagnostic = replace(
        finding, fix=Fix("by hand", Applicability.SAFE, "", (Edit(Span(1, 4, 1, 5), "g"),))
    )
    assert fixed.fix is not None
    assert verify(old, old.changed(apply_edits(source, fixed.fix.edits)), [fixed])


def test_a_fix_may_uncover_what_other_rules_find() -> None:
    rules = RulePack.from_package("bclint_rules").rules
    text = "def f(xs):\n    for x in xs:\n        import os\n        print(os.path, x)\n"
    source = SourceFile("f.py", text.encode())
    outcome = apply_fixes(source, rules, unsafe=False, select=lambda _, found: found)
    assert [diagnostic.code for diagnostic in outcome.applied][:1] == ["BCL201"]
    assert not [diagnostic for diagnostic, _ in outcome.rejected if diagnostic.code == "BCL201"]


def test_a_generator_expression_of_another_place_stays() -> None:
    before = "def f(xs):\n    for x in xs:\n        x(A, tuple(y for y in xs))\n"
    loop = "    for x in xs:\n        x(A"
    good = {loop: f"    a = A\n{loop}".replace("x(A", "x(a")}
    assert outcome_of(good, before) is None
    failure = outcome_of(good | {"y for y in xs": "[y for y in xs]"}, before)
    assert failure is not None
    assert failure.reason == "a function inside `f` changed"
