"""Measuring a pair of programs: pyperf's processes, until the interval is narrow enough."""

from __future__ import annotations

import json
import math
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bclint.bench.interpreter import Interpreter, InterpreterError, environment
from bclint.bench.ratio import Process, Ratio, paired_ratio
from bclint.testing.pair import Pair

PROCESSES = 6
VALUES = 4
MOST_ROUNDS = 8
"""How often so many processes are added before a pair is given up."""
LONG_ENOUGH = 0.012
"""Seconds of one value, all turns of both programs together."""
LONGEST = 600
"""Seconds after which a worker is given up."""

LENGTHS = tuple(500 * 2**doubling for doubling in range(9))
"""Where growth is looked for: each twice as long as the one before."""
SLOWEST = 0.08
"""Seconds of one execution, at which growth has shown and longer ones are left out."""
FITTED = 4
"""How many of the longest lengths the exponent is fitted to."""

CALM_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(2**28), "MALLOC_TOP_PAD_": str(2**24)}
"""What keeps the C library from handing memory back and asking for it again on every execution,
which costs microseconds, and hits that of two programs whose list happens to lie last."""

_ERROR = re.compile(r"\w*(Error|Exception|Exit|Interrupt)\b")
"""How the last line of a traceback starts."""

Progress = Callable[[str], None]


class MeasureError(Exception):
    """A pair that could not be measured; one line says why."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The exponents e of the times, which grow as length to the power of e."""

    before: float
    after: float


class Pyperf:
    """pyperf, made importable for interpreters where nothing is installed."""

    def __init__(self) -> None:
        """Find the installed package. Raises `MeasureError` where it is not there.

        It is pure Python, and goes without its one dependency: of what is installed beside it,
        made for another interpreter, nothing is passed on.
        """
        found = find_spec("pyperf")
        if found is None or found.origin is None:
            raise MeasureError(
                "`bclint bench` needs pyperf, which is not installed: pip install 'bclint[bench]'"
            )
        self._folder = tempfile.TemporaryDirectory(prefix="bclint-bench-")
        self.path = self._folder.name
        (Path(self.path) / "pyperf").symlink_to(Path(found.origin).parent)

    def close(self) -> None:
        """Take it away again."""
        self._folder.cleanup()


def measure_ratio(
    pyperf: Pyperf, interpreter: Interpreter, pair: Pair, size: int, progress: Progress
) -> Ratio:
    """Measure `pair` at `size` until the interval is narrow, or at the end clear of 1.

    Raises `MeasureError` where it stays wide or the programs fail.
    """
    processes: list[Process] = []
    for number in range(1, MOST_ROUNDS + 1):
        progress(f"size {size}, round {number}")
        processes += run_processes(pyperf, interpreter, pair, size)
        result = paired_ratio(processes)
        if result.is_narrow or (number == MOST_ROUNDS and result.is_clear):
            return result
    raise MeasureError(
        f"the interval {result.low:.3f} to {result.high:.3f} is too wide after "
        f"{len(processes)} processes: the machine is too noisy"
    )


def measure_growth(
    pyperf: Pyperf, interpreter: Interpreter, pair: Pair, progress: Progress
) -> Growth:
    """Measure both programs at doubling lengths and fit the exponents to the longest ones."""
    points: list[tuple[int, float, float]] = []
    for length in LENGTHS:
        progress(f"growth, length {length}")
        processes = run_processes(pyperf, interpreter, pair, length, processes=3, values=2)
        result = paired_ratio(processes)
        points.append((length, result.before, result.after))
        if result.before > SLOWEST and len(points) >= FITTED:
            break
    return Growth(
        exponent([(length, before) for length, before, _ in points[-FITTED:]]),
        exponent([(length, after) for length, _, after in points[-FITTED:]]),
    )


def exponent(points: Sequence[tuple[int, float]]) -> float:
    """The exponent of the power of the length that fits the times best."""
    xs = [math.log(length) for length, _ in points]
    ys = [math.log(time) for _, time in points]
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    covariance = sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True))
    return covariance / sum((x - middle_x) ** 2 for x in xs)


def run_processes(
    pyperf: Pyperf,
    interpreter: Interpreter,
    pair: Pair,
    size: int,
    *,
    processes: int = PROCESSES,
    values: int = VALUES,
) -> list[Process]:
    """What so many worker processes measured. Raises `MeasureError`."""
    with tempfile.TemporaryDirectory(prefix="bclint-bench-") as folder:
        results = Path(folder) / "results"
        task = {
            "before": pair.before.text,
            "after": pair.after.text,
            "size": size,
            "results": str(results),
        }
        (Path(folder) / "task.json").write_text(json.dumps(task), encoding="utf-8")
        options = {
            "task": Path(folder) / "task.json",
            "processes": processes,
            "values": values,
            "warmups": 1,
            "min-time": LONG_ENOUGH,
            "inherit-environ": ",".join(CALM_MEMORY),
        }
        _run(pyperf, interpreter, [f"--{name}={value}" for name, value in options.items()])
        return list(_read(results))


def _run(pyperf: Pyperf, interpreter: Interpreter, options: Sequence[str]) -> None:
    worker = Path(__file__).with_name("worker.py")
    command = [interpreter.path, str(worker), "--quiet", *options]
    try:
        subprocess.run(  # noqa: S603  the user names the interpreter
            command,
            capture_output=True,
            text=True,
            env=environment(pyperf.path) | CALM_MEMORY,
            check=True,
            timeout=LONGEST,
        )
    except subprocess.CalledProcessError as error:
        said = [line for line in str(error.stderr).splitlines() if _ERROR.match(line)]
        raise MeasureError(said[0] if said else f"exit status {error.returncode}") from error
    except (OSError, subprocess.SubprocessError) as error:
        raise InterpreterError(f"{interpreter.path} does not run: {error}") from error


def _read(results: Path) -> Iterator[Process]:
    for line in results.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)
