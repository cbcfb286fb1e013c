"""Findings for programs: one JSON object, lines and columns from 1 in code points."""

from __future__ import annotations

import json
import platform
from typing import Any

from bclint import __version__
from bclint.diagnostics import Diagnostic, Fix, Saving
from bclint.engine.linter import FileError
from bclint.engine.tasks import Report
from bclint.source import Span


def to_json(report: Report) -> str:
    """Return the whole report as one JSON object in one line of ASCII."""
    content = {
        "version": __version__,
        "python": platform.python_version(),
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in report.diagnostics],
        "errors": [_error(error) for error in report.errors],
    }
    return json.dumps(content)


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "message": diagnostic.message,
        "path": diagnostic.path,
        **_span(diagnostic.span),
        "function": diagnostic.function,
        "gain": diagnostic.gain,
        "saved_ns": diagnostic.least.saved_ns if diagnostic.least else None,
        "growth": diagnostic.growth,
        "found_on": list(diagnostic.found_on),
        "evidence": {saving.python: _saving(saving) for saving in diagnostic.savings},
        "places": [_span(place) for place in diagnostic.places],
        "fix": _fix(diagnostic.fix) if diagnostic.fix else None,
    }


def _saving(saving: Saving) -> dict[str, Any]:
    return {
        "saved_ns": saving.saved_ns,
        "iteration_ns": saving.iteration_ns,
        "gain": saving.gain,
        "at_most": saving.at_most,
        "growth": saving.growth,
        "ratio": saving.ratio,
        "interval": list(saving.interval) if saving.interval else None,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "applicability": fix.applicability.value,
        "title": fix.title,
        "reason": fix.reason,
        "edits": [{**_span(edit.span), "replacement": edit.replacement} for edit in fix.edits],
    }


def _span(span: Span) -> dict[str, int]:
    return {
        "line": span.start_line,
        "column": span.start_column + 1,
        "end_line": span.end_line,
        "end_column": span.end_column + 1,
    }


def _error(error: FileError) -> dict[str, Any]:
    return {
        "path": error.path,
        "line": error.line or None,
        "column": error.column or None,
        "message": error.message,
    }
