"""Worker processes, real ones: deaths, signals, and the same report as without them."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bclint.bytecode.versions import RUNNING
from bclint.engine.processes import with_processes
from bclint.engine.tasks import Plan, Task
from tests.engine.rules import RULES

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120
"""More than any of this takes; a machine may be slow."""

RULE = """\
import os, time
from pathlib import Path
from bclint.rule import Category, Finding, Needs, Rule
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.decode import Instructions
from bclint.diagnostics import Applicability, Verdict

def check(function):
    name = function.code.co_name
    if name == "deadly":
        os._exit(3)
    if name == "sleepy":
        Path(f"started-{os.getpid()}").touch()
        time.sleep(600)
    if name == "slow":
        instruction = function[Instructions][1]
        yield Finding("found", instruction, Verdict(Applicability.SAFE, "a reason"))

needs = Needs(frozenset(Operation), in_loop=False)
RULE = Rule("TST001", "test-rule", "a rule for tests", Category.LOOKUP, needs, check, "testrule")
"""
COMMAND = """\
import sys
import testrule
from bclint.engine import processes
from bclint.frontends import check, cli
check.load_rules = lambda: (testrule.RULE,)
processes.LITTLE = 0
sys.exit(cli.main(sys.argv[1:]))
"""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and forks of POSIX")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a command that has one rule, which can kill and stop workers."""
    (tmp_path / "testrule.py").write_text(RULE)
    measured = {"before_ns": 9, "after_ns": 3, "saved_ns": 6, "ratio": 3, "interval": [2, 4]}
    evidence = {"pairs": {"": {"versions": {RUNNING: {"sizes": {"9": measured}}}}}}
    (tmp_path / "evidence.json").write_text(json.dumps(evidence))
    (tmp_path / "command.py").write_text(COMMAND)
    (tmp_path / "files").mkdir()
    return tmp_path


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(folder), str(ROOT), str(ROOT / "rules")])
    return subprocess.Popen(
        [sys.executable, "-W", "error", "command.py", *arguments, "--isolated", "files"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(folder: Path, *arguments: str) -> tuple[int, str, str]:
    process = start(folder, *arguments)
    out, err = process.communicate(timeout=SECONDS)
    return process.returncode, out, err


def write(folder: Path, names: str) -> None:
    for number, name in enumerate(names.split()):
        (folder / "files" / f"{number:02}.py").write_text(f"def {name}():\n    return 1\n")


def group_is_gone(group: int) -> bool:
    """Whether no process of the group is left, after waiting for those that are on their way."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def when_started(folder: Path, count: int) -> None:
    """Wait until `count` workers are in the middle of a file."""
    end = time.monotonic() + SECONDS
    while len(list(folder.glob("started-*"))) < count:
        assert time.monotonic() < end, "no worker has started"
        time.sleep(0.02)


@pytest.fixture
def sleeping(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A run whose two workers are in the middle of a file."""
    write(folder, "slow " + "sleepy " * 12)
    process = start(folder, "--jobs", "2")
    try:
        when_started(folder, 2)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_the_report_does_not_depend_on_the_number_of_processes(folder: Path) -> None:
    write(folder, "slow fast " * 10)
    (folder / "files" / "05.py").write_text("def f(:\n")
    alone = run(folder, "--jobs", "1", "--output-format", "json")
    assert alone[0] == 2
    assert alone[1].count("TST001") == 10
    assert run(folder, "--jobs", "3", "--output-format", "json") == alone


def test_a_worker_that_dies_costs_its_file_alone(folder: Path) -> None:
    write(folder, "slow " * 8 + "deadly " + "slow " * 9)
    status, out, err = run(folder, "--jobs", "2", "--output-format", "concise")
    assert status == 2
    assert out.count("TST001") == 17
    assert err == ("files/08.py: error: cannot be checked: the process that checked it died\n")


def test_ctrl_c_ends_everything(sleeping: subprocess.Popen[str], folder: Path) -> None:
    os.killpg(sleeping.pid, signal.SIGINT)
    out, err = sleeping.communicate(timeout=SECONDS)
    assert (sleeping.returncode, out, err) == (130, "", "")
    assert group_is_gone(sleeping.pid)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_workers_do_not_outlive_what_started_them(
    sleeping: subprocess.Popen[str], number: signal.Signals
) -> None:
    sleeping.send_signal(number)
    sleeping.communicate(timeout=SECONDS)
    assert sleeping.returncode == -number
    assert group_is_gone(sleeping.pid)


def test_rules_that_cannot_travel_are_run_here() -> None:
    def check(function: object) -> Iterator[object]:
        return iter(())

    rule = dataclasses.replace(RULES[0], check=check)  # type: ignore[arg-type]
    with pytest.raises((AttributeError, pickle.PicklingError)):
        pickle.dumps(rule)
    tasks = [Task(f"{number}.py", (rule,), b"x" * 400_000) for number in range(2)]
    results = dict(with_processes(2)(tasks, Plan()))
    assert [results[index].path for index in range(2)] == ["0.py", "1.py"]
