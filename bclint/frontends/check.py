"""``bclint check``: find, fix and report."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bclint.engine.configuration import SettingsError
from bclint.engine.discovery import discover
from bclint.engine.linter import FileError
from bclint.engine.processes import with_processes
from bclint.engine.registry import RegistryError, load_rules
from bclint.engine.runner import Plan, Report, Task, run
from bclint.engine.selection import SelectionError
from bclint.engine.settings import Settings, SettingsFinder
from bclint.engine.targets import TargetError
from bclint.frontends.options import CheckOptions, parse_options
from bclint.frontends.parsing import UsageError, complain
from bclint.frontends.presentation import present
from bclint.frontends.progress import Progress
from bclint.rule import Rule


def check(arguments: Sequence[str]) -> int:
    """Run the subcommand with its own `arguments`; returns the exit status."""
    try:
        options = parse_options(arguments)
        return 0 if options is None else _check(options)
    except (UsageError, RegistryError, SelectionError, SettingsError, TargetError) as error:
        return complain(str(error))


def _check(options: CheckOptions) -> int:
    rules = load_rules()
    finder = SettingsFinder(
        rules, options.choices, config=options.config, isolated=options.isolated
    )
    settings = finder.for_folder(str(Path.cwd()))
    _require_format(options, settings)
    plan = _plan(options, settings)
    if options.reads_standard_input:
        report = run([_standard_input_task(options, finder)], plan)
    else:
        report = _check_paths(options, finder, plan)
    present(report, options, settings.output_format, {rule.code: rule.name for rule in rules})
    return exit_status(report, options)


def exit_status(report: Report, options: CheckOptions) -> int:
    """Return 2 where something could not be done, else 1 for findings, else 0."""
    if report.errors:
        return 2
    if options.exit_zero:
        return 0
    if options.diff:
        return 1 if report.changed else 0
    return 1 if report.diagnostics else 0


def _require_format(options: CheckOptions, settings: Settings) -> None:
    if options.statistics and settings.output_format == "json":
        raise UsageError("--statistics is for people: it has no json format")


def _plan(options: CheckOptions, settings: Settings) -> Plan:
    reports = not (options.diff or options.fix_only)
    return Plan(
        # `concise` says nothing of fixes, and so is spared the time to work them out.
        propose=reports and settings.output_format != "concise" and not options.statistics,
        fix=settings.fix or options.diff,
        unsafe=settings.unsafe_fixes,
        write=not (options.diff or options.reads_standard_input),
        recheck=reports,
        use_pyc=options.use_pyc,
    )


def _check_paths(options: CheckOptions, finder: SettingsFinder, plan: Plan) -> Report:
    discovery = discover(options.paths, finder)
    tasks = [
        Task(
            file.path,
            file.settings.rules_for(file.absolute),
            min_gain=file.settings.min_gain,
            targets=file.settings.targets,
        )
        for file in discovery.files
    ]
    with Progress(sys.stderr, quiet=options.quiet) as progress:
        executor = with_processes(options.jobs)
        return run(
            tasks, plan, _explained(discovery.errors), executor=executor, watch=progress.show
        )


def _standard_input_task(options: CheckOptions, finder: SettingsFinder) -> Task:
    name = options.stdin_filename
    absolute = os.path.abspath(name)  # noqa: PTH100  the file need not exist
    settings = finder.for_folder(str(Path(absolute).parent))
    rules: tuple[Rule, ...] = settings.rules_for(absolute)
    return Task(name, rules, sys.stdin.buffer.read(), settings.min_gain, settings.targets)


def _explained(errors: Sequence[FileError]) -> list[FileError]:
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
