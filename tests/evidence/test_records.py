"""``evidence.json``: what is read from it, and what is said of one that is not well formed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bclint.evidence.errors import EvidenceError
from bclint.evidence.prices import known_versions, prices_on
from bclint.evidence.records import Evidence, read_evidence


def size(saved: float, low: float = 1.1) -> dict[str, Any]:
    return {
        "before_ns": 50,
        "after_ns": 50 - saved,
        "saved_ns": saved,
        "ratio": 1.2,
        "interval": [low, 1.3],
        "samples": 40,
    }


def evidence(**entries: Any) -> dict[str, Any]:
    entry = {"sizes": {"10": size(2.0), "1000": size(4.0)}, "growth": None} | entries
    return {"code": "BCL102", "pairs": {"": {"versions": {"3.14": entry}}}}


def read(tmp_path: Path, content: object) -> Evidence:
    file = tmp_path / "evidence.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return read_evidence(file)


def test_the_largest_size_counts(tmp_path: Path) -> None:
    record = read(tmp_path, evidence()).of("", "3.14")
    assert record is not None
    assert (record.measurement.saved_ns, record.measurement.interval) == (4.0, (1.1, 1.3))
    assert record.growth is None


def test_a_pair_without_evidence_of_its_own_is_spoken_for_by_the_first(tmp_path: Path) -> None:
    content = evidence()
    content["pairs"]["other"] = {"versions": {"3.13": {"sizes": {"10": size(9.0)}}}}
    found = read(tmp_path, content)
    assert found.of("unknown", "3.14") == found.of("", "3.14") is not None
    assert found.of("other", "3.14") is None
    assert found.of("other", "3.13") is not None
    assert found.of("", "3.13") is None


@pytest.mark.parametrize(
    ("exponents", "growth"),
    [
        ((1.97, 1.02), "quadratic → linear"),
        ((2.6, 0.1), "cubic → constant"),
        ((9.0, -1.0), "cubic → constant"),
    ],
)
def test_growth_in_words(tmp_path: Path, exponents: tuple[float, float], growth: str) -> None:
    entry = dict(zip(("before", "after"), exponents, strict=True))
    record = read(tmp_path, evidence(growth=entry)).of("", "3.14")
    assert record is not None
    assert record.growth == growth


def test_without_a_file_there_is_no_evidence(tmp_path: Path) -> None:
    assert read_evidence(tmp_path / "evidence.json").of("", "3.14") is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not valid JSON"),
        ("[]", "must be an object, not list"),
        ({}, "`pairs`: must be an object, not NoneType"),
        ({"pairs": {"": {}}}, "'': `versions`: must be an object"),
        (evidence(sizes={}), "3.14: `sizes` must name at least one number"),
        (evidence(sizes={"x": size(1)}), "`sizes` must name"),
        (evidence(sizes={"1": {"interval": [1, 2]}}), "`before_ns`: must be a number, not None"),
        (evidence(sizes={"1": size(1) | {"interval": 3}}), "`interval` must be two numbers"),
        (evidence(sizes={"1": size(1) | {"ratio": True}}), "`ratio`: must be a number, not True"),
        (evidence(sizes={"1": size(float("nan"))}), "must be a number, not nan"),
        (evidence(growth={"before": 2}), "`after`: must be a number"),
    ],
)
def test_what_is_not_well_formed(tmp_path: Path, content: object, message: str) -> None:
    with pytest.raises(EvidenceError) as raised:
        read(tmp_path, content)
    assert message in str(raised.value)
    assert str(tmp_path / "evidence.json") in str(raised.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "evidence.json").write_bytes(b"\xff")
    with pytest.raises(EvidenceError, match="cannot be read"):
        read_evidence(tmp_path / "evidence.json")


@pytest.mark.parametrize("python", known_versions())
def test_every_table_is_whole(python: str) -> None:
    prices = prices_on(python)
    assert prices.python == python
    assert prices.unknown_call > 0
    assert min(prices.operations.values()) >= 0
    assert {"len", "range"} <= set(prices.builtins)


def test_an_unmeasured_version() -> None:
    with pytest.raises(EvidenceError, match=r"nothing was measured on CPython 3\.10: there is"):
        prices_on("3.10")
