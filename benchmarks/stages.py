"""Print where the time of a check goes, as shares of what ``compile()`` takes for the same files.

    python benchmarks/stages.py [FOLDER] [--rounds N] [--every N]

FOLDER holds the Python files, by default the standard library of this interpreter without its
tests; of these every sixth is taken. Each stage is timed without those that it asks for. The timers
cost something themselves: the sum is larger than an undisturbed run takes (benchmarks/run.py).
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "rules"), str(HERE)]

from commands import library_files, median  # noqa: E402

from bclint.bytecode.analysis import AnalysisT  # noqa: E402
from bclint.engine import linter, runner  # noqa: E402
from bclint.engine.function import FunctionView  # noqa: E402
from bclint.frontends.cli import main as bclint  # noqa: E402
from bclint.rule import Rule  # noqa: E402

P = ParamSpec("P")
R = TypeVar("R")

STAGES = {
    "Instructions": "decoding",
    "ControlFlowGraph": "basic blocks",
    "Dominators": "dominators and loops",
    "LoopForest": "dominators and loops",
    "OperandStack": "operand stack",
    "ReachingDefinitions": "definitions and types",
    "KnownTypes": "definitions and types",
    "LookupBound": "needs and bound",
    "RawLoops": "needs and bound",
    "RawImports": "needs and bound",
    "ModuleFacts": "facts of the whole file",
    "AssignedAttributes": "facts of the whole file",
    "IndirectGlobals": "facts of the whole file",
    "LoopLookups": "repeated lookups and their proofs",
    "Growths": "growth",
}
OTHER = "all other analyses"


class Stopwatch:
    """Times stages, each without those that run inside it."""

    def __init__(self) -> None:
        """Nothing is running yet."""
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._inner: list[float] = []

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add what the block takes to the stage `name`."""
        self._inner.append(0.0)
        start = time.process_time()
        try:
            yield
        finally:
            took = time.process_time() - start
            self.seconds[name] += took - self._inner.pop()
            if self._inner:
                self._inner[-1] += took

    def timed(self, name: str, function: Callable[P, R]) -> Callable[P, R]:
        """`function`, whose calls count for the stage `name`."""

        @wraps(function)
        def call(*arguments: P.args, **keywords: P.kwargs) -> R:
            with self.stage(name):
                return function(*arguments, **keywords)

        return call


FUNCTIONS = (
    (linter, "compile_source", "compile()"),
    (linter, "savings", "weighing"),
    (linter, "located", "places in the source"),
    (linter, "_weighed", "rules themselves"),
    (runner, "skips_file", "comments that silence"),
    (runner, "_lint", "all else about a file"),
)


def watch(stopwatch: Stopwatch) -> None:
    """Have `stopwatch` time the stages of this process from now on."""
    compute, interested = FunctionView.__getitem__, linter._interested

    def getitem(self: FunctionView, analysis: type[AnalysisT]) -> AnalysisT:
        if self.has(analysis):
            return compute(self, analysis)
        with stopwatch.stage(STAGES.get(analysis.__name__, OTHER)):
            return compute(self, analysis)

    def all_interested(*arguments: Any) -> list[Rule]:
        with stopwatch.stage("needs and bound"):
            return list(interested(*arguments))

    for owner, name, replacement in (
        (FunctionView, "__getitem__", getitem),
        (linter, "_interested", all_interested),
        *(
            (module, name, stopwatch.timed(stage, getattr(module, name)))
            for module, name, stage in FUNCTIONS
        ),
    ):
        setattr(owner, name, replacement)


def floor(files: Sequence[Path]) -> float:
    """Seconds of processor time that ``compile()`` alone takes."""
    texts = [path.read_bytes() for path in files]
    start = time.process_time()
    for text in texts:
        with contextlib.suppress(SyntaxError, ValueError):
            compile(text, "file.py", "exec", dont_inherit=True, optimize=0)
    return time.process_time() - start


def check(files: Sequence[Path]) -> float:
    """Seconds of processor time that a check takes."""
    options = ("--isolated", "--output-format", "concise", "--jobs", "1", "--no-cache", "--no-pyc")
    start = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        bclint(["check", *options, *map(str, files)])
    return time.process_time() - start


def main() -> None:
    """Check the files several times; print the medians of the shares, largest first."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--every", type=int, default=6)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    files = library_files(options.folder)[:: options.every]
    stopwatch = Stopwatch()
    watch(stopwatch)
    check(files)
    shares: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(options.rounds):
        stopwatch.seconds.clear()
        before = floor(files)
        total = check(files)
        compiling = (before + floor(files)) / 2
        stopwatch.seconds["reading, printing, these timers"] = total - sum(
            stopwatch.seconds.values()
        )
        stopwatch.seconds["all"] = total
        for name, seconds in stopwatch.seconds.items():
            shares[name].append(seconds / compiling)
    for name in sorted(shares, key=lambda name: -median(shares[name]).middle):
        share = median(shares[name])
        print(f"{name:36} {share.middle:5.2f} ({share.least:.2f} to {share.most:.2f})")


if __name__ == "__main__":
    main()
