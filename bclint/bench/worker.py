"""The worker of pairs: pyperf's worker processes run this file in the interpreter that is measured.

Both programs are loaded into one process and executed in turns, so that whatever slows the
machine down slows both. pyperf starts the processes, finds how many executions last long enough,
and warms up; each value of it is one series of turns. What a series gave for each program goes
into a file, one line a process.
"""

from __future__ import annotations

import json
import statistics
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import pyperf

from bclint.evidence.program import Program

TURNS = 6
"""How often each program gets its turn within a value."""


class Series(NamedTuple):
    """One value: seconds for one execution of each program, the median of its turns."""

    before: float
    after: float


def seconds(program: Program, executions: int) -> float:
    """How long so many executions take."""
    ready = program.executions(executions)
    start = perf_counter()
    for execute in ready:
        execute()
    return perf_counter() - start


def series(before: Program, after: Program, executions: int) -> tuple[Series, float]:
    """Execute both in turns, each as often first as second; what it gave, and all the time."""
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(TURNS):
        order = ((0, before), (1, after)) if turn % 2 else ((1, after), (0, before))
        for number, program in order:
            taken[number].append(seconds(program, executions))
    first, second = (statistics.median(times) / executions for times in taken)
    return Series(first, second), sum(map(sum, taken))


def main() -> None:
    """Measure the pair of the file that ``--task`` names."""
    runner = pyperf.Runner(program_args=(__file__,), add_cmdline_args=_pass_task)
    runner.argparser.add_argument("--task", required=True)
    options = runner.parse_args()
    task = json.loads(Path(options.task).read_text(encoding="utf-8"))
    programs = [Program(task[name], task["size"]) for name in ("before", "after")]
    results: list[Series] = []
    runner.bench_time_func("pair", _timer(results, *programs))
    if options.worker and not (options.calibrate_loops or options.recalibrate_loops):
        with Path(task["results"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(results[-options.values :]) + "\n")


def _timer(results: list[Series], before: Program, after: Program) -> Callable[[int], float]:
    def time_pair(executions: int) -> float:
        result, elapsed = series(before, after, executions)
        results.append(result)
        return elapsed

    return time_pair


def _pass_task(command: list[str], options: Namespace) -> None:
    command.extend(["--task", options.task])


if __name__ == "__main__":
    main()
