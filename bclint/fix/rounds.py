"""Applying fixes until nothing changes: each round takes those that cannot disturb one another.

A round lints, takes the fixes that cannot disturb one another, applies them together and verifies
the result once. When it does not hold, the fix to blame is rolled back and the others
tried again; where none can be blamed, the batch is halved. What was rolled back is not tried
again, unless the file has changed since, so that a second run finds nothing more to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from bclint.diagnostics import Applicability, Diagnostic, Edit
from bclint.fix.context import ranges_of
from bclint.fix.edits import apart, apply_edits, overlap
from bclint.fix.errors import FixError
from bclint.fix.propose import FixProblem, Proposer
from bclint.fix.region import Owner
from bclint.fix.snapshot import Linter, Snapshot
from bclint.fix.verify import Failure, verify, verify_cost
from bclint.rule import Rule
from bclint.source import SourceFile, Span

MAX_ROUNDS = 100
"""More than any file needs: a round for each rule that finds something in one function, and two."""

Select = Callable[[SourceFile, Sequence[Diagnostic]], Sequence[Diagnostic]]
_Place = tuple[str, str, Span]
_Identity = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What fixing one file came to; nothing has been written."""

    source: SourceFile
    applied: tuple[Diagnostic, ...]
    rejected: tuple[tuple[Diagnostic, str], ...]
    """Fixes that were rolled back, each with the reason; their spans are of `source`, or of the
    state in which they were tried."""
    problems: tuple[FixProblem, ...] = ()
    """Fixes that crashed."""


def apply_fixes(
    source: SourceFile,
    rules: Sequence[Rule],
    *,
    unsafe: bool,
    select: Select,
    linter: Linter,
) -> Outcome:
    """Fix what `select` leaves of the findings of `rules`; `unsafe` takes unsafe fixes as well.

    Applying it again to the outcome changes nothing.
    """
    rounds = _Rounds(Snapshot(source, rules, linter), unsafe, select)
    for _ in range(MAX_ROUNDS):
        if not rounds.advance():
            break
    rejected = tuple((diagnostic, reason) for diagnostic, reason, _ in rounds.rejected.values())
    problems = tuple(problem for problem in rounds.problems if problem.crash)
    return Outcome(rounds.now.source, tuple(rounds.applied), rejected, problems)


@dataclass(slots=True)
class _Rounds:
    """What has happened so far."""

    now: Snapshot
    unsafe: bool
    select: Select
    applied: list[Diagnostic] = field(default_factory=list)
    rejected: dict[_Identity, tuple[Diagnostic, str, SourceFile]] = field(default_factory=dict)
    problems: list[FixProblem] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)
    """Every state so far: two fixes that undo each other must not take turns."""

    def advance(self) -> bool:
        """Do one round; False when no further one can change anything."""
        self.problems.clear()
        identities = _identities(self.now)
        batch = self._batch(identities)
        if not batch:
            return self._forget_old_rejections()
        trial = _Trial(self.now)
        trial.keep(batch)
        for diagnostic, reason in trial.rejected:
            self.rejected[identities[_place(diagnostic)]] = diagnostic, reason, self.now.source
        self.seen.add(self.now.source.data)
        if trial.result is not None:
            if trial.result.source.data in self.seen:
                return False
            self.now = trial.result
            self.applied += trial.applied
        return True

    def _forget_old_rejections(self) -> bool:
        """Try again what was rejected in an earlier state: a second run would do so, too."""
        current = {
            identity: rejection
            for identity, rejection in self.rejected.items()
            if rejection[2] is self.now.source
        }
        forgotten = len(current) < len(self.rejected)
        self.rejected = current
        return forgotten

    def _batch(self, identities: dict[_Place, _Identity]) -> list[Diagnostic]:
        """Fixes to apply together, none of which can disturb another."""
        now = self.now
        proposer = Proposer(now.source, now.rules, now.regions, self.problems)
        companies: dict[int, _Company] = {}
        for diagnostic in self.select(now.source, now.report.diagnostics):
            if identities[_place(diagnostic)] in self.rejected:
                continue
            ranges = ranges_of(diagnostic)
            owner = now.regions.owner(ranges)
            outermost = now.regions.outermost_function(ranges)
            company = companies.setdefault(outermost, _Company())
            if company.fixed and company.owner is not owner:
                continue
            proposed, names = proposer(diagnostic, company.names)
            if self._may_apply(proposed) and company.welcomes(proposed):
                company.owner = owner
                company.fixed.append(proposed)
                company.names |= names
        # A fix outside of functions has the whole file for its region: it waits for a round alone.
        module = companies.pop(0, _Company()).fixed
        inside = [diagnostic for company in companies.values() for diagnostic in company.fixed]
        return inside or module

    def _may_apply(self, diagnostic: Diagnostic) -> bool:
        if diagnostic.fix is None or not diagnostic.fix.edits:
            return False
        limit = Applicability.UNSAFE if self.unsafe else Applicability.SAFE
        return diagnostic.fix.applicability.rank <= limit.rank


