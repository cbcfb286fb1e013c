"""How loudly a finding is shown, by what its change saves."""

from __future__ import annotations

MUCH, NOTABLE = 0.1, 0.05
"""Shares of an iteration from which on a finding is a warning, and an information."""
WARNING, INFORMATION, HINT = 2, 3, 4
"""The protocol's numbers."""


def severity(gain: float | None) -> int:
    """Return how loudly to show a finding that saves `gain` of an iteration.

    What is not known in numbers is work that is done again as a whole, or that grows.
    """
    if gain is None or gain >= MUCH:
        return WARNING
    return INFORMATION if gain >= NOTABLE else HINT
