"""Findings in Pylint's parseable form, which many a report reader knows."""

from __future__ import annotations

from collections.abc import Iterator

from bclint.engine.tasks import Report
from bclint.report.display import escape, escape_path


def parseable(report: Report) -> Iterator[str]:
    """Yield ``path:line: [CODE(name), function] message`` for each finding."""
    for diagnostic in report.diagnostics:
        function = "" if diagnostic.function == "<module>" else diagnostic.function
        origin = f"[{diagnostic.code}({diagnostic.name}), {escape(function)}]"
        place = f"{escape_path(diagnostic.path)}:{diagnostic.span.start_line}:"
        yield f"{place} {origin} {escape(diagnostic.message)}"
