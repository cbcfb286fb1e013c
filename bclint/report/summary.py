"""The last line of a report for people."""

from __future__ import annotations

from bclint.diagnostics import Applicability
from bclint.engine.tasks import Report
from bclint.report.style import PLAIN, Style


def summary(report: Report, style: Style = PLAIN) -> str:
    """Return one line: what was found, what was fixed, what could be."""
    found, applied = len(report.diagnostics), len(report.applied)
    if found + applied == 0:
        files = count(len(report.files), "file")
        if report.errors:
            return f"Nothing found in {files}, but not everything could be checked."
        if report.accepted:
            return f"Nothing new found in {files} ({report.accepted:,} in the baseline)."
        return style.good("All fast:") + f" nothing found in {files}."
    parts = [part for part in (_fixed(report), *_fixable(report), _accepted(report)) if part]
    details = f" ({', '.join(parts)})" if parts else ""
    return f"Found {count(found + applied, 'finding')}{details}."


def would_fix(report: Report) -> str:
    """Return one line for a run that only shows what it would change."""
    if not report.changed:
        return "Nothing to fix."
    fixes = count(len(report.applied), "finding")
    return f"Would fix {fixes} in {count(len(report.changed), 'file')}."


def has_fixed(report: Report) -> str:
    """Return one line for a run that only fixes."""
    if not report.changed:
        return "Nothing to fix."
    fixes = count(len(report.applied), "finding")
    return f"Fixed {fixes} in {count(len(report.changed), 'file')}."


def _fixed(report: Report) -> str:
    if not report.applied:
        return ""
    return f"{len(report.applied)} fixed, {len(report.diagnostics)} remaining"


def _accepted(report: Report) -> str:
    return f"{report.accepted:,} more in the baseline" if report.accepted else ""


def _fixable(report: Report) -> list[str]:
    """Return how many findings could be fixed; what was just fixed is not among them."""
    grades = [finding.fix.applicability for finding in report.diagnostics if finding.fix]
    safe, unsafe = grades.count(Applicability.SAFE), grades.count(Applicability.UNSAFE)
    parts = []
    if report.planned.unsafe:
        safe, unsafe = safe + unsafe, 0
    if report.planned.fix:
        safe = 0  # tried, and rolled back
    if safe:
        parts.append(f"{safe} fixable with --fix")
    if unsafe:
        parts.append(f"{unsafe} {'more ' if safe else ''}with --unsafe-fixes")
        if not safe:
            parts[-1] = f"{unsafe} fixable with --unsafe-fixes"
    return parts


def count(number: int, noun: str) -> str:
    """Return `number` with its noun, such as ``1 file`` and ``1,200 files``."""
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"
