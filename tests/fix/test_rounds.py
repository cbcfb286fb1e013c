"""Rounds: what can be fixed is, what cannot is rolled back, a second run changes nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import pytest

from bclint.diagnostics import Diagnostic
from bclint.engine.fixing import apply_fixes
from bclint.fix.rounds import Outcome
from bclint.rule import RulePack
from bclint.source import SourceFile
from tests.fix.helpers import dedented
from tests.fix.sample_rule.rule import RULE


def everything(_: SourceFile, diagnostics: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    return diagnostics


def fixed(text: str, *, unsafe: bool = False, encoding: str = "utf-8") -> Outcome:
    source = SourceFile("example.py", dedented(text).encode(encoding))
    outcome = apply_fixes(source, [RULE], unsafe=unsafe, select=everything)
    again = apply_fixes(outcome.source, [RULE], unsafe=unsafe, select=everything)
    assert again.source.data == outcome.source.data
    assert not again.applied
    return outcome


def test_all_in_one_function_and_over_several() -> None:
    outcome = fixed(
        """
        class A:
            def f(self, xs):
                for x in xs:  # one
                    x(A_B, C)
                    x(A_B)
                for x in xs: x(C)

        async def g(xs):
            async for x in xs: x(C)  # two
        """
    )
    assert outcome.source.text == dedented(
        """
        class A:
            def f(self, xs):
                a_b = A_B
                c = C
                for x in xs:  # one
                    x(a_b, c)
                    x(a_b)
                c_ = C
                for x in xs: x(c_)

        async def g(xs):
            c = C
            async for x in xs: x(c)  # two
        """
    )
    assert len(outcome.applied) == 4
    assert not outcome.rejected


def test_a_comprehension_pays_only_where_it_is_inlined() -> None:
    before = "def f(xs):\n    return [x(A, A) for x in xs]\n"
    after = "def f(xs):\n    a = A\n    return [x(a, a) for x in xs]\n"
    outcome = fixed(before)
    if sys.version_info >= (3, 12):
        assert outcome.source.text == after
    else:  # the name would be a cell, which is hardly faster than a global
        assert outcome.source.text == before
        assert [reason for _, reason in outcome.rejected] == ["the loop did not become cheaper"]


def test_functions_inside_functions_take_turns() -> None:
    outcome = fixed(
        """
        def f(xs):
            for x in xs:
                x(A)
            def g(ys):
                for y in ys:
                    y(B)
            for x in xs:
                x(C, g)
        """
    )
    assert outcome.source.text == dedented(
        """
        def f(xs):
            a = A
            for x in xs:
                x(a)
            def g(ys):
                b = B
                for y in ys:
                    y(b)
            c = C
            for x in xs:
                x(c, g)
        """
    )
    assert len(outcome.applied) == 3


def test_unsafe_fixes_are_asked_for() -> None:
    text = "def f(xs):\n    for x in xs:\n        x(RISKY)\n"
    assert fixed(text).source.text == text
    assert "risky = RISKY" in fixed(text, unsafe=True).source.text


def test_what_is_not_selected_stays() -> None:
    source = SourceFile("example.py", b"def f(xs):\n    for x in xs:\n        x(A, B)\n")
    outcome = apply_fixes(
        source,
        [RULE],
        unsafe=False,
        select=lambda source, found: [one for one in found if source.slice(one.span) == "B"],
    )
    assert outcome.source.text == "def f(xs):\n    b = B\n    for x in xs:\n        x(A, b)\n"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("SYNTAX", "does not compile"),
        ("NOTHING", "did not become cheaper"),
        ("ENCODING", "cannot encode"),
    ],
)
def test_bad_fixes_do_not_stop_good_ones(name: str, reason: str) -> None:
    outcome = fixed(
        f"""
        # coding: latin-1
        def f(xs):
            for x in xs:
                x(A)
                x({name})
        def g(xs):
            for x in xs:
                x({name})
        def h(xs):
            for x in xs:
                x(B)
        """,
        encoding="latin-1",
    )
    assert "a = A" in outcome.source.text
    assert "b = B" in outcome.source.text
    assert outcome.source.text.count(f"x({name})") == 2
    assert len(outcome.rejected) == 2
    assert all(reason in why for _, why in outcome.rejected)


def test_a_crash_is_said_and_stops_nothing() -> None:
    outcome = fixed("def f(xs):\n    for x in xs:\n        x(CRASH)\n        x(A)\n")
    assert "a = A" in outcome.source.text
    [problem] = outcome.problems
    assert problem.line == 4
    assert "crashed: KeyError: 'CRASH'" in problem.message


def test_a_source_that_does_not_compile_comes_back() -> None:
    assert fixed("def f(:\n").source.text == "def f(:\n"


@pytest.mark.parametrize("last", ["", "\n"], ids=["no last newline", "last newline"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(
    ("encoding", "cookie"),
    [("utf-8", ""), ("utf-8-sig", ""), ("latin-1", "# coding: latin-1\n")],
)
def test_bytes_outside_the_edits_survive(
    encoding: str, cookie: str, newline: str, last: str
) -> None:
    before = f"{cookie}def f(xs):\n\tfor x in xs:\n\t\tx('é', A)  # ü" + last
    after = f"{cookie}def f(xs):\n\ta = A\n\tfor x in xs:\n\t\tx('é', a)  # ü" + last
    source = SourceFile("example.py", before.replace("\n", newline).encode(encoding))
    if newline == "\r" and cookie and sys.version_info < (3, 14):
        pytest.skip("tokenize cannot find the encoding of such a file")
    outcome = apply_fixes(source, [RULE], unsafe=False, select=everything)
    assert outcome.source.data == after.replace("\n", newline).encode(encoding)


def test_ten_fixes_in_a_thousand_lines_are_quick() -> None:
    filler = "".join(f"    y{n} = xs[{n}] + 1\n" for n in range(90))
    text = "".join(
        f"def f{n}(xs):\n{filler}    for x in xs:\n        x(A)\n\n\n" for n in range(10)
    )
    fixed("def f(xs):\n    for x in xs: x(A)\n")  # LibCST is imported
    source = SourceFile("example.py", text.encode())
    start = time.process_time()
    outcome = apply_fixes(source, [RULE], unsafe=False, select=everything)
    taken = time.process_time() - start
    assert len(outcome.applied) == 10
    assert taken < 2, "a quarter of that on an idle machine"


def test_a_module_and_its_functions_take_turns() -> None:
    text = """
        import re
        for x in xs:
            re.match("a", x)
        def f(xs):
            for x in xs:
                re.match("b", x)
        """
    rules = [rule for rule in RulePack.from_package("bclint_rules").rules if rule.code == "BCL204"]
    source = SourceFile("example.py", dedented(text).encode())
    outcome = apply_fixes(source, rules, unsafe=True, select=everything)
    assert not outcome.rejected
    assert len(outcome.applied) == 2
