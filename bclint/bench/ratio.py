"""From what processes measured to a ratio that can be believed, or not."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

Process = Sequence[Sequence[float]]
"""What one process measured: seconds before and after, for each value."""

WIDEST = 0.015
"""Half of an interval, as a share of the ratio, that is always narrow enough..."""
SHARE_OF_EFFECT = 0.25
"""... and as a share of what the change does."""
LARGE = 3.0
SHARE_OF_LARGE_EFFECT = 0.35
"""The same share for ratios from `LARGE` on: 10 times is told from 1 by any interval."""
SHARE_OF_CLEAR_EFFECT = 0.6
"""The same share where many processes differ because memory lies differently in each."""

_STUDENT = dict(enumerate((12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23), 1)) | {
    12: 2.18,
    15: 2.13,
    20: 2.09,
    30: 2.04,
    60: 2.00,
}
"""Student's t for 95 % on both sides, by degrees of freedom; between two, the first counts."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """Before over after, with the interval that holds the true ratio with 95 % confidence."""

    value: float
    low: float
    high: float
    before: float
    """Seconds of one execution, the middle of all processes."""
    samples: int
    """How many processes it rests on."""

    @property
    def is_narrow(self) -> bool:
        """Whether the interval is narrow enough to be stored."""
        share = SHARE_OF_EFFECT if self.value < LARGE else SHARE_OF_LARGE_EFFECT
        widest = max(WIDEST * self.value, share * abs(self.value - 1))
        return (self.high - self.low) / 2 <= widest

    @property
    def is_clear(self) -> bool:
        """Whether the interval lies well clear of 1, if not narrowly around the ratio."""
        return (self.high - self.low) / 2 <= SHARE_OF_CLEAR_EFFECT * abs(self.value - 1)

    @property
    def after(self) -> float:
        """Seconds of one execution afterwards."""
        return self.before / self.value


def paired_ratio(processes: Sequence[Process]) -> Ratio:
    """The ratio over at least two `processes`.

    Values of one process resemble each other, since memory lies as it lies: each process counts
    once, with the median of its values' ratios.
    """
    logs = [
        statistics.median(math.log(before / after) for before, after in process)
        for process in processes
    ]
    middle = statistics.fmean(logs)
    half = student(len(logs) - 1) * statistics.stdev(logs) / math.sqrt(len(logs))
    before = statistics.median(
        statistics.median(before for before, _ in process) for process in processes
    )
    low, value, high = (math.exp(middle + step) for step in (-half, 0, half))
    return Ratio(value, low, high, before, len(logs))


def student(degrees: int) -> float:
    """Student's t for a 95 % interval, rounded up."""
    return _STUDENT[max(known for known in _STUDENT if known <= degrees)]
