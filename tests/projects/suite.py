"""Running a project's own tests, and what came of each of them."""

from __future__ import annotations

import os
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.projects.projects import Project

PASSED = "passed"
_WORST_FIRST = ("error", "failure", "skipped")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
_MOST_SECONDS = 1500


class SuiteError(Exception):
    """A suite could not be run: nothing can be compared."""


@dataclass(frozen=True, slots=True)
class Results:
    """What came of each test, by its name."""

    outcomes: Mapping[str, str]
    """``passed``, ``failure``, ``error`` or ``skipped``."""
    output: str
    """What pytest printed."""

    @property
    def passed(self) -> int:
        return sum(outcome == PASSED for outcome in self.outcomes.values())


def run_suite(project: Project, python: Path, root: Path) -> Results:
    """Run the tests of the distribution unpacked at `root`, with its own copy of the package.

    Raises `SuiteError` where pytest could not run, or another copy would be tested.
    """
    report = root / "results-of-tests.xml"
    importable = (root / project.root).resolve()
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(importable), str(root.resolve()))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
    }
    _require_own_copy(project, python, importable, root, environment)
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts="]
    command += ["--continue-on-collection-errors", "--tb=short", f"--junitxml={report}"]
    try:
        run = subprocess.run(
            [*command, *project.tests],
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_MOST_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return Results({}, f"the tests did not end in {_MOST_SECONDS} seconds")
    if not report.exists():
        raise SuiteError(f"{project.name}: pytest made no report\n{run.stdout[-2000:]}")
    return Results(outcomes_in(report.read_text()), run.stdout)


def _require_own_copy(
    project: Project, python: Path, importable: Path, root: Path, environment: Mapping[str, str]
) -> None:
    name = Path(project.package).name
    question = f"import {name}; print({name}.__file__)"
    answer = subprocess.run(
        [python, "-c", question], cwd=root, env=environment, capture_output=True, text=True
    )
    if not answer.stdout.startswith(str(importable)):
        told = answer.stdout.strip() or answer.stderr[-500:]
        raise SuiteError(f"{project.name}: not the unpacked package is tested: {told}")


def outcomes_in(report: str) -> dict[str, str]:
    """What a JUnit report says of each test; the worst, where a name stands there twice."""
    outcomes: dict[str, str] = {}
    for case in ElementTree.fromstring(report).iter("testcase"):
        name = f"{case.get('classname')}::{_ADDRESS.sub('0x', case.get('name', ''))}"
        told = {child.tag for child in case}
        outcome = next((tag for tag in _WORST_FIRST if tag in told), PASSED)
        outcomes[name] = _worse(outcome, outcomes.get(name, PASSED))
    return outcomes


def _worse(one: str, other: str) -> str:
    order = (*_WORST_FIRST, PASSED)
    return min(one, other, key=order.index)


def broken(before: Results, after: Results) -> list[str]:
    """The tests that passed before and do not after, in order; also those that are gone."""
    return sorted(
        name
        for name, outcome in before.outcomes.items()
        if outcome == PASSED and after.outcomes.get(name) != PASSED
    )
