"""The table of costs: slopes of micro-loops taken apart into costs of operations and calls."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from pathlib import Path

import bclint
from bclint.bench.interpreter import Interpreter, InterpreterError, environment
from bclint.bench.microloops import ALSO, DERIVED, GENERATORS, MICRO_LOOPS, ZERO, MicroLoop
from bclint.bytecode.opcodes import Operation

PROCESSES = 5
"""How many processes measure every micro-loop: memory lies elsewhere in each."""
MOST_PROCESSES = 9
UNSTABLE = 0.15
"""The share by which the middle half of a loop's slopes may differ before it is measured again."""
LEAST = 0.1
"""Nanoseconds that anything costs at the least: what is lost in the noise is not free."""
SECTIONS = ("builtins", "methods", "modules", "operators")

Slopes = dict[int, list[float]]
"""What each process measured, by the number of the micro-loop, in units of the pace."""
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process says of one micro-loop."""

    slope: float
    """Nanoseconds that one more copy of the statement costs."""
    pace: float
    """Nanoseconds that a fixed statement cost meanwhile."""
    counts: Mapping[str, float]
    """The operations that one copy executes."""


def table_path(interpreter: Interpreter) -> Path:
    """Where the table of a version stands."""
    tables = Path(bclint.__file__).parent / "evidence" / "tables"
    return tables / f"cpython-{interpreter.minor}.json"


def measure_table(interpreter: Interpreter, date: str, progress: Progress) -> dict[str, object]:
    """Measure all micro-loops with `interpreter` and give the table as it is written.

    Raises `InterpreterError` where a worker fails.
    """
    slopes: Slopes = {}
    paces: list[float] = []
    counts: dict[int, Mapping[str, float]] = {}
    pending = list(range(len(MICRO_LOOPS)))
    for process in range(1, MOST_PROCESSES + 1):
        progress(f"process {process}: {len(pending)} micro-loops")
        for number, result in zip(pending, _run_worker(interpreter, pending), strict=True):
            if result is not None:
                slopes.setdefault(number, []).append(result.slope / result.pace)
                paces.append(result.pace)
                counts[number] = result.counts
        pace = statistics.median(paces)
        if process >= PROCESSES:
            pending = [number for number in slopes if is_unstable(slopes[number], pace)]
        if not pending:
            break
    middle = {number: pace * statistics.median(values) for number, values in slopes.items()}
    return {
        "python": interpreter.python,
        "build": interpreter.build,
        "date": date,
        **take_apart(middle, counts),
    }


def _run_worker(interpreter: Interpreter, numbers: Sequence[int]) -> list[Measured | None]:
    wanted = json.dumps([asdict(MICRO_LOOPS[number]) for number in numbers])
    command = [interpreter.path, "-m", "bclint.bench.slopes"]
    done = subprocess.run(  # noqa: S603  the user names the interpreter
        command, input=wanted, capture_output=True, text=True, env=environment(), check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise InterpreterError(f"{interpreter.path} cannot run the micro-loops: {last}")
    answers = (json.loads(line) for line in done.stdout.splitlines())
    return [Measured(**answer) if answer else None for answer in answers]


def is_unstable(slopes: Sequence[float], pace: float) -> bool:
    """Whether the middle half of `slopes`, in units of `pace`, is wide beyond what is least."""
    low, middle, high = statistics.quantiles(slopes, n=4, method="inclusive")
    return high - low > max(UNSTABLE * middle, LEAST / pace)


def take_apart(
    slopes: Mapping[int, float], counts: Mapping[int, Mapping[str, float]]
) -> dict[str, object]:
    """Costs from slopes: what is known is taken off, what remains is the key's.

    `slopes` and `counts` are by the number of the micro-loop; numbers may be missing.
    """
    known: dict[str, float] = dict.fromkeys(ZERO, 0.0)
    derived: set[str] = set(ZERO)
    pending: dict[str, list[float]] = {}
    for number, loop in enumerate(MICRO_LOOPS):
        if number in slopes:
            cost = _remainder(loop, slopes[number], counts[number], known)
            if cost is None:
                continue
            if cost < LEAST:
                derived.add(loop.key)
            pending.setdefault(loop.key, []).append(max(cost, LEAST))
            known[loop.key] = statistics.fmean(pending[loop.key])
            if loop.key == "LOAD_LOCAL":
                _derive(known, derived, {loop.key})
    for _ in range(2):  # some derive from what is derived
        _derive(known, derived, set(known))
    known["CALL"] = min(cost for key, cost in known.items() if key.startswith("builtins."))
    return _as_table(known, derived)


def _remainder(
    loop: MicroLoop, slope: float, counts: Mapping[str, float], known: Mapping[str, float]
) -> float | None:
    """What one of the key costs; None where this version's code does not have it."""
    if loop.key == "LOAD_LOCAL":  # a load and the POP that drops it: they are taken as alike
        return slope / 2
    is_operation = loop.key in Operation.__members__
    named = loop.key if is_operation else _carrier(loop)
    times = 1 if loop.key in GENERATORS else counts.get(named, 0)
    if not times:
        return None
    others = sum(known.get(name, 0.0) * count for name, count in counts.items() if name != named)
    others += sum(known[name] * count for name, count in ALSO.get(loop.key, {}).items())
    return (slope - others) / times


def _carrier(loop: MicroLoop) -> str:
    return "BINARY_OPERATION" if loop.key.startswith("operators.") else "CALL"


def _derive(known: dict[str, float], derived: set[str], origins: AbstractSet[str]) -> None:
    """Add what is a multiple of one of `origins` and was not measured."""
    for key, ((origin, factor),) in ((key, each.items()) for key, each in DERIVED.items()):
        if origin in origins and key not in known:
            known[key] = known[origin] * factor
            derived.add(key)


def _as_table(known: Mapping[str, float], derived: set[str]) -> dict[str, object]:
    table: dict[str, object] = {
        "operations": {
            name: round(known[name], 2) for name in Operation.__members__ if name in known
        }
    }
    for section in SECTIONS:
        start = f"{section}."
        table[section] = {
            key.removeprefix(start): round(cost, 2)
            for key, cost in sorted(known.items())
            if key.startswith(start)
        }
    table["unknown_call"] = round(known["unknown_call"], 2)
    table["derived"] = sorted(derived & set(known))
    return table


def write_table(path: Path, table: Mapping[str, object]) -> None:
    """Write the file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    unfinished.replace(path)
