"""Findings as SARIF 2.1.0, the format of GitHub's code scanning and of many viewers.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from bclint import __version__
from bclint.diagnostics import Applicability, Diagnostic, Edit, Fix
from bclint.engine.linter import FileError
from bclint.engine.tasks import Report
from bclint.report.display import escape
from bclint.report.project import Project
from bclint.rule import Rule, without_cases
from bclint.source import Span

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_FINGERPRINT = "bclint/v1"
"""The name ends in the version of what is hashed: SARIF compares only values of one name."""


def to_sarif(report: Report, project: Project) -> str:
    """Return the whole report as one JSON object, indented, in ASCII."""
    codes = sorted({diagnostic.code for diagnostic in report.diagnostics})
    content = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(codes, project.rules)},
                "columnKind": "unicodeCodePoints",
                "invocations": [_invocation(report.errors, project)],
                "results": [_result(each, codes, project) for each in report.diagnostics],
            }
        ],
    }
    return json.dumps(content, indent=2)


def _driver(codes: Sequence[str], rules: Mapping[str, Rule]) -> dict[str, Any]:
    return {
        "name": "bclint",
        "version": __version__,
        "rules": [_rule(rules[code]) if code in rules else {"id": code} for code in codes],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": f"{rule.summary}."},
        "help": _help(rule),
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["performance", rule.category.value]},
    }


def _help(rule: Rule) -> dict[str, str]:
    """The rule's page, where it has one: what a viewer shows beside a finding."""
    text = f"`bclint explain {rule.code}` says more."
    try:
        return {"text": text, "markdown": without_cases(rule.page)}
    except OSError:
        return {"text": text}


def _invocation(errors: Sequence[FileError], project: Project) -> dict[str, Any]:
    return {
        "executionSuccessful": not errors,
        "toolExecutionNotifications": [_notification(error, project) for error in errors],
    }


def _notification(error: FileError, project: Project) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _file(error.path, project)}
    if error.line:
        place["region"] = {"startLine": error.line, "startColumn": error.column}
    return {
        "level": "error",
        "message": {"text": escape(error.message)},
        "locations": [{"physicalLocation": place}],
    }


def _result(diagnostic: Diagnostic, codes: Sequence[str], project: Project) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": "warning",
        "message": {"text": escape(diagnostic.message)},
        "locations": [
            {
                "physicalLocation": _place(diagnostic.path, diagnostic.span, project),
                "logicalLocations": [_function(diagnostic)],
            }
        ],
    }
    if diagnostic.fingerprint:
        result["partialFingerprints"] = {_FINGERPRINT: diagnostic.fingerprint}
    if diagnostic.places:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": _place(diagnostic.path, place, project),
                "message": {"text": "also here"},
            }
            for number, place in enumerate(diagnostic.places, 1)
        ]
    if diagnostic.fix and _can_be_applied(diagnostic.fix):
        result["fixes"] = [_fix(diagnostic, diagnostic.fix, project)]
    return result


def _function(diagnostic: Diagnostic) -> dict[str, str]:
    name = diagnostic.function
    kind = "module" if name == "<module>" else "function"
    return {"fullyQualifiedName": escape(name), "kind": kind}


def _can_be_applied(fix: Fix) -> bool:
    """Whether a reader may offer to apply `fix`: none for display only, none that is not text."""
    text = "".join(edit.replacement for edit in fix.edits)
    is_text = not any("\ud800" <= character <= "\udfff" for character in text)
    return bool(fix.edits) and fix.applicability is not Applicability.DISPLAY_ONLY and is_text


def _fix(diagnostic: Diagnostic, fix: Fix, project: Project) -> dict[str, Any]:
    grade = f"{fix.applicability.value}: {fix.reason}"
    return {
        "description": {"text": escape(f"{fix.title} ({grade})")},
        "artifactChanges": [
            {
                "artifactLocation": _file(diagnostic.path, project),
                "replacements": [_replacement(edit) for edit in fix.edits],
            }
        ],
    }


def _replacement(edit: Edit) -> dict[str, Any]:
    return {
        "deletedRegion": _region(edit.span),
        "insertedContent": {"text": edit.replacement},
    }


def _place(path: str, span: Span, project: Project) -> dict[str, Any]:
    return {"artifactLocation": _file(path, project), "region": _region(span)}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.start_line,
        "startColumn": span.start_column + 1,
        "endLine": span.end_line,
        "endColumn": span.end_column + 1,
    }


def _file(path: str, project: Project) -> dict[str, str]:
    """Where a file is: relative to the project, so that the report holds on other machines."""
    relative = project.relative(path)
    if os.path.isabs(path) and relative == path.replace(os.sep, "/"):  # noqa: PTH117  a text
        return {"uri": "file://" + quote(os.fsencode(relative))}
    return {"uri": quote(os.fsencode(relative)), "uriBaseId": "%SRCROOT%"}
