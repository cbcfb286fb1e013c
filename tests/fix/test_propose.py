"""Proposing: every finding comes back, in order, with what its rule's fix gave."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from bclint.diagnostics import Edit
from bclint.engine.linter import lint
from bclint.fix.edits import apply_edits
from bclint.fix.errors import FixError
from bclint.fix.propose import FixProblem, propose
from bclint.source import SourceFile, Span
from tests.fix.sample_rule.rule import RULE

SOURCE = SourceFile("example.py", b"def f(xs):\n    for x in xs:\n        x(A, CRASH, B)\n")


def test_fixes_are_filled_in() -> None:
    found = lint(SOURCE, [RULE]).diagnostics
    errors: list[FixProblem] = []
    proposed = propose(SOURCE, found, [RULE], errors)
    assert [replace(one, fix=None) for one in proposed] == list(found)
    assert [one.fix is not None for one in proposed] == [True, False, True]
    [problem] = errors
    assert problem.crash
    assert problem.message == (
        "no fix for BCL900: the fix of tests.fix.sample_rule crashed: KeyError: 'CRASH'"
    )


def test_a_rule_without_fix_module_and_an_unknown_rule() -> None:
    found = lint(SOURCE, [RULE]).diagnostics
    errors: list[FixProblem] = []
    assert propose(SOURCE, found, [replace(RULE, package="tests.fix")], errors) == list(found)
    assert propose(SOURCE, found, [], errors) == list(found)
    assert not errors


def test_an_import_that_fails_inside_the_fix_is_said(tmp_path: object) -> None:
    found = lint(SOURCE, [RULE]).diagnostics
    errors: list[FixProblem] = []
    propose(SOURCE, found, [replace(RULE, package="tests.fix.no_such_package")], errors)
    assert errors
    assert all("ModuleNotFoundError" in problem.message for problem in errors)


def test_what_libcst_cannot_read_is_said() -> None:
    source = SourceFile("a.py", b"\\\ndef f(xs):\n    for x in xs: x(A)\n")
    errors: list[FixProblem] = []
    [finding] = propose(source, lint(source, [RULE]).diagnostics, [RULE], errors)
    assert finding.fix is None
    assert [(one.crash, one.line) for one in errors] == [(False, 3)]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="an f-string is one token before 3.12")
def test_no_fix_changes_a_text_that_the_program_sees() -> None:
    lines = b"        x(f'{x(ENCODING)=}')\n        x(f'{x(ENCODING)}')\n"
    source = SourceFile("a.py", b"def f(xs):\n    for x in xs:\n" + lines)
    places = sorted(place for one in lint(source, [RULE]).diagnostics for place in one.all_places)
    [finding] = lint(source, [RULE]).diagnostics
    each = [replace(finding, span=place, places=()) for place in places]
    assert [one.fix is not None for one in propose(source, each, [RULE])] == [False, True]


def test_overlapping_edits_are_refused() -> None:
    edits = [Edit(Span(1, 0, 1, 5), "a"), Edit(Span(1, 4, 1, 6), "b")]
    with pytest.raises(FixError, match="two edits overlap on line 1"):
        apply_edits(SOURCE, edits)
