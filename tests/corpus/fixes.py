"""Proposing every fix of a file, and applying them alone and together, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bclint.bytecode.compile import compile_source
from bclint.diagnostics import Applicability, Diagnostic, Edit, Fix
from bclint.engine.fixing import apply_fixes
from bclint.engine.linter import lint
from bclint.fix.edits import apply_edits
from bclint.fix.errors import FixError
from bclint.fix.propose import FixProblem, propose
from bclint.rule import Rule
from bclint.source import SourceError, SourceFile
from tests.corpus.outcome import Fixing, Outcome
from tests.corpus.places import is_inside


def check_proposals(
    source: SourceFile, found: Sequence[Diagnostic], rules: Sequence[Rule], outcome: Outcome
) -> None:
    """Every fix, whatever its grade, can be made alone."""
    problems: list[FixProblem] = []
    for diagnostic in propose(source, found, rules, problems):
        fix = diagnostic.fix
        grade = fix.applicability.value if fix else "none"
        outcome.grades[diagnostic.code, grade] += 1
        for wrong in _wrong(source, fix) if fix else ():
            line = diagnostic.span.start_line
            outcome.fail(line, f"{diagnostic.code} has a {grade} fix that {wrong}")
    outcome.unread += sum(not problem.crash for problem in problems)
    for problem in problems:
        if problem.crash:
            outcome.fail(problem.line, problem.message)


def _wrong(source: SourceFile, fix: Fix) -> Iterator[str]:
    for edit in fix.edits:
        if not is_inside(source, edit.span, empty=True):
            yield f"edits outside of the file: {edit.span}"
            return
    if list(fix.edits) != sorted(fix.edits, key=_start):
        yield "has edits out of order"
    try:
        compile_source(apply_edits(source, fix.edits))
    except FixError as error:
        yield f"cannot be applied: {error}"
    except SourceError as error:
        yield f"does not compile: {error.message} (line {error.line})"


def _start(edit: Edit) -> tuple[int, int]:
    return edit.span.start_line, edit.span.start_column


def check_application(
    source: SourceFile, rules: Sequence[Rule], outcome: Outcome, *, unsafe: bool
) -> Fixing:
    """All fixes up to a grade together compile, and a second run changes nothing."""
    kind = "unsafe" if unsafe else "safe"
    first = apply_fixes(source, rules, unsafe=unsafe, select=_all)
    for problem in first.problems:
        outcome.fail(problem.line, f"while applying {kind} fixes: {problem.message}")
    if first.source.data != source.data:
        try:
            compile_source(first.source)
        except SourceError as error:
            message = f"after all {kind} fixes it does not compile: {error.message}"
            outcome.fail(error.line, message)
            return Fixing()
        second = apply_fixes(first.source, rules, unsafe=unsafe, select=_all)
        for diagnostic in second.applied:
            line = diagnostic.span.start_line
            outcome.fail(line, f"a second run applies a {kind} fix: {diagnostic.message}")
        if not second.applied and second.source.data != first.source.data:
            outcome.fail(1, f"a second run of {kind} fixes changes the file")
        told = {(one.code, one.span) for one, _ in second.rejected}
        for diagnostic in _applicable(second.source, rules, unsafe=unsafe):
            if (diagnostic.code, diagnostic.span) not in told:
                line = diagnostic.span.start_line
                outcome.fail(line, f"a {kind} fix is left without a reason: {diagnostic.message}")
    elif first.applied:
        outcome.fail(1, f"{len(first.applied)} {kind} fixes were applied and changed nothing")
    return Fixing(len(first.applied), list(_reasons(first.rejected)))


def _applicable(source: SourceFile, rules: Sequence[Rule], *, unsafe: bool) -> Iterator[Diagnostic]:
    """The findings whose fix may be applied up to a grade."""
    limit = Applicability.UNSAFE if unsafe else Applicability.SAFE
    for diagnostic in propose(source, lint(source, rules).diagnostics, rules):
        fix = diagnostic.fix
        if fix and fix.edits and fix.applicability.rank <= limit.rank:
            yield diagnostic


def _all(source: SourceFile, diagnostics: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    return diagnostics


def _reasons(rejected: Iterable[tuple[Diagnostic, str]]) -> Iterator[tuple[str, int, str]]:
    for diagnostic, reason in rejected:
        yield diagnostic.code, diagnostic.span.start_line, reason
