"""Diagnostics made by hand over small sources."""

from __future__ import annotations

from collections.abc import Sequence

from bclint.diagnostics import Applicability, Diagnostic, Edit, Fix, Verdict
from bclint.engine.tasks import FileResult, Plan, Report
from bclint.source import SourceFile, Span

SAFE = Verdict(Applicability.SAFE, "nothing in the loop can rebind `math`")
DISPLAY_ONLY = Verdict(Applicability.DISPLAY_ONLY, "`self.flush()` on line 31 may rebind it")


def spans_of(source: SourceFile, snippet: str) -> list[Span]:
    """Every range of `snippet` in the text, in source order."""
    spans, start = [], source.text.find(snippet)
    while start >= 0:
        end = start + len(snippet)
        spans.append(Span(*_place(source, start), *_place(source, end)))
        start = source.text.find(snippet, end)
    return spans


def _place(source: SourceFile, offset: int) -> tuple[int, int]:
    line = source.text.count("\n", 0, offset) + 1
    return line, offset - (source.text.rfind("\n", 0, offset) + 1)


def found(
    source: SourceFile,
    snippet: str,
    *,
    loop: str | None = None,
    fix: Fix | None = None,
    verdict: Verdict = SAFE,
    code: str = "BCL102",
) -> Diagnostic:
    first, *others = spans_of(source, snippet)
    return Diagnostic(
        code=code,
        name="module-attribute-in-loop",
        message=f"`{' '.join(snippet.split())}` is looked up on every iteration",
        path=source.path,
        span=first,
        places=tuple(others),
        function="total",
        verdict=verdict,
        loop=spans_of(source, loop)[0] if loop else None,
        fix=fix,
    )


def replacing(
    source: SourceFile,
    *pairs: tuple[str, str],
    applicability: Applicability = Applicability.SAFE,
    title: str = "bind it before the loop",
) -> Fix:
    """A fix that replaces each snippet everywhere; one that ends in a newline goes before it."""
    edits: list[Edit] = []
    for snippet, replacement in pairs:
        for span in spans_of(source, snippet):
            start = Span(span.start_line, 0, span.start_line, 0)
            edits.append(Edit(start if replacement.endswith("\n") else span, replacement))
    edits.sort(key=lambda edit: edit.span)
    return Fix(title, applicability, SAFE.reason, tuple(edits))


def report_of(
    source: SourceFile, diagnostics: Sequence[Diagnostic], plan: Plan | None = None
) -> Report:
    result = FileResult(source.path, tuple(diagnostics), source=source)
    return Report((result,), planned=plan or Plan(propose=True))
