"""Print what checking takes beside ``compile()``, Ruff and flake8, from one run.

    python benchmarks/run.py [FOLDER] [--rounds N] [--growth]

FOLDER holds the Python files, by default the standard library of this interpreter without its
tests. It is copied to a temporary folder first, where ``.pyc`` files are made. The commands take
turns, so that a busy machine slows all of them: look at the ratios. Ruff and flake8 have to be
installed for this interpreter; without them their rows say so.
"""

from __future__ import annotations

import argparse
import compileall
import importlib.util
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from commands import LEFT_OUT, Median, Run, median, run  # noqa: E402
from growth import rows as growth_rows  # noqa: E402

BCLINT = (sys.executable, "-m", "bclint", "check", "--isolated", "--output-format", "concise")
RUFF = (sys.executable, "-m", "ruff", "check", "--isolated", "--select", "PERF", "--quiet")
FIXES = 10
LINES = 1_000
SECONDS_TO_FIX = 0.5


class Row(NamedTuple):
    """One line of the table: a command, and what it is held against."""

    name: str
    command: tuple[str, ...]
    measure: Callable[[Run], float]
    against: str = ""
    """The row that it is divided by; empty for those that only others are divided by."""
    ceiling: float = 0.0
    package: str = "bclint"


def cpu(result: Run) -> float:
    """Processor time, which other processes on the machine change little."""
    return result.cpu


def wall(result: Run) -> float:
    """Time on the clock, for what runs on several cores."""
    return result.wall


def printed(result: Run) -> float:
    """What the command measured itself."""
    return float(result.output)


def table(folder: Path, fixable: Path) -> Iterator[Row]:
    """The rows, in the order that they run in."""
    path, cold = str(folder), ("--no-cache",)
    yield Row("compile() alone", (sys.executable, str(HERE / "floor.py"), path), printed)
    one = (*BCLINT, "--jobs", "1", *cold)
    yield Row("one process, no .pyc", (*one, "--no-pyc", path), cpu, "compile() alone", 1.5)
    yield Row("one process, .pyc", (*one, path), cpu, "compile() alone", 0.8)
    yield Row("Ruff, no cache", (*RUFF, "--no-cache", path), wall, package="ruff")
    yield Row(
        "two processes, .pyc", (*BCLINT, "--jobs", "2", *cold, path), wall, "Ruff, no cache", 4.0
    )
    cache = str(folder.parent / "caches" / "ruff")
    yield Row("Ruff, cache", (*RUFF, "--cache-dir", cache, path), wall, package="ruff")
    cache = str(folder.parent / "caches" / "bclint")
    yield Row("nothing changed", (*BCLINT, "--cache-dir", cache, path), wall, "Ruff, cache", 2.0)
    flake8 = (sys.executable, "-m", "flake8", "--isolated", "--select", "F", "-j", "2", path)
    yield Row("flake8, two processes", flake8, wall, "Ruff, no cache", package="flake8")
    yield Row("python -I -c pass", (sys.executable, "-I", "-c", "pass"), cpu)
    version = (sys.executable, "-m", "bclint", "--version")
    yield Row("--version", version, cpu, "python -I -c pass", 3.0)
    fix = (*BCLINT, "--fix", "--no-cache", str(fixable))
    yield Row(f"--fix, {LINES} lines, {FIXES} fixes", fix, wall, ceiling=SECONDS_TO_FIX)


def write_fixable(path: Path) -> None:
    """A module of `LINES` lines with `FIXES` findings that have safe fixes."""
    slow = (
        "def slow_{0}(rows):\n    out = []\n    for row in rows:\n"
        "        out.append(row + 1)\n    return out\n"
    )
    plain = "def plain_{0}(a, b):\n    return a + b * {0}\n"
    parts = [slow.format(number) for number in range(FIXES)]
    count = (LINES - 5 * FIXES) // 2
    path.write_text("".join([*parts, *(plain.format(number) for number in range(count))]))


def measured(rows: Sequence[Row], rounds: int, folder: Path, fixable: Path) -> dict[str, list[Run]]:
    """The runs of each row: in every round each command once, after one round to warm up."""
    # As an installed bclint has them, its own modules are compiled once, in the first round.
    environment = {"PYTHONPATH": ":".join(_search_path()), "PYTHONDONTWRITEBYTECODE": ""}
    found: dict[str, list[Run]] = {row.name: [] for row in rows}
    for number in range(rounds + 1):
        for row in rows:
            write_fixable(fixable)
            result = run(row.command, folder, environment)
            if number:
                found[row.name].append(result)
    return found


def _search_path() -> list[str]:
    return [str(HERE.parent), str(HERE.parent / "rules")]


def lines(rows: Sequence[Row], runs: dict[str, list[Run]]) -> Iterator[str]:
    """The table as text."""
    medians = {row.name: median([row.measure(each) for each in runs[row.name]]) for row in rows}
    yield "| run | median (least to most) | ratio | at most |"
    yield "|---|---|---|---|"
    for row in rows:
        ratio = _ratio(medians[row.name], medians.get(row.against))
        yield f"| {row.name} | {medians[row.name]} | {ratio} | {row.ceiling or ''} |"
    peak = max(each.peak for row in rows if row.package == "bclint" for each in runs[row.name])
    yield f"\nThe largest process of bclint took {peak / 1e6:.0f} MB."


def _ratio(one: Median, other: Median | None) -> str:
    return f"{one.middle / other.middle:.2f}" if other and other.middle else ""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=None)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", action="store_true", help="how time grows with size, instead")
    options = parser.parse_args()
    if options.growth:
        print("| of | count | seconds | µs each |\n|---|---|---|---|")
        for name, size, taken in growth_rows():
            print(f"| {name} | {size} | {taken:.3f} | {taken / size * 1e6:.0f} |", flush=True)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "files")
        ignored = shutil.ignore_patterns(*LEFT_OUT, "*.so")
        library = options.folder or Path(sysconfig.get_path("stdlib"))
        shutil.copytree(library, folder, ignore=ignored, ignore_dangling_symlinks=True)
        compileall.compile_dir(folder, quiet=2, workers=2)
        # Folders of their own, so that nothing changes around the files between two runs.
        Path(temporary, "caches").mkdir()
        fixable = Path(temporary, "fixable", "fixable.py")
        fixable.parent.mkdir()
        rows = [row for row in table(folder, fixable) if importlib.util.find_spec(row.package)]
        for line in lines(rows, measured(rows, options.rounds, folder.parent, fixable)):
            print(line)
        for missing in sorted({"ruff", "flake8"} - {row.package for row in rows}):
            print(f"{missing} is not installed for {sys.executable}.")


if __name__ == "__main__":
    main()
