"""What is to be done with files, and what came of it: values that go between processes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bclint.diagnostics import Diagnostic
from bclint.engine.baseline import Entry
from bclint.engine.file_state import FileState
from bclint.engine.linter import FileError
from bclint.rule import Rule
from bclint.source import SourceFile

if TYPE_CHECKING:  # what runs elsewhere is loaded where it is used
    from bclint.engine.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with every file."""

    propose: bool = False
    """Fill in the fix of each finding; this loads LibCST."""
    fix: bool = False
    unsafe: bool = False
    """Apply unsafe fixes too."""
    write: bool = True
    """Write fixed files; otherwise the fixed source is only handed back."""
    recheck: bool = True
    """Report what remains after fixing; otherwise a fixed file has no findings."""
    use_pyc: bool = True
    """Take code from valid ``.pyc`` files instead of compiling."""
    interpreters: tuple[Interpreter, ...] = ()
    """Where the analysis runs, if not here."""
    any_python: bool = False
    """Report what any of `interpreters` finds, not only what all of them find."""
    identify: bool = False
    """Fill in the fingerprint of each finding."""
    tell_state: bool = False
    """Say of each file which bytes were looked at."""


@dataclass(frozen=True, slots=True)
class Task:
    """One file to check, with the rules that hold for it."""

    path: str
    rules: tuple[Rule, ...]
    data: bytes | None = None
    """The text, where it comes from elsewhere than the file at `path`."""
    min_gain: float = 0.0
    """The least gain, in percent, that is worth a finding."""
    targets: tuple[str, ...] = ()
    """The versions of CPython that a finding has to pay on, as ``3.14``."""
    known: tuple[Entry, ...] | None = None
    """The findings that are neither reported nor fixed; None without a baseline."""


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of one task; small enough to be sent between processes."""

    path: str
    diagnostics: tuple[Diagnostic, ...] = ()
    errors: tuple[FileError, ...] = ()
    source: SourceFile | None = None
    """The source that the diagnostics speak of; None where there is nothing to show."""
    original: SourceFile | None = None
    """The source before fixing; None where nothing was changed."""
    applied: tuple[Diagnostic, ...] = ()
    rejected: tuple[tuple[Diagnostic, str], ...] = ()
    """Fixes that were rolled back, each with the reason."""
    gone: tuple[Entry, ...] = ()
    """What the baseline says of this file and is no longer found."""
    accepted: int = 0
    """How many findings are left out because the baseline has them."""
    unmeasured: tuple[str, ...] = ()
    """Codes of rules that would say more if they had been measured on every target."""
    state: FileState | None = None
    """Which state of the file was looked at, where `Plan.tell_state` asks for it."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run, in the order of the tasks."""

    files: tuple[FileResult, ...]
    other_errors: tuple[FileError, ...] = ()
    """What could not be done before any file was read."""
    planned: Plan = Plan()
    vanished: tuple[Entry, ...] = ()
    """What the baseline says of files that are no longer there."""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every finding, in the order of files, lines and columns."""
        return tuple(finding for file in self.files for finding in file.diagnostics)

    @property
    def unmeasured(self) -> tuple[str, ...]:
        """Codes of rules that were silent for want of evidence, each once."""
        return tuple(dict.fromkeys(code for file in self.files for code in file.unmeasured))

    @property
    def errors(self) -> tuple[FileError, ...]:
        """Everything that could not be done."""
        return self.other_errors + tuple(error for file in self.files for error in file.errors)

    @property
    def applied(self) -> tuple[Diagnostic, ...]:
        """The findings whose fixes were applied."""
        return tuple(finding for file in self.files for finding in file.applied)

    @property
    def gone(self) -> tuple[Entry, ...]:
        """What the baseline says and is no longer found."""
        return self.vanished + tuple(entry for file in self.files for entry in file.gone)

    @property
    def accepted(self) -> int:
        """How many findings are left out because a baseline has them."""
        return sum(file.accepted for file in self.files)

    @property
    def changed(self) -> tuple[FileResult, ...]:
        """The files that fixing changed, or would change."""
        return tuple(file for file in self.files if file.original is not None)


Executor = Callable[[Sequence[Task], Plan], Generator[tuple[int, FileResult]]]
"""Examines tasks, somewhere and in any order: yields each one's index and what came of it."""
Watch = Callable[[int, int], None]
"""Told how many tasks are done, and how many there are."""
