"""The evidence of the shipped rules: there for every pair and version, and for these programs."""

from __future__ import annotations

import json
import sys

import pytest

from bclint.evidence.prices import known_versions
from bclint.evidence.records import FILE_NAME, MAIN_PAIR
from bclint.rule import Category, Rule
from bclint.testing.pair import SIZES, pairs_of
from bclint.testing.runner import page_of
from bclint_rules import PACK

every_rule = pytest.mark.parametrize("rule", PACK.rules, ids=lambda rule: rule.code)


@every_rule
def test_each_pair_was_measured_on_each_version(rule: Rule) -> None:
    stored = json.loads((rule.folder / FILE_NAME).read_text(encoding="utf-8"))
    assert stored["code"] == rule.code
    pairs = pairs_of(page_of(rule))
    assert list(stored["pairs"]) == [pair.name for pair in pairs]
    for pair in pairs:
        entry = stored["pairs"][pair.name]
        assert entry["digest"] == pair.digest, f"{pair.name!r}: bclint bench {rule.code}"
        measured_on = tuple(entry["versions"])
        # What cannot be told from noise is not stored, and then the form is silent there.
        assert measured_on == known_versions() if pair.name == MAIN_PAIR else measured_on
        for measured in entry["versions"].values():
            assert set(measured["sizes"]) == {str(size) for size in SIZES}
            assert all(each["samples"] >= 6 for each in measured["sizes"].values())
    assert f"3.{sys.version_info.minor}" in known_versions()


@every_rule
def test_growth_is_shown_by_rules_of_growth_alone(rule: Rule) -> None:
    stored = json.loads((rule.folder / FILE_NAME).read_text(encoding="utf-8"))
    for pair in stored["pairs"].values():
        for measured in pair["versions"].values():
            assert measured["growth"] is None or rule.category is Category.GROWTH


def test_quadratic_growth_becomes_linear_on_every_version() -> None:
    (rule,) = (rule for rule in PACK.rules if rule.code == "BCL301")
    stored = json.loads((rule.folder / FILE_NAME).read_text(encoding="utf-8"))
    for pair in stored["pairs"].values():
        for measured in pair["versions"].values():
            assert round(measured["growth"]["before"]) == 2
            assert round(measured["growth"]["after"]) == 1
