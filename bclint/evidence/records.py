"""What a rule's ``evidence.json`` holds: measurements of its pairs of programs, by version.

Written by ``bclint bench``, never by hand; docs/evidence.md says how it is measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bclint.evidence.errors import EvidenceError
from bclint.evidence.reading import number, parse, table

FILE_NAME = "evidence.json"
MAIN_PAIR = ""
"""The name of the pair that is the page's Example and Use instead."""
_ORDERS = ("constant", "linear", "quadratic", "cubic")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One pair of programs at one size: times of an iteration in nanoseconds."""

    before_ns: float
    after_ns: float
    saved_ns: float
    ratio: float
    """Before over after: over 1 the change helps."""
    interval: tuple[float, float]
    """The 95 % confidence interval of `ratio`."""


@dataclass(frozen=True, slots=True)
class Record:
    """What one pair gave on one version of CPython."""

    measurement: Measurement
    """That of the largest size, where what runs once weighs least."""
    growth: str | None
    """How the time grows with the length, before and after: ``quadratic → linear``."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was measured for one rule."""

    records: Mapping[str, Mapping[str, Record]] = field(default_factory=dict)
    """By the name of the pair, then by version, as ``3.14``."""

    def of(self, pair: str, python: str) -> Record | None:
        """What speaks of a finding with `pair` on `python`: the main pair where it has no own."""
        return self.records.get(pair, self.records.get(MAIN_PAIR, {})).get(python)


def read_evidence(path: Path) -> Evidence:
    """Read one ``evidence.json``; without a file there is no evidence.

    Raises `EvidenceError` for a file that cannot be read or is not well formed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Evidence()
    except (OSError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{path}: cannot be read: {error}") from error
    pairs = table(parse(text, str(path)).get("pairs"), f"{path}: `pairs`")
    return Evidence({name: _by_version(pair, f"{path}: {name!r}") for name, pair in pairs.items()})


def _by_version(pair: object, source: str) -> Mapping[str, Record]:
    versions = table(table(pair, source).get("versions"), f"{source}: `versions`")
    return {
        python: _record(table(entry, f"{source}, {python}"), f"{source}, {python}")
        for python, entry in versions.items()
    }


def _record(entry: Mapping[str, Any], source: str) -> Record:
    sizes = table(entry.get("sizes"), f"{source}: `sizes`")
    if not sizes or not all(size.isdigit() for size in sizes):
        raise EvidenceError(f"{source}: `sizes` must name at least one number of iterations")
    largest = max(sizes, key=int)
    measurement = _measurement(table(sizes[largest], source), f"{source}, size {largest}")
    growth = entry.get("growth")
    return Record(measurement, _growth(table(growth, source), source) if growth else None)


def _measurement(entry: Mapping[str, Any], source: str) -> Measurement:
    interval = entry.get("interval")
    if not isinstance(interval, list) or len(interval) != 2:
        raise EvidenceError(f"{source}: `interval` must be two numbers")
    low, high = (number(bound, f"{source}: `interval`") for bound in interval)
    names = ("before_ns", "after_ns", "saved_ns", "ratio")
    times = {name: number(entry.get(name), f"{source}: `{name}`") for name in names}
    return Measurement(**times, interval=(low, high))


def _growth(entry: Mapping[str, Any], source: str) -> str:
    before, after = (number(entry.get(key), f"{source}: `{key}`") for key in ("before", "after"))
    return f"{_order(before)} → {_order(after)}"


def _order(exponent: float) -> str:
    """The word for time that grows with the length to the power of `exponent`."""
    return _ORDERS[min(max(round(exponent), 0), len(_ORDERS) - 1)]
