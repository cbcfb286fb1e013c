"""One project: its tests before, after safe fixes, and after unsafe ones."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bclint.rule import Rule
from tests.projects.fixing import Fixed, fix_folder
from tests.projects.projects import Project
from tests.projects.sources import install, source_distribution, unpack
from tests.projects.suite import Results, SuiteError, broken, run_suite


@dataclass(frozen=True, slots=True)
class Trial:
    """What fixes of one grade did to one project."""

    project: Project
    unsafe: bool
    passed: int
    """How many tests passed before; none of them may fail."""
    fixed: Fixed
    broken: tuple[str, ...]
    output: str
    """What the tests printed after the fixes, where some of them broke."""
    seconds: float


def try_project(
    project: Project, rules: tuple[Rule, ...], python: Path, folder: Path, *, unsafe: bool
) -> Iterator[Trial]:
    """Try safe fixes, then `unsafe` ones, each on a fresh copy; all files stay below `folder`.

    Raises `SuiteError` where no test passes before.
    """
    archive = source_distribution(project, python, folder / "archives")
    install(python, [str(archive), *project.needs])
    trees = folder / project.name
    shutil.rmtree(trees, ignore_errors=True)
    before = run_suite(project, python, unpack(archive, trees / "before"))
    if not before.passed:
        raise SuiteError(f"{project.name}: no test passes before\n{before.output[-2000:]}")
    for grade in (False, True) if unsafe else (False,):
        start = time.perf_counter()
        root = unpack(archive, trees / ("unsafe" if grade else "safe"))
        fixed = fix_folder(root / project.package, rules, unsafe=grade)
        after = run_suite(project, python, root)
        seconds = time.perf_counter() - start
        yield _trial(project, before, after, fixed, grade, seconds)


def _trial(
    project: Project, before: Results, after: Results, fixed: Fixed, unsafe: bool, seconds: float
) -> Trial:
    found = tuple(broken(before, after))
    trial = Trial(project, unsafe, before.passed, fixed, found, "", seconds)
    return replace(trial, output=after.output) if found else trial
