"""Counting instructions of the processor: what callgrind counts is the same on every run.

A count is no time, but it has no noise. Where the times of two programs are so close that the
sign of their difference could be an accident, it is believed only if the counts agree.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from bclint.bench.interpreter import Interpreter, environment
from bclint.evidence.program import SIZE, Program
from bclint.testing.pair import Pair

EXECUTIONS = (20, 220)
"""How often a program is executed in the two runs whose difference is counted."""
_PATIENCE = 600
_COUNT = re.compile(r"Collected\s*:\s*(\d+)")


class CountError(Exception):
    """A count that cannot be had; one line says why."""


def instruction_ratio(interpreter: Interpreter, pair: Pair, size: int = SIZE) -> float:
    """Instructions of one execution before, over those after. Raises `CountError`."""
    before, after = (
        _instructions(interpreter, block.text, size) for block in (pair.before, pair.after)
    )
    return before / after


def _instructions(interpreter: Interpreter, text: str, size: int) -> float:
    """Instructions of one execution, without those that start the interpreter."""
    program = Program(text, size)
    with tempfile.TemporaryDirectory(prefix="bclint-bench-") as folder:
        path = Path(folder) / "program.py"
        counts = []
        for times in EXECUTIONS:
            path.write_text(program.script(times), encoding="utf-8")
            counts.append(_count(interpreter, path))
    few, many = counts
    return (many - few) / (EXECUTIONS[1] - EXECUTIONS[0])


def _count(interpreter: Interpreter, path: Path) -> int:
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        raise CountError("valgrind is not installed: no sign is confirmed by an instruction count")
    command = [
        *(valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null", "--trace-children=yes"),
        *(interpreter.path, "-I", "-S", str(path)),  # what starts is as little as can be
    ]
    done = subprocess.run(  # noqa: S603  the user names the interpreter
        command, capture_output=True, text=True, env=environment(), check=False, timeout=_PATIENCE
    )
    counts = [int(count) for count in _COUNT.findall(done.stderr)]
    if done.returncode or not counts:
        last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise CountError(f"valgrind does not run {interpreter.path}: {last}")
    return max(counts)
