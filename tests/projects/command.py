"""The command: which projects, and the tables of what came of them."""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bclint_rules import PACK
from tests.projects.projects import PROJECTS, Project
from tests.projects.sources import make_environment
from tests.projects.suite import SuiteError
from tests.projects.trial import Trial, try_project


def main(arguments: Sequence[str], description: str) -> int:
    """Do what `arguments` ask for; returns the exit status."""
    options = _parser(description).parse_args(arguments)
    projects = _chosen(options)
    if options.folder:
        return _run(projects, Path(options.folder).resolve(), options)
    with tempfile.TemporaryDirectory(prefix="projects-") as folder:
        return _run(projects, Path(folder).resolve(), options)


def _parser(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [project.name for project in PROJECTS]
    parser.add_argument("project", nargs="*", choices=[[], *names], help="these; default: all")
    parser.add_argument("--small", action="store_true", help="those that every check runs")
    parser.add_argument("--unsafe", action="store_true", help="then with unsafe fixes as well")
    parser.add_argument("--folder", help="keep archives, environment and trees here")
    return parser


def _chosen(options: argparse.Namespace) -> list[Project]:
    return [
        project
        for project in PROJECTS
        if (project.name in options.project if options.project else True)
        and (project.small or not options.small)
    ]


def _run(projects: Sequence[Project], folder: Path, options: argparse.Namespace) -> int:
    version = "{}.{}".format(*sys.version_info[:2])
    python = make_environment(folder / version / "environment")
    print(f"Python {platform.python_version()}\n", flush=True)
    trials: list[Trial] = []
    failed = False
    for project in projects:
        try:
            for trial in try_project(
                project, PACK.rules, python, folder / version, unsafe=options.unsafe
            ):
                print(_told(trial), flush=True)
                trials.append(trial)
        except (SuiteError, subprocess.CalledProcessError) as error:
            print(error, file=sys.stderr, flush=True)
            failed = True
    print("\n".join(["", *counts(trials)]))
    # A failure of an unsafe fix has to be explained, a failure of a safe one is a defect.
    wrong = [trial for trial in trials if trial.fixed.errors or (trial.broken and not trial.unsafe)]
    return 1 if failed or wrong or not trials else 0


def _told(trial: Trial) -> str:
    """One line for a trial, and what broke below it."""
    fixed, name = trial.fixed, f"{trial.project.name} {trial.project.version}"
    grade = "unsafe" if trial.unsafe else "safe"
    line = f"{name}, {grade}: {fixed.files} files, {fixed.applied.total()} fixes, "
    line += f"{trial.passed} tests passed before, {len(trial.broken)} broken"
    line += f" ({trial.seconds:.0f} s)"
    if trial.broken:
        line += "".join(f"\n  {name}" for name in trial.broken[:50]) + f"\n{trial.output[-6000:]}"
    return line + "".join(f"\n  {error}" for error in fixed.errors)


def counts(trials: Sequence[Trial]) -> Iterator[str]:
    """A table in Markdown: the applied fixes of each rule over all trials of a grade."""
    totals = {unsafe: Counter[str]() for unsafe in (False, True)}
    for trial in trials:
        totals[trial.unsafe].update(trial.fixed.applied)
    yield "| rule | safe | with unsafe |"
    yield "|---|---|---|"
    for rule in PACK.rules:
        safe, unsafe = totals[False][rule.code], totals[True][rule.code]
        yield f"| {rule.code} {rule.name} | {safe} | {unsafe} |"
    yield f"| all | {totals[False].total()} | {totals[True].total()} |"
