"""Findings as GitHub Actions' workflow commands, which become annotations of changed lines.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bclint.diagnostics import Diagnostic
from bclint.engine.linter import FileError
from bclint.engine.tasks import Report
from bclint.report.display import escape
from bclint.report.project import Project


def commands(report: Report, project: Project) -> Iterator[str]:
    """Yield a warning for each finding, and an error for what could not be done."""
    for diagnostic in report.diagnostics:
        yield _warning(diagnostic, project)
    for error in report.errors:
        yield _error(error, project)


def _warning(diagnostic: Diagnostic, project: Project) -> str:
    span = diagnostic.span
    properties = {
        "title": f"{diagnostic.code} {diagnostic.name}",
        "file": project.relative(diagnostic.path),
        "line": str(span.start_line),
        "endLine": str(span.end_line),
    }
    if span.end_line == span.start_line:  # columns are for one line only
        properties["col"] = str(span.start_column + 1)
        properties["endColumn"] = str(max(span.end_column, span.start_column + 1))
    return _command("warning", properties, f"{diagnostic.code} {diagnostic.message}")


def _error(error: FileError, project: Project) -> str:
    properties = {"title": "bclint", "file": project.relative(error.path)}
    if error.line:
        properties |= {"line": str(error.line), "col": str(error.column)}
    return _command("error", properties, error.message)


def _command(name: str, properties: Mapping[str, str], message: str) -> str:
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {listed}::{_text(message)}"


def _property(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")


def _text(text: str) -> str:
    # What stands for a line's end is read back; every other control character is spelled out.
    lines = text.replace("%", "%25").replace("\r", "%0D").split("\n")
    return "%0A".join(map(escape, lines))
