"""Running commands: what they take in time and memory, from the kernel's own account."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

LEFT_OUT = frozenset({"__pycache__", "test", "tests", "idle_test", "site-packages"})
"""Folders whose code nobody would call the standard library's."""


class Run(NamedTuple):
    """What one run of a command took."""

    wall: float
    """Seconds on the clock."""
    cpu: float
    """Seconds of processor time, of all processes."""
    peak: int
    """The largest process, in bytes."""
    output: str


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Run:
    """Run `command` in `folder`. Raises `CalledProcessError` unless it ends with 0 or 1."""
    start = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        output = process.stdout.read() if process.stdout else ""
        # The account of this process and those that it waited for, and of no earlier command.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode not in (0, 1):
        raise subprocess.CalledProcessError(process.returncode, command, output)
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit, output)


def library_files(folder: Path | None) -> list[Path]:
    """The Python files below `folder`, by default of the standard library without its tests."""
    root = folder or Path(sysconfig.get_path("stdlib"))
    # A link may lead nowhere, as Debian's sitecustomize.py does.
    found = (path for path in root.rglob("*.py") if path.is_file())
    return sorted(path for path in found if LEFT_OUT.isdisjoint(path.relative_to(root).parts))


class Median(NamedTuple):
    """Several runs of one command, put together."""

    middle: float
    least: float
    most: float

    def __str__(self) -> str:
        """The median, and what it lies between."""
        return f"{self.middle:.3f} s ({self.least:.3f} to {self.most:.3f})"


def median(values: Sequence[float]) -> Median:
    """The median of at least one value, with the least and the greatest."""
    return Median(statistics.median(values), min(values), max(values))
