"""From what processes measured to a ratio with its interval."""

from __future__ import annotations

import pytest

from bclint.bench.ratio import Ratio, paired_ratio, student


def processes(*ratios: float) -> list[list[tuple[float, float]]]:
    """Processes whose values all have these ratios, at different paces."""
    return [[(ratio * pace, pace) for pace in (1.0, 2.0, 3.0)] for ratio in ratios]


def test_processes_that_agree_leave_no_doubt() -> None:
    ratio = paired_ratio(processes(1.25, 1.25, 1.25))
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((1.25, 1.25, 1.25))
    assert ratio.samples == 3
    assert ratio.is_narrow


def test_the_pace_of_the_machine_falls_out() -> None:
    slow = [[(before * 10, after * 10) for before, after in process] for process in processes(1.2)]
    assert paired_ratio([*processes(1.2), *slow]).value == pytest.approx(1.2)


def test_one_value_that_went_wrong_does_not_count() -> None:
    ratio = paired_ratio([[(2.0, 1.0), (2.0, 1.0), (90.0, 1.0)]] * 2)
    assert ratio.value == pytest.approx(2.0)


def test_processes_that_differ_widen_the_interval_around_the_middle() -> None:
    ratio = paired_ratio(processes(0.9, 1.0, 1.0 / 0.9))
    assert ratio.low < 1 < ratio.high
    assert ratio.value == pytest.approx(1.0)
    assert not ratio.is_narrow


@pytest.mark.parametrize(
    ("value", "half", "narrow"),
    [
        (1.0, 0.01, True),
        (1.0, 0.02, False),
        (1.4, 0.09, True),
        (1.4, 0.11, False),
        (70, 20, True),
        (70, 30, False),
    ],
)
def test_what_is_narrow_depends_on_what_the_change_does(
    value: float, half: float, narrow: bool
) -> None:
    assert Ratio(value, value - half, value + half, 1.0, 6).is_narrow is narrow


def test_an_interval_may_be_wide_and_clear_of_one() -> None:
    assert Ratio(1.10, 1.04, 1.16, 1.0, 48).is_clear
    assert not Ratio(1.10, 1.01, 1.19, 1.0, 48).is_clear


def test_the_time_after_follows_from_the_ratio() -> None:
    assert Ratio(2.0, 1.9, 2.1, 8.0, 6).after == 4.0


@pytest.mark.parametrize(("degrees", "expected"), [(1, 12.71), (5, 2.57), (11, 2.23), (999, 2.00)])
def test_students_t_is_never_too_small(degrees: int, expected: float) -> None:
    assert student(degrees) == expected
