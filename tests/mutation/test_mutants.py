"""What mutants are made of; making all of them needs cosmic-ray, and is left to the command."""

from __future__ import annotations

import pytest

from tests.mutation.command import ROOT, TESTS, interval
from tests.mutation.mutants import without_conditions


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a and b", ["x = (True) and b", "x = a and (True)"]),
        (
            "x = a or é or c",
            ["x = (False) or é or c", "x = a or (False) or c", "x = a or é or (False)"],
        ),
        ("x = [y for y in z if y]", ["x = [y for y in z if (True)]"]),
        ("def f():\n  if a:\n    return b\n", ["def f():\n  if (False):\n    return b\n"]),
        ("if a:\n  b()\n", []),
        ("for x in y:\n  if x: continue\n  else: z\n", []),
        (
            "x = 'é' if é and b else c",
            ["x = 'é' if (True) and b else c", "x = 'é' if é and (True) else c"],
        ),
    ],
)
def test_one_condition_less(source: str, expected: list[str]) -> None:
    assert [mutant for _, mutant in without_conditions(source)] == expected


def test_a_place_is_where_the_condition_stands() -> None:
    assert [place for place, _ in without_conditions("y = 1\nx = 'é', (a and\n  b)")] == [
        (2, 10),
        (3, 2),
    ]


def test_the_interval_holds_the_share_and_shrinks() -> None:
    low, high = interval(85, 100)
    assert 0.76 < low < 0.77
    assert 0.90 < high < 0.91
    narrow = interval(850, 1000)
    assert low < narrow[0] < 0.85 < narrow[1] < high


def test_all_is_killed_or_nothing_is() -> None:
    assert interval(10, 10)[1] == pytest.approx(1)
    assert interval(0, 10)[0] == pytest.approx(0)


@pytest.mark.parametrize("folder", TESTS)
def test_what_is_mutated_and_what_tests_it_exist(folder: str) -> None:
    assert list((ROOT / folder).glob("*.py"))
    assert all((ROOT / "tests" / name).exists() for name in TESTS[folder])
