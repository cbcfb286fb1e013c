"""The worker of the table of costs: measures micro-loops in the interpreter that runs it.

``python -m bclint.bench.slopes`` reads a list of micro-loops as JSON from standard input, and
writes for each its slope in nanoseconds and which operations one copy of it executes. It needs
the standard library and bclint's decoder, nothing that would have to be installed.
"""

from __future__ import annotations

import json
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat
from textwrap import indent
from time import perf_counter
from types import CodeType

from bclint.bench.microloops import LOCALS, MODULE, MicroLoop
from bclint.bytecode.decode import Instructions
from bclint.engine.function import FunctionView
from bclint.flow.loops import LoopForest

WIDTHS = (4, 12, 20)
"""How many copies of a statement stand in a loop."""
SIZES = (200, 600, 1000)
"""How many items the whole loops run over."""
SETS = 4
"""How many sets of variables the copies take in turn: one that counts the references of a single
object up and down waits for its own last write, as ordinary code seldom does."""
LONG_ENOUGH = 0.001
"""Seconds that one timing of the widest form takes."""
ROUNDS = 9
_VARIABLE = re.compile(r"(?<!['\"\w])(a|b|c|d|e|i|j|o|p|q|s|t|w|xs|cm|pair|triple)\b(?!['\"=])")
WARM_UP = 60
"""Passes after which the interpreter has specialised what it can."""

PACE = MicroLoop("pace", "x = a + b; y = d[s]; z = [a, b]; o.x = p + q")
"""Measured along with every other: the machine's pace changes by a third from minute to minute."""

Timing = Callable[[int], float]
"""Seconds for so many passes."""


def measure(loop: MicroLoop) -> dict[str, object] | None:
    """The slope of `loop`, its operations, and the machine's pace in nanoseconds meanwhile.

    None where this version cannot compile the loop.
    """
    steps = SIZES if loop.form == "loop" else WIDTHS
    try:
        timings = [_prepare(loop, step) for step in steps]
    except SyntaxError:
        return None
    timings.append(_prepare(PACE, WIDTHS[-1]))
    passes = [*[_passes(timings[-2])] * len(steps), _passes(timings[-1])]
    best = [float("inf")] * len(timings)
    for _ in range(ROUNDS):
        for number, timing in enumerate(timings):
            best[number] = min(best[number], timing(passes[number]) / passes[number])
    return {
        "slope": 1e9 * slope(steps, best[:-1]),
        "pace": 1e9 * best[-1],
        "counts": dict(operations(loop)),
    }


def slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """The slope of the straight line that fits the points best."""
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - middle_x) ** 2 for x in xs)
    return sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / spread


def operations(loop: MicroLoop) -> Mapping[str, float]:
    """How many of each operation one copy executes, or one pass of a whole loop."""
    if loop.form == "loop":
        return next(_counts_of_loop(_compile(loop, 0)))
    wide, narrow = (_counts(_compile(loop, width)) for width in WIDTHS[1::-1])
    copies = WIDTHS[1] - WIDTHS[0]
    return {
        name: (wide[name] - narrow[name]) / copies for name in wide if wide[name] > narrow[name]
    }


def _counts(code: CodeType) -> Counter[str]:
    """The operations of everything that is compiled but for functions that a statement makes."""
    counts: Counter[str] = Counter()
    for inner in _with_loops(code):
        counts.update(instruction.operation.name for instruction in Instructions(inner))
    return counts


def _counts_of_loop(code: CodeType) -> Iterator[Counter[str]]:
    for inner in _with_loops(code):
        forest = FunctionView(inner)[LoopForest]
        deepest = max(forest.loops, key=lambda loop: loop.depth)
        if deepest.depth > 1 or inner.co_name.startswith("<"):
            yield Counter(each.operation.name for each in forest.instructions_of(deepest))


def _with_loops(code: CodeType) -> Iterator[CodeType]:
    """The code that repeats: that of the function ``measure``, and comprehensions inside."""
    inside = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    for inner in inside:
        yield from _with_loops(inner)
    if code.co_name in ("measure", "<listcomp>", "<setcomp>", "<dictcomp>", "at_module_level"):
        yield code


def _prepare(loop: MicroLoop, step: int) -> Timing:
    namespace: dict[str, object] = {"repeat": repeat, "clock": perf_counter}
    exec(MODULE, namespace)  # noqa: S102  our own text
    code = _compile(loop, step)
    if loop.form == "module":
        return lambda passes: _run_module(code, namespace, passes)
    exec(code, namespace)  # noqa: S102
    function = namespace["measure"]
    assert callable(function)
    return lambda passes: float(function(passes, step))


def _run_module(code: CodeType, namespace: dict[str, object], passes: int) -> float:
    namespace["passes"] = passes
    exec(code, namespace)  # noqa: S102  our own text
    return float(str(namespace["elapsed"]))


def _compile(loop: MicroLoop, step: int) -> CodeType:
    copies = 1 if loop.form == "loop" else step
    statements = (_as_copy(loop.statement, number) for number in range(copies))
    repeated = indent("".join(f"{statement}\n" for statement in statements), "    ")
    timed = (
        f"start = clock()\nfor _ in repeat(None, passes):\n{repeated}elapsed = clock() - start\n"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if loop.form == "module":
            code = compile(timed, "<micro-loop>", "exec", dont_inherit=True)
            return code.replace(co_name="at_module_level")
        prepare = f"{LOCALS}items = list(range(size))\n{loop.prepare}\n"
        prepared = "".join(_as_copy(prepare, number) for number in range(SETS))
        body = indent(f"{prepared}{timed}return elapsed\n", "    ")
        text = f"def measure(passes, size):\n{body}"
        if loop.form == "method":
            head = "def measure(self, passes, size):\n"
            method = indent(f"{head}{body}", "    ")
            text = f"class Derived(Base):\n{method}measure = Derived().measure\n"
        return compile(text, "<micro-loop>", "exec", dont_inherit=True)


def _as_copy(text: str, number: int) -> str:
    """The text with the variables of the copy of that number in place of the common ones."""
    suffix = f"_{number % SETS}" if number % SETS else ""
    return _VARIABLE.sub(rf"\1{suffix}", text) if suffix else text


def _passes(timing: Timing) -> int:
    """How many passes the widest form needs to last long enough; warms it up as well."""
    passes = WARM_UP
    for _ in range(3):
        seconds = timing(passes)
    while seconds < LONG_ENOUGH:
        passes = int(passes * min(max(1.2 * LONG_ENOUGH / max(seconds, 1e-9), 1.5), 10))
        seconds = timing(passes)
    return passes


def main() -> None:
    """Measure what standard input asks for; one line of JSON for each micro-loop."""
    for fields in json.load(sys.stdin):
        print(json.dumps(measure(MicroLoop(**fields))), flush=True)


if __name__ == "__main__":
    main()
