"""``bclint --write-baseline`` and ``--add-noqa``: accept the findings that are there."""

from __future__ import annotations

# Paths are plain text here: the files need not exist.
# ruff: noqa: PTH100, PTH120
import os
from collections.abc import Iterator
from dataclasses import replace

from bclint.engine.baseline import (
    Baseline,
    BaselineError,
    Baselines,
    Entry,
    entry_of,
    kept,
    read_baseline,
    relative_path,
)
from bclint.engine.baseline import write_baseline as write_file
from bclint.engine.discovery import discover
from bclint.engine.interrupts import without_interrupts
from bclint.engine.linter import FileError
from bclint.engine.noqa import SilenceError, silenced, to_silence
from bclint.engine.settings import SettingsFinder
from bclint.engine.tasks import FileResult, Plan, Task
from bclint.fix.errors import FixError
from bclint.fix.write import replace_file
from bclint.frontends.check import explained, interpreters_of, task_for, with_baseline
from bclint.frontends.options import CheckOptions
from bclint.frontends.presentation import present_errors
from bclint.frontends.running import run_all
from bclint.report.display import escape
from bclint.report.summary import count


def write_baseline(name: str, options: CheckOptions, finder: SettingsFinder) -> int:
    """Write all findings of the paths in `options` to the file `name`; returns the exit status.

    What the file says of other paths and of rules that do not run now stays. Raises
    `BaselineError` where it holds something else than a baseline; it is then left alone.
    """
    path = os.path.abspath(name)
    old = _old_baseline(path)
    folder = os.path.dirname(path)
    discovery = discover(options.paths, finder, force_exclude=options.force_exclude)
    tasks = [task_for(file.path, file.absolute, file.settings) for file in discovery.files]
    plan = replace(_plan(options), identify=True)
    report = run_all(tasks, plan, explained(discovery.errors), options)
    present_errors(report, options)
    looked_at: dict[str, set[str]] = {}
    found: set[Entry] = set()
    for file, task, result in zip(discovery.files, tasks, report.files, strict=True):
        shown = relative_path(file.absolute, folder)
        found.update(_entries(shown, result))
        if not result.errors:
            looked_at[shown] = {rule.code for rule in task.rules}
    stay = set(kept(old, looked_at)) - found
    write_file(path, found | stay)
    if not options.quiet:
        print(_summary(name, found, stay))
    return 2 if report.errors else 0


def _plan(options: CheckOptions) -> Plan:
    return Plan(
        use_pyc=options.use_pyc,
        interpreters=interpreters_of(options),
        any_python=options.any_python,
    )


def _old_baseline(path: str) -> Baseline | None:
    if not os.path.lexists(path):
        return None
    try:
        return read_baseline(path)
    except BaselineError as error:
        raise BaselineError(f"{error}; it stays as it is") from error


def _entries(path: str, result: FileResult) -> Iterator[Entry]:
    if result.source is not None:
        for diagnostic in result.diagnostics:
            yield entry_of(path, result.source, diagnostic)


def _summary(name: str, found: set[Entry], stay: set[Entry]) -> str:
    files = len({entry.path for entry in found})
    text = f"Accepted {count(len(found), 'finding')} in {count(files, 'file')}: {escape(name)}"
    return f"{text} ({len(stay)} of other files or rules kept)." if stay else f"{text}."


def add_noqa(options: CheckOptions, finder: SettingsFinder, baseline: str | None) -> int:
    """Silence all findings of the paths in `options` by comments; returns the exit status.

    `baseline` is the absolute path of the current folder's. A file in which a finding cannot be
    silenced is left alone. Raises `BaselineError`.
    """
    discovery = discover(options.paths, finder, force_exclude=options.force_exclude)
    baselines = Baselines([baseline] if baseline else [])
    tasks = [with_baseline(file, baselines) for file in discovery.files]
    plan = _plan(options)
    report = run_all(tasks, plan, explained(discovery.errors), options)
    failed: list[FileError] = []
    written: list[FileResult] = []
    for task, result in zip(tasks, report.files, strict=True):
        if not to_silence(result):
            continue
        try:
            _write_comments(result, task, plan, options.reason)
            written.append(result)
        except (SilenceError, FixError) as error:
            failed.append(FileError(task.path, 0, 0, f"is left as it is: {error}"))
    report = replace(report, other_errors=(*report.other_errors, *failed))
    present_errors(report, options)
    if not options.quiet:
        found = sum(len(to_silence(result)) for result in written)
        print(f"Silenced {count(found, 'finding')} in {count(len(written), 'file')}.")
    return 2 if report.errors else 0


def _write_comments(result: FileResult, task: Task, plan: Plan, reason: str) -> None:
    new = silenced(result, task, plan, reason)
    if result.source is not None:
        with without_interrupts():
            replace_file(task.path, result.source.data, new.data)
