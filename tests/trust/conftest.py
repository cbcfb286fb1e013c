"""A folder of one's own, and the command as a process in it, as people run it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bclint.frontends.cli import main

BOUND = 120
"""Seconds after which a run hangs: what takes one on a quiet machine may take twenty on a busy one.

What is tested with it took hours, or had no end, before it was mended.
"""
SLOW = b"""\
import math


def total(points):
    result = 0.0
    for point in points:
        result += math.sqrt(point)
    return result
"""
"""A finding with a fix."""
FIXED = SLOW.replace(b"    for", b"    sqrt = math.sqrt\n    for").replace(
    b" math.sqrt(", b" sqrt("
)


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        """The lines of standard error."""
        return self.err.splitlines()


def run_process(
    command: Sequence[str | Path], environment: Mapping[str, str] | None = None, **options: object
) -> Ran:
    done: subprocess.CompletedProcess[str] = subprocess.run(  # type: ignore[call-overload]
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
        timeout=BOUND,
        env={**os.environ, **(environment or {})},
        **options,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


Main = Callable[..., Ran]


def bclint(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> Ran:
    """Run the command as a process in the current folder."""
    return run_process([sys.executable, "-m", "bclint", *arguments], environment)


class HangsError(BaseException):
    """What no run catches."""


@contextmanager
def bounded() -> Iterator[None]:
    """End what hangs, where the system can."""

    def stop(*_: object) -> None:
        raise HangsError

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(BOUND)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def here(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run the command in this process, which is quicker than to start one."""

    def run(*arguments: str) -> Ran:
        with bounded():
            status = main(arguments)
        return Ran(status, *capfd.readouterr())

    return run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder of each test, with a project's settings and nothing else."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("[tool.bclint]\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return folder
