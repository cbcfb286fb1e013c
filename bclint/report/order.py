"""Which findings are shown, and in which order."""

from __future__ import annotations

from dataclasses import replace

from bclint.diagnostics import Diagnostic
from bclint.engine.tasks import FileResult, Report

ORDERS = ("place", "gain")


def ordered(report: Report, *, by_gain: bool = False, top: int | None = None) -> Report:
    """`report` with one result for each finding that is shown.

    `by_gain` puts those that gain most first, whatever file they are in: growth before all
    shares, what is not known in numbers last. `top` keeps so many from the start.
    """
    if not by_gain and top is None:
        return report
    found = [(file, diagnostic) for file in report.files for diagnostic in file.diagnostics]
    if by_gain:
        found.sort(key=lambda pair: _weight(pair[1]), reverse=True)
    return replace(
        report,
        other_errors=report.errors,
        files=tuple(_only(file, diagnostic) for file, diagnostic in found[:top]),
    )


def _weight(diagnostic: Diagnostic) -> tuple[bool, float]:
    return bool(diagnostic.growth), diagnostic.gain or 0.0


def _only(file: FileResult, diagnostic: Diagnostic) -> FileResult:
    return FileResult(file.path, (diagnostic,), source=file.source)
