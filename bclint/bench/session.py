"""A session: every pair of the rules on every interpreter, what is there already left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bclint.bench.evidence_file import Content, EvidenceFile, entry_of
from bclint.bench.instructions import CountError, instruction_ratio
from bclint.bench.interpreter import Interpreter
from bclint.bench.pairs import Pyperf, measure_growth, measure_ratio
from bclint.bench.ratio import Ratio
from bclint.rule import Category, Rule
from bclint.testing.page import PageError
from bclint.testing.pair import SIZES, Pair, compare_results, pairs_of
from bclint.testing.runner import page_of

NEAR = 1.05
"""A ratio this near to 1, or its interval, has a sign that an instruction count must confirm."""

OTHER_GROWTH = 0.5
"""By how much the exponents differ where the growth is another, and not noise."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Job:
    """One pair on one interpreter, and the file that takes the result."""

    rule: Rule
    pair: Pair
    interpreter: Interpreter
    file: EvidenceFile

    @property
    def title(self) -> str:
        """What is measured, for people."""
        pair = f" {self.pair.name!r}" if self.pair.name else ""
        return f"{self.rule.code}{pair} on {self.interpreter.minor}"


def plan(rules: Sequence[Rule], interpreters: Sequence[Interpreter], *, again: bool) -> list[Job]:
    """What is still to be measured; everything with `again`.

    Raises `PageError` for a page that cannot be read or whose programs do not agree.
    """
    return [
        job
        for rule in rules
        for job in _jobs_of(rule, interpreters)
        if again or not job.file.has(job.pair, job.interpreter)
    ]


def _jobs_of(rule: Rule, interpreters: Sequence[Interpreter]) -> Iterator[Job]:
    page = page_of(rule)
    pairs = pairs_of(page)
    for pair in pairs:
        for failure in compare_results(page.path, pair):
            raise PageError(failure)
    file = EvidenceFile(rule.folder, rule.code, pairs)
    for pair in pairs:
        for interpreter in interpreters:
            yield Job(rule, pair, interpreter, file)


class Session:
    """What a series of jobs shares: pyperf, the date, and what to say while it runs."""

    def __init__(self, pyperf: Pyperf, date: str, warn: Progress) -> None:
        """`warn` takes what the user must know, one line each."""
        self._pyperf = pyperf
        self._date = date
        self._warn = warn
        self._counts = True

    def measure(self, job: Job, progress: Progress) -> Content:
        """Measure one job and give its entry; stores nothing. Raises `MeasureError`.

        `progress` takes what is being done.
        """
        pyperf, interpreter, pair = self._pyperf, job.interpreter, job.pair
        ratios = {size: measure_ratio(pyperf, interpreter, pair, size, progress) for size in SIZES}
        growth = None
        if job.rule.category is Category.GROWTH:
            fitted = measure_growth(pyperf, interpreter, pair, progress)
            growth = fitted if fitted.before - fitted.after >= OTHER_GROWTH else None
        count = self._count(job, progress) if is_doubtful(ratios[max(SIZES)]) else None
        return entry_of(interpreter, self._date, ratios, growth, count)

    def _count(self, job: Job, progress: Progress) -> float | None:
        if not self._counts:
            return None
        progress("counting instructions")
        try:
            return instruction_ratio(job.interpreter, job.pair)
        except CountError as error:
            self._counts = False
            self._warn(str(error))
            return None


def is_doubtful(ratio: Ratio) -> bool:
    """Whether the sign of the change could be an accident."""
    return ratio.low < NEAR and ratio.high > 1 / NEAR
