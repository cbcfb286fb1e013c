"""Findings as JUnit's XML: a suite for each file, a failed case for each finding."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bclint.diagnostics import Diagnostic
from bclint.engine.linter import FileError
from bclint.engine.tasks import FileResult, Report
from bclint.report.display import escape

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document can hold."""


def to_junit(report: Report) -> str:
    """Return the whole report as one document in ASCII."""
    root = Element("testsuites", name="bclint")
    for result in report.files:
        _add_file(root, result)
    for error in report.other_errors:
        _add_suite(root, error.path, [_error(error)])
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    indent(root)
    document: bytes = tostring(root, encoding="us-ascii", xml_declaration=True)
    return document.decode("ascii")


def _add_file(root: Element, result: FileResult) -> None:
    cases = [_failure(diagnostic) for diagnostic in result.diagnostics]
    cases += [_error(error) for error in result.errors]
    _add_suite(root, result.path, cases or [_case(result.path, "clean")])


def _add_suite(root: Element, path: str, cases: list[Element]) -> None:
    suite = SubElement(
        root,
        "testsuite",
        name=_plain(path),
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
    )
    suite.extend(cases)


def _failure(diagnostic: Diagnostic) -> Element:
    line, column = diagnostic.span.start_line, diagnostic.span.start_column + 1
    case = _case(diagnostic.path, f"{diagnostic.code} {diagnostic.name} at {line}:{column}")
    message = _plain(diagnostic.message)
    failure = SubElement(case, "failure", type=diagnostic.code, message=message)
    failure.text = f"{_plain(diagnostic.path)}:{line}:{column}: {diagnostic.code} {message}"
    return case


def _error(error: FileError) -> Element:
    place = f" at {error.line}:{error.column}" if error.line else ""
    case = _case(error.path, f"error{place}")
    SubElement(case, "error", type="error", message=_plain(error.message))
    return case


def _case(path: str, name: str) -> Element:
    return Element("testcase", classname=_plain(path), name=name, file=_plain(path), time="0")


def _plain(text: str) -> str:
    return _NOT_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", escape(text))
