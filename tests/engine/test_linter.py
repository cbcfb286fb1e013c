"""One file: bad source and bad rules become errors, ranges are exact, copies are told once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bclint.api import (
    Applicability,
    Category,
    Finding,
    Function,
    Instructions,
    Needs,
    Operation,
    Rule,
    Verdict,
)
from bclint.engine.linter import FileReport, lint
from bclint.engine.registry import load_rules
from bclint.source import SourceFile

LOOP = "def f(xs):\n    for x in xs:\n        g(x)\n"
SAFE = Verdict(Applicability.SAFE, "it is a test")


def rule(code: str, error: BaseException | None = None) -> Rule:
    """A rule that reports every global, or raises `error`."""

    def check(function: Function) -> Iterator[Finding]:
        if error is not None:
            raise error
        for instruction in function[Instructions]:
            if instruction.operation is Operation.LOAD_GLOBAL:
                yield Finding("`{expression}` is a global", instruction, SAFE)

    return Rule(
        code,
        "a-rule",
        "A rule of these tests",
        Category.LOOKUP,
        Needs(frozenset({Operation.LOAD_GLOBAL})),
        check,
        "tests.pack.a_rule",
    )


def report(text: str, *rules: Rule) -> FileReport:
    return lint(SourceFile("a.py", text.encode()), rules or (rule("ZZZ100"),))


@pytest.mark.parametrize("error", [ValueError("two\nlines"), SystemExit(3), RecursionError()])
def test_a_crashing_rule_is_an_error_and_the_others_go_on(error: BaseException) -> None:
    found = report(LOOP, rule("ZZZ100", error), rule("ZZZ101"))
    assert [diagnostic.code for diagnostic in found.diagnostics] == ["ZZZ101"]
    (failure,) = found.errors
    assert (failure.path, failure.line) == ("a.py", 1)
    assert failure.message.startswith("rule ZZZ100 of tests.pack.a_rule crashed: ")
    assert "\n" not in failure.message


def test_source_that_does_not_compile_is_one_error() -> None:
    found = report("def f(:\n")
    assert found.diagnostics == ()
    assert [(failure.line, failure.column) for failure in found.errors] == [(1, 7)]


@pytest.mark.parametrize(
    "text",
    [
        LOOP.replace("for x in xs", "if xs"),
        LOOP.replace("g(x)", "x + 1"),
        "for x in xs:\n    g(x)\n",
        "",
    ],
)
def test_rules_see_only_what_may_interest_them(text: str) -> None:
    assert report(text, rule("ZZZ100", AssertionError("was asked"))) == FileReport("a.py", (), ())


@pytest.mark.parametrize("before", ["é", "日本", "🎈", "\t", "e\u0301"])
def test_ranges_are_code_points(before: str) -> None:
    text = LOOP.replace("g(x)", f'"{before}", g(x)')
    source = SourceFile("a.py", text.encode())
    (found,) = lint(source, (rule("ZZZ100"),)).diagnostics
    assert source.slice(found.span) == "g"
    assert found.span.start_column == source.line(3).index("g")
    assert found.message == "`g` is a global"


def test_what_the_compiler_wrote_twice_is_found_once() -> None:
    text = "def f(xs):\n    for x in xs:\n        try:\n            x()\n        finally:\n"
    found = report(text + "            g(x)\n").diagnostics
    assert [diagnostic.span.start_line for diagnostic in found] == [6]


def test_the_test_of_a_while_is_found_once() -> None:
    found = report("def f(x):\n    while g(x):\n        x = x.next\n").diagnostics
    assert [diagnostic.span.start_line for diagnostic in found] == [2]


def test_findings_stand_in_the_order_of_the_source() -> None:
    text = "".join(LOOP.replace("f(", f"f{number}(") for number in range(4))
    lines = [diagnostic.span.start_line for diagnostic in report(text).diagnostics]
    assert lines == [3, 6, 9, 12]


def test_long_expressions_are_shortened_in_messages() -> None:
    text = LOOP.replace("g(x)", f"{'g' * 100}(x)")
    (found,) = report(text).diagnostics
    assert found.message == f"`{'g' * 59}…` is a global"


def test_the_same_source_gives_the_same_report() -> None:
    source = SourceFile("a.py", (LOOP + LOOP).encode())
    assert lint(source, load_rules()) == lint(source, load_rules())
