"""What several interpreters found in one file, as one list of findings.

Two findings are the same if rule and range are: what a function is called differs between
versions (comprehensions are functions of their own up to 3.11). One that all found is trusted as
far as the least of them trusts it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bclint.diagnostics import Diagnostic, Saving, weakest
from bclint.engine.linter import FileError, FileReport
from bclint.source import Span

_Key = tuple[str, Span]


def agreed(reports: Mapping[str, FileReport], *, any_python: bool = False) -> FileReport:
    """The findings that all `reports` share, each by the version that gave it.

    With `any_python` those of any of them, each saying who found it. At least one report.
    """
    first = next(iter(reports.values()))
    found: dict[_Key, dict[str, Diagnostic]] = {}
    for python, report in reports.items():
        for diagnostic in report.diagnostics:
            found.setdefault((diagnostic.code, diagnostic.span), {})[python] = diagnostic
    merged = [
        _merged(by_python, reports)
        for by_python in found.values()
        if any_python or len(by_python) == len(reports)
    ]
    merged.sort(key=lambda diagnostic: (diagnostic.span, diagnostic.code))
    return FileReport(first.path, tuple(merged), _errors(reports))


def _merged(by_python: Mapping[str, Diagnostic], reports: Mapping[str, object]) -> Diagnostic:
    diagnostics = list(by_python.values())
    first = diagnostics[0]
    common = set(first.places).intersection(*(each.places for each in diagnostics))
    return replace(
        first,
        places=tuple(place for place in first.places if place in common),
        verdict=weakest(*(each.verdict for each in diagnostics)),
        savings=_savings(by_python),
        found_on=() if len(by_python) == len(reports) else tuple(by_python),
    )


def _savings(by_python: Mapping[str, Diagnostic]) -> tuple[Saving, ...]:
    """What is saved on each target: as the version itself says, which knows its own bytecode."""
    first = next(iter(by_python.values()))
    return tuple(
        next((own for own in _of(by_python, saving.python) if own.python == saving.python), saving)
        for saving in first.savings
    )


def _of(by_python: Mapping[str, Diagnostic], python: str) -> Sequence[Saving]:
    return by_python[python].savings if python in by_python else ()


def _errors(reports: Mapping[str, FileReport]) -> tuple[FileError, ...]:
    """Each error once; one that not all have says who has it."""
    told: dict[FileError, list[str]] = {}
    for python, report in reports.items():
        for error in dict.fromkeys(report.errors):
            told.setdefault(error, []).append(python)
    return tuple(
        error
        if len(pythons) == len(reports)
        else replace(error, message=f"on CPython {', '.join(pythons)}: {error.message}")
        for error, pythons in told.items()
    )
