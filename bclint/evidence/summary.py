"""The section of a rule's page that shows what was measured; written from ``evidence.json``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bclint.evidence.records import MAIN_PAIR, Evidence, Record

TITLE = "Measured"
_BEFORE = re.compile(r"^## (?:Fix safety|When to leave it|Cases)[ \t]*$", re.MULTILINE)
_SECTION = re.compile(rf"^## {TITLE}[ \t]*$.*?(?=^## )", re.MULTILINE | re.DOTALL)
_EXPLANATION = """\
One iteration of a loop of 1,000, before and after, in nanoseconds; the ratio with its 95 %
confidence interval. Over 1 the change helps.
"""


def with_measured(page: str, evidence: Evidence) -> str:
    """The text of a page with the section that `evidence` asks for, in its place."""
    page = _SECTION.sub("", page, count=1)
    section = measured_section(evidence)
    place = _BEFORE.search(page)
    if not section or place is None:
        return page
    return f"{page[: place.start()]}{section}\n{page[place.start() :]}"


def measured_section(evidence: Evidence) -> str:
    """The section as Markdown, one table for each pair; empty where nothing was measured."""
    tables = ["\n".join(_table(name, pair)) for name, pair in evidence.records.items() if pair]
    if not tables:
        return ""
    return "\n".join((f"## {TITLE}\n", _EXPLANATION, *(f"{table}\n" for table in tables)))


def _table(name: str, records: Mapping[str, Record]) -> Iterator[str]:
    what = "example" if name == MAIN_PAIR else name
    growth = any(record.growth for record in records.values())
    yield f"| CPython, {what} | before | after | ratio |" + (" growth |" if growth else "")
    yield "|---|---|---|---|" + ("---|" if growth else "")
    for python, record in sorted(records.items(), key=lambda item: int(item[0].split(".")[1])):
        measured = record.measurement
        low, high = measured.interval
        row = (
            f"| {python} | {_time(measured.before_ns)} | {_time(measured.after_ns)} "
            f"| {measured.ratio:.2f} ({low:.2f} to {high:.2f}) |"
        )
        yield row + (f" {record.growth or ''} |" if growth else "")


def _time(nanoseconds: float) -> str:
    return f"{nanoseconds:,.1f}" if nanoseconds < 100 else f"{nanoseconds:,.0f}"
