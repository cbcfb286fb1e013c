"""``bclint check``: find, fix and report."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bclint.engine.baseline import BaselineError, Baselines
from bclint.engine.configuration import SettingsError
from bclint.engine.discovery import Discovery, FoundFile, discover
from bclint.engine.interpreter import Interpreter, InterpreterError
from bclint.engine.linter import FileError
from bclint.engine.registry import RegistryError, load_rules
from bclint.engine.runner import run
from bclint.engine.selection import SelectionError
from bclint.engine.settings import Settings, SettingsFinder
from bclint.engine.sharing import PoolError
from bclint.engine.targets import TargetError
from bclint.engine.tasks import Plan, Report, Task
from bclint.frontends.options import CheckOptions, parse_options, require_countable
from bclint.frontends.parsing import UsageError, complain
from bclint.frontends.presentation import present
from bclint.frontends.recording import Recording, can_be_replayed, inputs_for
from bclint.frontends.running import run_all

_SHOW_FIXES = frozenset({"full", "json", "sarif"})
"""Output formats that say what a fix would change; the others are spared working it out."""
_SHOW_FINGERPRINTS = frozenset({"sarif", "gitlab"})


_FAILURES = (
    *(BaselineError, InterpreterError, RegistryError, SelectionError, SettingsError),
    *(PoolError, TargetError, UsageError),
)
"""What ends a run before the first file is checked, each with one line for the user."""


def check(arguments: Sequence[str]) -> int:
    """Run the subcommand with its own `arguments`; returns the exit status."""
    try:
        options = parse_options(arguments)
        return 0 if options is None else _check(options, arguments)
    except _FAILURES as error:
        return complain(str(error))


def _check(options: CheckOptions, arguments: Sequence[str]) -> int:
    started = time.time_ns()
    rules = load_rules()
    interpreters = interpreters_of(options)
    finder = SettingsFinder(
        rules,
        options.choices,
        config=options.config,
        isolated=options.isolated,
        running=[interpreter.python for interpreter in interpreters],
    )
    settings = finder.for_folder(str(Path.cwd()))
    require_countable(options.statistics, settings.output_format)
    if options.write_baseline:
        from bclint.frontends.accept import write_baseline

        return write_baseline(options.write_baseline, options, finder)
    if options.add_noqa:
        from bclint.frontends.accept import add_noqa

        return add_noqa(options, finder, settings.baseline)
    plan = _plan(options, settings, interpreters)
    discovery = None
    if options.reads_standard_input:
        report = run([_standard_input_task(options, finder)], plan)
    else:
        discovery = discover(options.paths, finder, force_exclude=options.force_exclude)
        report = _check_paths(options, discovery, plan, settings.baseline)
    status = exit_status(report, options)
    with Recording() as recording:
        present(report, options, settings.output_format, {rule.code: rule for rule in rules})
    if discovery and can_be_replayed(options, settings, discovery, report):
        recording.keep(arguments, status, started, inputs_for(options, discovery, rules))
    return status


def exit_status(report: Report, options: CheckOptions) -> int:
    """Return 2 where something could not be done, else 1 for findings, else 0."""
    if report.errors:
        return 2
    if options.exit_zero:
        return 0
    if options.diff:
        return 1 if report.changed else 0
    return 1 if report.diagnostics else 0


def interpreters_of(options: CheckOptions) -> tuple[Interpreter, ...]:
    """The interpreters that `options` name, one of each version.

    Raises `InterpreterError` for one that cannot be used.
    """
    if not options.pythons:
        return ()
    from bclint.engine.interpreters import find_interpreter

    found = {found.python: found for found in map(find_interpreter, options.pythons)}
    return tuple(found.values())


def _plan(options: CheckOptions, settings: Settings, interpreters: tuple[Interpreter, ...]) -> Plan:
    reports = not (options.diff or options.fix_only)
    shows_fixes = settings.output_format in _SHOW_FIXES and not options.statistics
    return Plan(
        propose=reports and shows_fixes,
        fix=settings.fix or options.diff,
        unsafe=settings.unsafe_fixes,
        write=not (options.diff or options.reads_standard_input),
        recheck=reports,
        use_pyc=options.use_pyc,
        interpreters=interpreters,
        any_python=options.any_python,
        identify=reports and settings.output_format in _SHOW_FINGERPRINTS,
    )


def _check_paths(
    options: CheckOptions, discovery: Discovery, plan: Plan, baseline: str | None
) -> Report:
    baselines = Baselines([baseline] if baseline else [])
    # All of them before the first file is checked: one may have a baseline that cannot be read.
    tasks = [with_baseline(file, baselines) for file in discovery.files]
    report = run_all(tasks, plan, explained(discovery.errors), options)
    return replace(report, vanished=baselines.vanished()) if plan.recheck else report


def with_baseline(file: FoundFile, baselines: Baselines) -> Task:
    """What the settings of `file` say of it, with what its baseline holds."""
    known = baselines.known(file.settings.baseline, file.absolute)
    return replace(task_for(file.path, file.absolute, file.settings), known=known)


def task_for(path: str, absolute: str, settings: Settings, data: bytes | None = None) -> Task:
    """What `settings` say of the file at `path`, without a baseline."""
    rules = settings.rules_for(absolute)
    return Task(path, rules, data, settings.min_gain, settings.targets)


def _standard_input_task(options: CheckOptions, finder: SettingsFinder) -> Task:
    name = options.stdin_filename
    absolute = os.path.abspath(name)  # noqa: PTH100  the file need not exist
    settings = finder.for_folder(str(Path(absolute).parent))
    known = Baselines().known(settings.baseline, absolute)
    data = sys.stdin.buffer.read()
    return replace(task_for(name, absolute, settings, data), known=known)


def explained(errors: Sequence[FileError]) -> list[FileError]:
    """Add to a missing path that looks like a mistyped subcommand which one it resembles."""
    return [replace(error, message=error.message + _hint(error)) for error in errors]


def _hint(error: FileError) -> str:
    from bclint.engine.spelling import nearest
    from bclint.frontends.cli import COMMANDS

    if not error.message.startswith("there is no"):
        return ""
    if error.path == "rule":  # as near to one as to the other
        return "; did you mean the command `explain` (one rule) or `rules` (all of them)?"
    command = nearest(error.path, COMMANDS)
    return f"; did you mean the command `{command}`?" if command else ""
