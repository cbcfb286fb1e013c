"""Findings as GitLab's code quality report.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from bclint.diagnostics import Diagnostic
from bclint.engine.linter import FileError
from bclint.engine.tasks import Report
from bclint.report.display import escape
from bclint.report.project import Project
from bclint.rule import Category


def to_gitlab(report: Report, project: Project) -> str:
    """Return the whole report as one JSON array, indented, in ASCII."""
    entries = [_finding(diagnostic, project) for diagnostic in report.diagnostics]
    entries += [_error(error, project) for error in report.errors]
    return json.dumps(entries, indent=2)


def _finding(diagnostic: Diagnostic, project: Project) -> dict[str, Any]:
    path, span = project.relative(diagnostic.path), diagnostic.span
    rule = project.rules.get(diagnostic.code)
    grows = rule is not None and rule.category is Category.GROWTH
    return {
        "description": escape(f"{diagnostic.code} {diagnostic.message}"),
        "check_name": diagnostic.name,
        "fingerprint": _fingerprint(path, diagnostic.fingerprint),
        "severity": "major" if grows else "minor",
        "location": {
            "path": escape(path),
            "positions": {
                "begin": {"line": span.start_line, "column": span.start_column + 1},
                "end": {"line": span.end_line, "column": span.end_column + 1},
            },
        },
    }


def _error(error: FileError, project: Project) -> dict[str, Any]:
    path = project.relative(error.path)
    return {
        "description": escape(error.message),
        "check_name": "bclint-error",
        "fingerprint": _fingerprint(path, str(error.line), str(error.column), error.message),
        "severity": "critical",
        "location": {"path": escape(path), "lines": {"begin": max(error.line, 1)}},
    }


def _fingerprint(*parts: str) -> str:
    """Unique in the whole project, as GitLab demands: the path is a part of it."""
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
