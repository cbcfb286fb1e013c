"""A real Dask cluster on loopback: a scheduler and two workers, each a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from bclint.engine.cluster import ClusterPool, StrangeWorkerError, examine_items
from bclint.engine.identity import shared_identity
from bclint.engine.sharing import PoolError
from bclint.engine.tasks import Plan, Task

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 240
"""More than any of this takes; a machine may be slow."""

pytest.importorskip("distributed", reason="Dask does not run on this version of Python yet")

RULE = """\
import os
from pathlib import Path
from bclint.rule import Category, Finding, Needs, Rule
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.decode import Instructions
from bclint.diagnostics import Applicability, Verdict

def check(function):
    name = function.code.co_name
    died = Path(__file__).with_name("died")
    if name == "once" and not died.exists():
        died.touch()
        os._exit(3)
    if name == "slow":
        yield Finding("found", function[Instructions][1], Verdict(Applicability.SAFE, "a reason"))

needs = Needs(frozenset(Operation), in_loop=False)
RULE = Rule("TST001", "test-rule", "a rule for tests", Category.LOOKUP, needs, check, "testrule")
"""
COMMAND = """\
import os, sys
import testrule
from bclint.engine import cluster
cluster._PATIENCE = float(os.environ.get("PATIENCE", 120))
from bclint.frontends import check, cli
check.load_rules = lambda: (testrule.RULE,)
sys.exit(cli.main(sys.argv[1:]))
"""


def environment(*folders: Path) -> dict[str, str]:
    paths = [*folders, ROOT, ROOT / "rules"]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DASK_DISTRIBUTED__DIAGNOSTICS__NVML": "False",
        "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
        "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__GIL__ENABLED": "False",
    }


@contextlib.contextmanager
def running(folder: Path, *arguments: str, env: dict[str, str]) -> Iterator[None]:
    """A process of Dask's, and all that it starts, for the time of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def cluster(folder: Path, workers: int = 2, **others: dict[str, str]) -> Iterator[str]:
    """The address of a scheduler with `workers` workers, none of which is started again."""
    file = folder / "scheduler.json"
    with contextlib.ExitStack() as stack:
        scheduler = ("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0")
        options = ("--no-dashboard", "--no-show", "--scheduler-file", str(file))
        stack.enter_context(running(folder, *scheduler, *options, env=environment(folder)))
        for number in range(workers):
            local = folder / f"worker-{number}"
            local.mkdir(exist_ok=True)
            worker = ("distributed.cli.dask_worker", "--scheduler-file", str(file), "--no-nanny")
            settings = ("--nthreads", "1", "--no-dashboard", "--local-directory", str(local))
            stack.enter_context(
                running(local, *worker, *settings, **{"env": environment(folder), **others})
            )
        yield address_in(file)


def address_in(file: Path) -> str:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(OSError, ValueError):
            return str(json.loads(file.read_text())["address"])
        time.sleep(0.05)
    raise AssertionError("the scheduler has not started")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "testrule.py").write_text(RULE)
    (tmp_path / "command.py").write_text(COMMAND)
    (tmp_path / "files").mkdir()
    for number in range(40):
        name = "slow" if number % 2 else "fast"
        (tmp_path / "files" / f"{number:02}.py").write_text(f"def {name}():\n    return 1\n")
    return tmp_path


def run(folder: Path, *arguments: str) -> tuple[int, str, str]:
    ran = subprocess.run(
        [sys.executable, "command.py", *arguments, "--isolated", "files"],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    return ran.returncode, ran.stdout, ran.stderr


def on(address: str) -> tuple[str, ...]:
    return ("--executor", "dask", "--scheduler", address, "--output-format", "concise")


def test_a_cluster_finds_the_same_and_survives_a_lost_worker(folder: Path) -> None:
    (folder / "files" / "07.py").write_text("def f(:\n")
    (folder / "files" / "08.py").chmod(0)
    expected = run(folder, "--jobs", "1", "--output-format", "concise")
    assert expected[0] == 2
    with cluster(folder) as address:
        assert run(folder, *on(address)) == expected
        (folder / "files" / "20.py").write_text("def once():\n    return 1\n")
        assert run(folder, *on(address)) == expected
        assert (folder / "died").exists()
        # One worker is left, which does all.
        assert run(folder, *on(address)) == expected


def test_a_worker_that_would_find_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    task = Task(str(tmp_path / "a.py"), ())
    assert examine_items([task], Plan(), shared_identity(()), ())[0].errors == ()
    with pytest.raises(StrangeWorkerError) as caught:
        examine_items([task], Plan(), "something else", ())
    with pytest.raises(PoolError, match="another bclint, other rules or another version"):
        unconnected().has_lost_worker(caught.value)


def unconnected() -> ClusterPool:
    pool = object.__new__(ClusterPool)
    pool._address = "tcp://x"
    return pool


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ModuleNotFoundError("No module named 'x'"), "install the same bclint and rules there"),
        (CancelledError(), "is gone"),
        (ConnectionRefusedError(), "is gone"),
    ],
)
def test_a_cluster_of_no_use_ends_the_run(error: Exception, message: str) -> None:
    pool = unconnected()
    with pytest.raises(PoolError, match=message):
        pool.has_lost_worker(error)
    assert not pool.has_lost_worker(TypeError("cannot pickle"))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x"])
def test_no_scheduler(folder: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATIENCE", "1")
    status, out, err = run(folder, *on(address))
    assert (status, out) == (2, "")
    assert f"there is no Dask scheduler at {address}: " in err
    assert err.count("\n") == 1
