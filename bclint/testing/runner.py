"""Running a rule's cases: what the page wants against what the linter says and the fixes do."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bclint.diagnostics import Diagnostic
from bclint.engine.fixing import apply_fixes
from bclint.engine.linter import lint
from bclint.fix.propose import FixProblem, propose
from bclint.rule import Rule, RulePack
from bclint.source import SourceFile
from bclint.testing.cases import Case, Want, end_of_code, without_marks
from bclint.testing.form import check_form
from bclint.testing.page import Page, PageError, read_page
from bclint.testing.pair import Pair, compare_results, pairs_of

_MESSAGE_FORM = re.compile(r"[a-z`][^\n]*(?<!\.)")


def run_pack(pack: RulePack) -> list[str]:
    """All failures of the pages of `pack`, each a text that starts with its place."""
    return [failure for rule in pack.rules for failure in run_rule(rule)]


def run_rule(rule: Rule) -> list[str]:
    """All failures of the page of `rule`: its form, its pair of programs and its cases."""
    try:
        page = page_of(rule)
        return [
            *check_form(rule, page),
            *check_pairs(rule, page),
            *(failure for case in page.cases for failure in check_case(rule, page, case)),
        ]
    except PageError as error:
        return [str(error)]


def page_of(rule: Rule) -> Page:
    """Read ``rule.md`` of `rule`. Raises `PageError`."""
    path = rule.folder / "rule.md"
    try:
        return read_page(_short(path), rule.page)
    except OSError as error:
        raise PageError(f"{_short(path)}: cannot be read: {error.strerror}") from error


def check_pairs(rule: Rule, page: Page) -> Iterator[str]:
    """The failures of all measured pairs of programs. Raises `PageError`."""
    for pair in pairs_of(page):
        yield from _check_pair(rule, page, pair)


def _check_pair(rule: Rule, page: Page, pair: Pair) -> Iterator[str]:
    """The failures of one pair: equal results, and a finding in the first program only."""
    title = f"Also measured: {pair.name}" if pair.name else ""
    yield from compare_results(page.path, pair)
    found, errors = _lint(rule, pair.before.text)
    if not found:
        what = f"the first program of {title}" if title else "the Example"
        yield f"{page.path}:{pair.before.line}: {rule.code} does not report {what}"
    unwanted, more_errors = _lint(rule, pair.after.text)
    for diagnostic in unwanted:
        line = pair.after.line + diagnostic.span.start_line
        where = f"the second program of {title}" if title else "Use instead"
        yield f"{page.path}:{line}: reported in {where}: {_show(diagnostic)}"
    for block, problems in ((pair.before, errors), (pair.after, more_errors)):
        for line, message in problems:
            yield f"{page.path}:{block.line + line}: {message}"


def is_bound_elsewhere(case: Case) -> bool:
    """Whether the title of `case` binds it to versions other than the running one."""
    return sys.version_info.minor not in case.versions


def check_case(rule: Rule, page: Page, case: Case) -> Iterator[str]:
    """The failures of one case; none where it is bound to other versions."""
    if is_bound_elsewhere(case):
        return
    diagnostics, errors = _lint(rule, case.source)
    title = f"{page.path}:{case.line}: {rule.code}, {case.title!r}"
    for line, failure in (*errors, *_compare(case, diagnostics)):
        yield f"{page.path}:{case.source_line + line}: {rule.code}, {case.title!r}: {failure}"
    for unsafe, expected in ((False, case.fixed), (True, case.fixed_unsafe)):
        if expected is not None:
            for failure in _compare_fixed(rule, case, expected, unsafe=unsafe):
                yield f"{title}: {failure}"


def _compare(case: Case, diagnostics: Sequence[Diagnostic]) -> Iterator[tuple[int, str]]:
    """Match wants and diagnostics one to one; a line of the case and a text for each failure."""
    left = list(diagnostics)
    source_lines = case.source.split("\n")
    for want in case.wants:
        diagnostic = _take(want, left)
        if diagnostic is None:
            yield want.line, f"no finding for {want}"
            continue
        if failure := _compare_range(want, diagnostic, source_lines[want.line - 1]):
            yield want.line, failure
        if failure := _compare_grade(want, diagnostic):
            yield want.line, failure
    for diagnostic in left:
        yield diagnostic.span.start_line, f"not wanted: {_show(diagnostic)}"
    for diagnostic in diagnostics:
        if not _MESSAGE_FORM.fullmatch(diagnostic.message):
            yield (
                diagnostic.span.start_line,
                f"the message starts with a capital or ends with a full stop: {diagnostic.message}",
            )


def _take(want: Want, left: list[Diagnostic]) -> Diagnostic | None:
    """Remove from `left` the diagnostic that `want` means; of several, that under the carets."""
    fitting = [
        diagnostic
        for diagnostic in left
        if diagnostic.code == want.code
        and diagnostic.span.start_line == want.line
        and want.text in diagnostic.message
    ]
    column = want.carets[0] if want.carets else 0
    fitting.sort(key=lambda diagnostic: abs(diagnostic.span.start_column - column))
    if not fitting:
        return None
    left.remove(fitting[0])
    return fitting[0]


def _compare_range(want: Want, diagnostic: Diagnostic, source_line: str) -> str | None:
    if want.carets is None:
        return None
    span = diagnostic.span
    goes_on = span.end_line > span.start_line
    got = (span.start_column, end_of_code(source_line) if goes_on else span.end_column)
    if got == want.carets:
        return None
    return (
        f"the range of {want} differs\n"
        f"        {source_line}\n"
        f"  want: {_underline(want.carets)}\n"
        f"  got:  {_underline(got)}"
    )


def _compare_grade(want: Want, diagnostic: Diagnostic) -> str | None:
    if want.fix is None:
        return None
    fix = diagnostic.fix
    got = fix.applicability.value if fix else "none"
    reason = fix.reason if fix else diagnostic.verdict.reason
    return None if got == want.fix else f"the fix of {want} is {got}: {reason}"


def _compare_fixed(rule: Rule, case: Case, expected: str, *, unsafe: bool) -> Iterator[str]:
    source = SourceFile("case.py", without_marks(case.source).encode())
    outcome = apply_fixes(source, (rule,), unsafe=unsafe, select=lambda _, found: found)
    for diagnostic, reason in outcome.rejected:
        yield f"a fix was rolled back: {reason}: {_show(diagnostic)}"
    for problem in outcome.problems:
        yield problem.message
    got, wanted = outcome.source.text, without_marks(expected)
    if got != wanted:
        kind = "fixed unsafe" if unsafe else "fixed"
        lines = difflib.unified_diff(
            wanted.splitlines(),
            got.splitlines(),
            f"python {kind}",
            "the fixes' result",
            lineterm="",
        )
        yield "\n".join(("the fixed source differs", *lines))


def _lint(rule: Rule, text: str) -> tuple[list[Diagnostic], list[tuple[int, str]]]:
    """The diagnostics with their fixes, and the line and text of what went wrong."""
    source = SourceFile("case.py", text.encode())
    report = lint(source, (rule,))
    problems: list[FixProblem] = []
    diagnostics = propose(source, report.diagnostics, (rule,), problems)
    errors = [(error.line, error.message) for error in report.errors]
    return diagnostics, errors + [(problem.line, problem.message) for problem in problems]


def _show(diagnostic: Diagnostic) -> str:
    return f"{diagnostic.code} at column {diagnostic.span.start_column + 1}: {diagnostic.message}"


def _underline(columns: tuple[int, int]) -> str:
    return " " * columns[0] + "^" * max(1, columns[1] - columns[0])


def _short(path: Path) -> str:
    """`path` from the current folder where it is below it, so that terminals can open it."""
    folder = Path.cwd()
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