def _identities(snapshot: Snapshot) -> dict[_Place, _Identity]:
    """What a finding is known by when lines have moved: rule, function, text, and which of them."""
    seen: Counter[tuple[str, str, str]] = Counter()
    identities = {}
    for diagnostic in snapshot.report.diagnostics:
        text = snapshot.source.slice(diagnostic.span)
        key = diagnostic.code, diagnostic.function, text
        identities[_place(diagnostic)] = (*key, seen[key])
        seen[key] += 1
    return identities


def _place(diagnostic: Diagnostic) -> _Place:
    return diagnostic.code, diagnostic.function, diagnostic.span


@dataclass(slots=True)
class _Company:
    """The fixes of one round inside one outermost function; all change the same definition."""

    owner: Owner | None = None
    fixed: list[Diagnostic] = field(default_factory=list)
    names: frozenset[str] = frozenset()

    def welcomes(self, diagnostic: Diagnostic) -> bool:
        """Whether the fix and each of the others hold together, as each was proved alone.

        They are of one rule, or in different parts of the function.
        """
        return all(
            not overlap(_edits(diagnostic), _edits(other))
            and (diagnostic.code == other.code or apart(_edits(diagnostic), _edits(other)))
            for other in self.fixed
        )


def _edits(diagnostic: Diagnostic) -> tuple[Edit, ...]:
    return diagnostic.fix.edits if diagnostic.fix else ()


class _Trial:
    """Finds the part of a batch that holds, or close to all of it."""

    def __init__(self, old: Snapshot) -> None:
        self._old = old
        self.result: Snapshot | None = None
        self.applied: list[Diagnostic] = []
        self.rejected: list[tuple[Diagnostic, str]] = []

    def keep(self, batch: Sequence[Diagnostic]) -> None:
        """Apply what holds of `batch`, and say what does not and why.

        Where several fixes of a function are under suspicion, one of them is tried; the others
        are left for the next round.
        """
        companies: dict[int, list[Diagnostic]] = {}
        for diagnostic in batch:
            function = self._old.regions.outermost_function(ranges_of(diagnostic))
            companies.setdefault(function, []).append(diagnostic)
        alone = [company for company in companies.values() if len(company) > 1]
        for fixes in zip_longest(*alone):
            self._check_cost([diagnostic for diagnostic in fixes if diagnostic])
        self._keep_together(self._without_rejected(batch))

    def _without_rejected(self, batch: Sequence[Diagnostic]) -> list[Diagnostic]:
        rejected = {_place(diagnostic) for diagnostic, _ in self.rejected}
        return [diagnostic for diagnostic in batch if _place(diagnostic) not in rejected]

    def _check_cost(self, fixes: Sequence[Diagnostic]) -> None:
        """Reject those of `fixes`, one of each function, that save nothing by themselves."""
        new = self._after(fixes)
        failures = [new] if isinstance(new, Failure) else verify_cost(self._old, new, fixes)
        if len(fixes) > 1 and not all(failure.suspects for failure in failures):
            for diagnostic in fixes:
                self._check_cost([diagnostic])
            return
        for failure in failures:
            self.rejected.append(((failure.suspects or fixes)[0], failure.reason))

    def _keep_together(self, batch: Sequence[Diagnostic]) -> None:
        remaining = list(batch)
        while remaining:
            new = self._after(remaining)
            failures = [new] if isinstance(new, Failure) else verify(self._old, new, remaining)
            if isinstance(new, Snapshot) and not failures:
                self.result, self.applied = new, remaining
                return
            if len(remaining) == 1:
                self.rejected.append((remaining[0], failures[0].reason))
                return
            if all(failure.suspects for failure in failures):
                remaining = self._without_suspects(remaining, failures)
            else:
                remaining = self._halves(remaining)

    def _without_suspects(
        self, batch: Sequence[Diagnostic], failures: Sequence[Failure]
    ) -> list[Diagnostic]:
        """What is left when fixes with no company are rejected, and others tried with less."""
        left_out: set[_Place] = set()
        for failure in failures:
            first, *others = failure.suspects
            if others:
                left_out.update(map(_place, others))
            elif _place(first) not in left_out:
                left_out.add(_place(first))
                self.rejected.append((first, failure.reason))
        return [diagnostic for diagnostic in batch if _place(diagnostic) not in left_out]

    def _halves(self, batch: list[Diagnostic]) -> list[Diagnostic]:
        """What holds of each half alone; of two halves that only fail together, the first."""
        middle = len(batch) // 2
        kept: list[list[Diagnostic]] = []
        for half in (batch[:middle], batch[middle:]):
            trial = _Trial(self._old)
            trial._keep_together(half)
            self.rejected += trial.rejected
            kept.append(trial.applied)
        if len(kept[0]) + len(kept[1]) < len(batch):
            return kept[0] + kept[1]
        return kept[0]

    def _after(self, batch: Sequence[Diagnostic]) -> Snapshot | Failure:
        edits = [edit for diagnostic in batch for edit in _edits(diagnostic)]
        try:
            return self._old.changed(apply_edits(self._old.source, edits))
        except FixError as error:
            return Failure(str(error))
