"""What a finding's change saves, in words: nanoseconds, the share of an iteration, versions."""

from __future__ import annotations

from collections.abc import Sequence

from bclint.bytecode.versions import RUNNING
from bclint.diagnostics import Diagnostic, Saving


def worth(diagnostic: Diagnostic) -> str | None:
    """One line, as ``saves 13 ns of about 90 an iteration (14 %) on CPython 3.14``.

    None where nothing is known in numbers.
    """
    savings = diagnostic.savings
    if not savings:
        return None
    if diagnostic.growth:
        return f"growth: {diagnostic.growth} on CPython {versions(savings)}"
    shown = _shown(savings)
    if shown.saved_ns is None or shown.iteration_ns is None:
        return None
    about, bound = ("at least", "at most ") if shown.at_most else ("about", "")
    text = (
        f"saves {nanoseconds(shown.saved_ns)} ns of {about} {nanoseconds(shown.iteration_ns)} "
        f"an iteration ({bound}{percent(shown.gain)} %) on CPython {shown.python}"
    )
    return text + _range(diagnostic, bound)


def nanoseconds(value: float) -> str:
    """`value` with two digits below ten, and as a whole number above."""
    return f"{value:.2g}" if value < 10 else f"{value:,.0f}"


def percent(share: float | None) -> str:
    """`share`, from 0 to 1, in percent: whole from one percent on."""
    value = 100 * (share or 0.0)
    return f"{value:.0f}" if value >= 0.95 else f"{value:.1f}"


def versions(savings: Sequence[Saving]) -> str:
    """The versions of `savings` in words: ``3.14``, ``3.11 to 3.15``, ``3.11 and 3.14``."""
    names = [saving.python for saving in savings]
    minors = [int(name.partition(".")[2]) for name in names]
    if len(names) > 2 and minors == list(range(minors[0], minors[-1] + 1)):
        return f"{names[0]} to {names[-1]}"
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _shown(savings: Sequence[Saving]) -> Saving:
    """What is saved on the running version, or else on the newest."""
    return next((saving for saving in savings if saving.python == RUNNING), savings[-1])


def _range(diagnostic: Diagnostic, bound: str) -> str:
    """What the least gain of several versions is."""
    if len(diagnostic.savings) < 2:
        return ""
    least = percent(diagnostic.gain)
    all_versions = versions(diagnostic.savings)
    if not bound:
        return f", at least {least} % on {all_versions}"
    most = percent(max(saving.gain or 0.0 for saving in diagnostic.savings))
    return f", at most {least} to {most} % on {all_versions}"
