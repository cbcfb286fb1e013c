"""The command: mutants of some files, and whether the tests that are about them fail."""

from __future__ import annotations

import argparse
import difflib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.mutation.mutants import Mutant, sample

ROOT = Path(__file__).resolve().parent.parent.parent
TESTS = {
    "bclint/dataflow": ("dataflow", "rules", "differential/test_corners.py"),
    "bclint/fix": ("fix", "rules", "differential/test_corners.py"),
}
"""Which tests are about a folder, those that fail soonest first."""
MOST_SECONDS = 400.0
"""Of one run of the tests; a mutant that takes longer hangs, and is killed by that."""


def main(arguments: Sequence[str], description: str) -> int:
    """Try what `arguments` ask for; returns the exit status."""
    options = _parser(description).parse_args(arguments)
    paths = [path for folder in TESTS for path in sorted((ROOT / folder).rglob("*.py"))]
    mutants = list(enumerate(sample(paths, options.sample, options.seed)))
    wanted = {int(number) for number in options.only.split(",") if number}
    mutants = [each for each in mutants if not wanted or each[0] in wanted]
    with tempfile.TemporaryDirectory(prefix="bclint-mutation-") as folder:
        copy = Path(folder) / "bclint"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        if not wanted and not all(_passes(copy, tests) for tests in TESTS.values()):
            print("the tests fail without any mutant", file=sys.stderr)
            return 2
        survivors = [number for number, mutant in mutants if not _is_killed(copy, number, mutant)]
    killed, tried = len(mutants) - len(survivors), len(mutants)
    low, high = interval(killed, tried)
    print(f"{killed} of {tried} mutants killed: {killed / tried:.1%} ({low:.1%} to {high:.1%})")
    print(f"survivors: {','.join(map(str, survivors)) or 'none'}")
    return 1 if killed < options.least * tried else 0


def _parser(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=200, help="how many mutants")
    parser.add_argument("--seed", type=int, default=0, help="other mutants")
    parser.add_argument("--only", default="", help="numbers of the sample, as in 3,17")
    parser.add_argument("--least", type=float, default=0.85, help="the share to be killed")
    return parser


def _is_killed(copy: Path, number: int, mutant: Mutant) -> bool:
    """Whether a test fails; what survives is printed as the change that it is."""
    relative = mutant.path.relative_to(ROOT)
    target = copy / relative
    original = target.read_text(encoding="utf-8")
    tests = next(tests for folder, tests in TESTS.items() if relative.is_relative_to(folder))
    target.write_text(mutant.source, encoding="utf-8")
    started = time.monotonic()
    try:
        killed = not _passes(copy, tests)
    finally:
        target.write_text(original, encoding="utf-8")
    end = "killed" if killed else "SURVIVED"
    seconds = time.monotonic() - started
    print(f"{number} {relative}:{mutant.place[0]} {mutant.operator}: {end}, {seconds:.0f} s")
    if not killed:
        print("\n".join(_changed_lines(original, mutant.source)))
    sys.stdout.flush()
    return killed


def _passes(copy: Path, tests: Sequence[str]) -> bool:
    path = os.pathsep.join(
        [str(copy), str(copy / "rules"), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    )
    quiet = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *quiet, *(f"tests/{each}" for each in tests)],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _changed_lines(original: str, mutated: str) -> list[str]:
    lines = difflib.unified_diff(original.splitlines(), mutated.splitlines(), n=0, lineterm="")
    return [f"    {line}" for line in lines if not line.startswith(("---", "+++", "@@"))]


def interval(successes: int, tried: int) -> tuple[float, float]:
    """Wilson's interval, in which the share of all lies 95 times of 100."""
    z = 1.96
    share = successes / tried
    middle = (share + z * z / (2 * tried)) / (1 + z * z / tried)
    spread = z / (1 + z * z / tried)
    spread *= (share * (1 - share) / tried + z * z / (4 * tried * tried)) ** 0.5
    return middle - spread, middle + spread
