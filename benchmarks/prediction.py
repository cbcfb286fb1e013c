#!/usr/bin/env python3
"""Predicted against measured: what bclint says that fixes of 60 loops save, and what they save.

    python3.14 benchmarks/prediction.py             measure on this interpreter
    python3.14 benchmarks/prediction.py --table     show what was measured, all versions together

Needs `pip install 'bclint[bench]'` in each interpreter. Results go to benchmarks/prediction/, one
file a version; a loop that stands there already is left out, so that the run can be stopped.
Exit status: 0, or 1 where the prediction of a version is not good enough.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from bclint.bench.instructions import CountError, instruction_ratio
from bclint.bench.interpreter import Interpreter, ask
from bclint.bench.pairs import MeasureError, Pyperf, measure_ratio
from bclint.diagnostics import Diagnostic
from bclint.engine.fixing import apply_fixes
from bclint.engine.linter import lint
from bclint.engine.registry import load_rules
from bclint.engine.weigh import Scales, pays, scales_for
from bclint.source import SourceFile
from bclint.testing.page import Block
from bclint.testing.pair import Pair

FOLDER = Path(__file__).resolve().parent
LOOPS = FOLDER / "loops.md"
RESULTS = FOLDER / "prediction"
SIZE = 1000
DEFAULT_MIN_GAIN = 3.0
FEWEST = 60
LEAST_CORRELATION = 0.8
_BLOCK = re.compile(
    r"^## (?P<name>[^\n]*)\n\n```python\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Result:
    """One loop on one version; gains are shares of the time before."""

    name: str
    codes: str
    """The rules that found something."""
    predicted: float
    measured: float
    low: float
    """The ends of the measured ratio's interval."""
    high: float
    reported: bool
    """Whether all that was changed is reported without any option."""
    instructions: float | None = None
    """The ratio of instruction counts, where the change seems to cost time."""

    @property
    def is_slower(self) -> bool:
        """Whether the change cost time, and the count of instructions confirms that."""
        return self.high < 1 and (self.instructions is None or self.instructions < 1)


def main(arguments: Sequence[str]) -> int:
    """Run what `arguments` ask for; returns the exit status."""
    if "--table" in arguments:
        return show(dict(read_results()))
    interpreter = ask(sys.executable)
    pyperf = Pyperf()
    try:
        results = list(measured(pyperf, interpreter))
    finally:
        pyperf.close()
    return show({interpreter.minor: results})


def programs() -> Iterator[tuple[str, str]]:
    """Name and text of each loop."""
    for block in _BLOCK.finditer(LOOPS.read_text(encoding="utf-8")):
        yield block["name"], block["text"]


def read_results() -> Iterator[tuple[str, list[Result]]]:
    """The stored results, by version."""
    for path in sorted(RESULTS.glob("cpython-*.json")):
        stored = json.loads(path.read_text(encoding="utf-8"))
        yield path.stem.removeprefix("cpython-"), [Result(**each) for each in stored]


def measured(pyperf: Pyperf, interpreter: Interpreter) -> Iterator[Result]:
    """Predict anew and measure what was not measured before; results are kept as they come."""
    path = RESULTS / f"cpython-{interpreter.minor}.json"
    stored = dict(read_results()).get(interpreter.minor, [])
    known = {result.name: result for result in stored}
    results: list[Result] = []
    for name, text in programs():
        result = _result(pyperf, interpreter, name, text, known.get(name))
        if result is not None:
            results.append(result)
            yield result
            RESULTS.mkdir(exist_ok=True)
            path.write_text(json.dumps([asdict(each) for each in results], indent=1) + "\n")


def _result(
    pyperf: Pyperf, interpreter: Interpreter, name: str, text: str, known: Result | None
) -> Result | None:
    after, fixed = _fixed(text, scales_for((interpreter.minor,)))
    if not fixed:
        print(f"{name}: nothing to change", flush=True)
        return None
    codes = " ".join(sorted({each.code for each in fixed}))
    reported = all(pays(each, DEFAULT_MIN_GAIN) for each in fixed)
    predicted = min(sum(each.gain or 0.0 for each in fixed), 1.0)
    if known is not None and known.codes == codes:
        return replace(known, predicted=predicted, reported=reported)
    pair = Pair("", Block("python", text, 1), Block("python", after, 1))
    try:
        ratio = measure_ratio(pyperf, interpreter, pair, SIZE, lambda _: None)
        count = instruction_ratio(interpreter, pair) if ratio.high < 1 else None
    except (MeasureError, CountError) as error:
        print(f"{name}: not measured: {error}", flush=True)
        return None
    gain = 1 - 1 / ratio.value
    print(f"{name}: {codes}: predicted {predicted:.1%}, measured {gain:.1%}", flush=True)
    return Result(name, codes, predicted, gain, ratio.low, ratio.high, reported, count)


def _fixed(text: str, scales: Scales) -> tuple[str, Sequence[Diagnostic]]:
    """The text after all fixes, unsafe ones too, and the findings whose fixes were applied."""

    def select(_: object, found: Sequence[Diagnostic]) -> list[Diagnostic]:
        return [each for each in found if pays(each, 0)]

    outcome = apply_fixes(
        SourceFile("loop.py", text.encode()),
        load_rules(),
        unsafe=True,
        select=select,
        lint=partial(lint, scales=scales),
    )
    return outcome.source.text, outcome.applied


def rank_correlation(results: Sequence[Result]) -> float:
    """Spearman's: how far the order of the predictions is that of the measurements."""
    predicted = ranks([result.predicted for result in results])
    gained = ranks([result.measured for result in results])
    return statistics.correlation(predicted, gained)


def ranks(values: Sequence[float]) -> list[float]:
    """The place of each value in their order; equal ones share the mean of their places."""
    places: dict[float, list[int]] = {}
    for place, value in enumerate(sorted(values), 1):
        places.setdefault(value, []).append(place)
    return [statistics.fmean(places[value]) for value in values]


def show(by_version: dict[str, list[Result]]) -> int:
    """Print the table of docs/evidence.md; 1 where a version's prediction is not good enough."""
    print("| CPython | loops | rank correlation | reported | of these slower |")
    print("|---|---|---|---|---|")
    good = True
    for version, results in by_version.items():
        reported = [result for result in results if result.reported]
        slower = [result.name for result in reported if result.is_slower]
        correlation = rank_correlation(results)
        good &= len(results) >= FEWEST and correlation >= LEAST_CORRELATION and not slower
        print(
            f"| {version} | {len(results)} | {correlation:.2f} | {len(reported)} "
            f"| {', '.join(slower) or 'none'} |"
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
