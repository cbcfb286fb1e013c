"""The outcome of a corpus as text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from tests.corpus.outcome import Fixing, Outcome

T = TypeVar("T")

_MOST_REASONS = 8
_GRADES = ("safe", "unsafe", "display-only", "none")


def table(name: str, outcomes: Sequence[Outcome], names: Mapping[str, str]) -> Iterator[str]:
    """Yield what is to be known of a corpus; `names` are the rules' names by code."""
    lines = sum(outcome.lines for outcome in outcomes)
    findings = _sum(outcome.findings for outcome in outcomes)
    grades = _sum(outcome.grades for outcome in outcomes)
    seconds = sum(outcome.seconds for outcome in outcomes)
    yield f"{name}: {len(outcomes)} files, {lines} lines, {findings.total()} findings"
    yield ""
    shown = _GRADES if grades else ()  # there are none where fixes were not looked at
    yield f"{'':34}{'findings':>9}{'per 1,000':>10}" + "".join(f"{g:>13}" for g in shown)
    for code, rule in names.items():
        counts = "".join([f"{grades[code, grade]:>13}" for grade in shown])
        yield _row(f"{code} {rule}", findings[code], lines) + counts
    total = [sum([grades[code, grade] for code in names]) for grade in shown]
    yield _row("all", findings.total(), lines) + "".join(f"{count:>13}" for count in total)
    yield ""
    if shown:
        yield from _fixing("safe", [(one.path, one.safe) for one in outcomes])
        yield from _fixing("safe and unsafe", [(one.path, one.unsafe) for one in outcomes])
    yield from _remarks(outcomes)
    yield f"{seconds:.0f} seconds"


def _row(label: str, count: int, lines: int) -> str:
    return f"{label:34}{count:>9}{1000 * count / max(lines, 1):>10.2f}"


def _fixing(title: str, fixings: Sequence[tuple[Path, Fixing]]) -> Iterator[str]:
    reasons: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for path, fixing in fixings:
        for code, line, reason in fixing.rejected:
            text = f"{code} {_general(reason)}"
            reasons[text] += 1
            examples.setdefault(text, f"{path}:{line}")
    applied = sum(fixing.applied for _, fixing in fixings)
    yield f"{title} fixes: {applied} applied, {reasons.total()} rejected"
    for reason, count in reasons.most_common(_MOST_REASONS):
        yield f"{count:>8}  {reason} ({examples[reason]})"


def _general(reason: str) -> str:
    """A reason without names and numbers, so that equal ones are counted together."""
    return re.sub(r"\d+", "N", re.sub(r"`[^`]*`|'[^']*'", "`…`", reason))


def _remarks(outcomes: Sequence[Outcome]) -> Iterator[str]:
    unread = sum(outcome.unread for outcome in outcomes)
    if unread:
        yield f"LibCST cannot read the code around {unread} findings"
    refused = [outcome for outcome in outcomes if outcome.refused]
    yield f"{len(refused)} files do not compile"
    for outcome in refused:
        yield f"    {outcome.path}: {outcome.refused}"
    slow = [outcome for outcome in outcomes if outcome.slow]
    yield f"{len(slow)} files took too long"
    for outcome in slow:
        yield f"    {outcome.path}: given up after {outcome.seconds:.0f} seconds"
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    yield f"{len(failures)} failures"
    for failure in failures:
        yield f"    {failure}"


def _sum(counters: Iterable[Counter[T]]) -> Counter[T]:
    return sum(counters, Counter())
