"""Running commands: what they take in time and memory, from the kernel's own account."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


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
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
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
        status = process.wait()
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if status not in (0, 1):
        raise subprocess.CalledProcessError(status, command, output)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(wall, cpu, after.ru_maxrss * unit, output)


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
