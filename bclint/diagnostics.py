"""What the linter says: diagnostics at source ranges, and the fixes proposed for them."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bclint.source import Span


class Applicability(enum.Enum):
    """How far a fix may be trusted, from the most to the least."""

    SAFE = "safe"
    """What the program does stays the same, under the assumptions of docs/fix-safety.md."""
    UNSAFE = "unsafe"
    """Right for ordinary code, not provable."""
    DISPLAY_ONLY = "display-only"
    """Shown with what stands in the way, never applied."""

    @property
    def rank(self) -> int:
        """0 for safe, growing as trust falls."""
        return list(Applicability).index(self)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far a change is proved, and the one reason that a reader needs.

    The reason reads well after the applicability and a colon: "safe: nothing in the loop can
    rebind `math`", "display-only: `self.flush()` on line 31 may rebind `self.items`".
    """

    applicability: Applicability
    reason: str


def weakest(*verdicts: Verdict) -> Verdict:
    """The least trusting of `verdicts` (at least one); the first of equals."""
    return max(verdicts, key=lambda verdict: verdict.applicability.rank)


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of `span` by `replacement`; an empty span inserts."""

    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A proposed change: edits that do not overlap, in source order."""

    title: str
    applicability: Applicability
    reason: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Saving:
    """What the change of one finding saves on one version of CPython; None where unknown."""

    python: str
    """The version, as ``3.14``."""
    saved_ns: float | None = None
    """Nanoseconds that an iteration of the innermost loop saves."""
    iteration_ns: float | None = None
    """Nanoseconds that such an iteration takes, estimated from what its instructions cost."""
    at_most: bool = False
    """Whether the iteration calls code that is not known, and may take longer by any factor."""
    ratio: float | None = None
    """The measured time of the rule's Example over that of its Use instead."""
    interval: tuple[float, float] | None = None
    """The 95 % confidence interval of `ratio`."""
    growth: str | None = None
    """How the time grows with the length, before and after: ``quadratic → linear``."""

    @property
    def gain(self) -> float | None:
        """The share of an iteration that is saved, from 0 to 1."""
        if self.saved_ns is None or not self.iteration_ns:
            return None
        return min(max(self.saved_ns / self.iteration_ns, 0.0), 1.0)

    @property
    def is_measured(self) -> bool:
        """Whether there is any evidence on this version."""
        return self.interval is not None

    @property
    def is_proved(self) -> bool:
        """Whether the measurement rules out that the change makes code slower."""
        return self.interval is not None and self.interval[0] >= 1.0


def least_of(savings: Iterable[Saving]) -> Saving | None:
    """The one of `savings` whose gain is least; None where no gain is known."""
    known = [saving for saving in savings if saving.gain is not None]
    return min(known, key=lambda saving: saving.gain or 0.0, default=None)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding at its exact place: one cause, however many places it shows at."""

    code: str
    """The rule's code, such as ``BCL102``."""
    name: str
    """The rule's name, such as ``module-attribute-in-loop``."""
    message: str
    """One line; names the expression in backticks."""
    path: str
    span: Span
    places: tuple[Span, ...]
    """The further ranges of the same cause, in source order, without `span`."""
    function: str
    """The qualified name of the code object, as ``co_qualname``; ``<module>`` outside any."""
    verdict: Verdict
    """What the analysis proved of the change that the rule proposes."""
    loop: Span | None = None
    """Where the loop is found: `bclint.engine.locate.loop_span` says how."""
    details: Mapping[str, str] = field(default_factory=dict)
    """What the rule's fix needs to know beyond the places; plain text, so that it can be stored."""
    savings: tuple[Saving, ...] = ()
    """What the change saves, for each targeted version in their order."""
    found_on: tuple[str, ...] = ()
    """The versions whose analysis found it, where that are not all that looked."""
    fix: Fix | None = None
    fingerprint: str = ""
    """What it is known by from run to run (`bclint.engine.fingerprints`); empty if not asked."""

    @property
    def least(self) -> Saving | None:
        """What is saved on the version where the gain is least; None where no gain is known."""
        return least_of(self.savings)

    @property
    def gain(self) -> float | None:
        """The least share of an iteration saved on any targeted version; None if unknown."""
        return self.least.gain if self.least else None

    @property
    def growth(self) -> str | None:
        """How the time grows before and after, where that is what the change is about."""
        return next((saving.growth for saving in self.savings if saving.growth), None)

    @property
    def all_places(self) -> tuple[Span, ...]:
        """Every range of the cause, the reported one first."""
        return (self.span, *self.places)
