"""Checking one file of the corpus, within its time."""

from __future__ import annotations

import signal
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from bclint.diagnostics import Diagnostic
from bclint.engine.linter import lint
from bclint.rule import Rule
from bclint.source import SourceFile
from tests.corpus.fixes import check_application, check_proposals
from tests.corpus.outcome import Outcome
from tests.corpus.places import wrong_places


class TimeUp(BaseException):
    """The file's time is over; no `Exception`, so that nobody on the way takes it for a crash."""


def examine(path: Path, rules: Sequence[Rule], limit: float, *, fixes: bool = True) -> Outcome:
    """Lint a file and check what comes of it, its fixes too; raises nothing for any file."""
    return _examine(path, lambda: SourceFile.read(str(path)), rules, limit, fixes=fixes)


def examine_source(source: SourceFile, rules: Sequence[Rule], limit: float) -> Outcome:
    """Check a source that is in no file in the same way."""
    return _examine(Path(source.path), lambda: source, rules, limit, fixes=True)


def _examine(
    path: Path, read: Callable[[], SourceFile], rules: Sequence[Rule], limit: float, *, fixes: bool
) -> Outcome:
    outcome = Outcome(path)
    start = time.perf_counter()
    try:
        with _limited(limit):
            source = read()
            found = _lint(source, rules, outcome)
            if fixes:
                _fix(source, rules, found, outcome)
    except TimeUp:
        outcome.slow = True
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(frame.filename).name}:{frame.lineno}"
        outcome.fail(1, f"crash in {where}: {type(error).__name__}: {error}")
    outcome.seconds = time.perf_counter() - start
    return outcome


def _lint(source: SourceFile, rules: Sequence[Rule], outcome: Outcome) -> tuple[Diagnostic, ...]:
    outcome.refused = _refused(source.data)
    report = lint(source, rules)
    if outcome.refused:
        if not report.errors:
            outcome.fail(1, "there is no error, although it does not compile")
        return ()
    outcome.lines = len(source.lines)
    outcome.findings = Counter(diagnostic.code for diagnostic in report.diagnostics)
    for error in report.errors:
        outcome.fail(error.line, error.message)
    if lint(source, rules) != report:
        outcome.fail(1, "linting it again gives another answer")
    for line, message in wrong_places(source, report.diagnostics, rules):
        outcome.fail(line, message)
    return report.diagnostics


def _fix(
    source: SourceFile, rules: Sequence[Rule], found: Sequence[Diagnostic], outcome: Outcome
) -> None:
    if not found:
        return
    check_proposals(source, found, rules, outcome)
    outcome.safe = check_application(source, rules, outcome, unsafe=False)
    outcome.unsafe = check_application(source, rules, outcome, unsafe=True)


def _refused(data: bytes) -> str:
    """What ``compile()`` has against the file; nothing where it takes it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(data, "<corpus>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        return f"{type(error).__name__}: {error}".splitlines()[0]
    return ""


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise `TimeUp` inside the block when it has computed for too long, where there are alarms.

    What counts is the time of this process, however busy the machine is.
    """

    def give_up(number: int, frame: FrameType | None) -> None:
        raise TimeUp

    if seconds <= 0 or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
