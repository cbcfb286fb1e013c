"""The command: what to look at, with which interpreter, and how it went."""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bclint_rules import PACK
from tests.corpus.examine import examine
from tests.corpus.files import python_files, sample, standard_library, unpacked
from tests.corpus.outcome import Outcome
from tests.corpus.table import table


def main(arguments: Sequence[str], description: str) -> int:
    """Do what `arguments` ask for; returns the exit status."""
    options = _parser(description).parse_args(arguments)
    if options.python:
        return _elsewhere(options)
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        results = [
            _check(name, Path(folder) / str(number), options)
            for number, name in enumerate(options.what or [str(standard_library())])
        ]
    return 0 if all(results) else 1


def _parser(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", help="a folder, a file or a PyPI requirement")
    parser.add_argument("--python", action="append", help="run with this interpreter; repeatable")
    parser.add_argument("--every", type=int, default=1, help="check one file in EVERY")
    parser.add_argument(
        "--limit", type=float, default=60, help="computing seconds a file, 0 for none"
    )
    parser.add_argument("--no-fixes", action="store_true", help="check the findings only")
    parser.add_argument("--quiet", action="store_true", help="no failures before the table")
    return parser


def _elsewhere(options: argparse.Namespace) -> int:
    script = Path(__file__).with_name("run.py")
    rest = [f"--every={options.every}", f"--limit={options.limit}"]
    rest += ["--quiet"] * options.quiet + ["--no-fixes"] * options.no_fixes
    statuses = [
        subprocess.run([python, script, *rest, *options.what]).returncode
        for python in options.python
    ]
    return max(statuses)


def _check(name: str, folder: Path, options: argparse.Namespace) -> bool:
    """Whether everything that `name` stands for is as it should be."""
    given = Path(name)
    place = given if given.exists() else unpacked(name, folder)
    paths = sample(list(python_files(place)), options.every)
    outcomes = list(_outcomes(paths, options))
    title = f"{name} on Python {platform.python_version()}"
    if options.every > 1:
        title += f", one file in {options.every}"
    names = {rule.code: rule.name for rule in PACK.rules}
    print("\n".join(table(title, outcomes, names)), flush=True)
    # A corpus without files is a mistake, not a success.
    return bool(outcomes) and not any(outcome.failures for outcome in outcomes)


def _outcomes(paths: Sequence[Path], options: argparse.Namespace) -> Iterator[Outcome]:
    for path in paths:
        outcome = examine(path, PACK.rules, options.limit, fixes=not options.no_fixes)
        if not options.quiet:
            for failure in outcome.failures:
                print(failure, file=sys.stderr, flush=True)
        yield outcome
