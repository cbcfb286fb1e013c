"""What bclint's plugin adds to flake8's time on the same files.

    python benchmarks/flake8_overhead.py                     the standard library's own modules
    python benchmarks/flake8_overhead.py --rounds 9 -j 2 src

Runs flake8 without and with the plugin in turns, and prints the medians of both, and median and
range of the ratios of neighbouring runs. Processor time counts: it depends less on what else the
machine does than the time on the clock, which is printed too. Needs flake8 and bclint installed.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

FLAKE8 = ("flake8", "pycodestyle", "pyflakes", "mccabe")
OURS = ("bclint", "bclint_rules")


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of one run."""

    processor: float
    clock: float


def main(arguments: Sequence[str]) -> int:
    """Measure and print; returns the exit status."""
    options = parse(arguments)
    files = (options.paths or standard_library())[:: options.every]
    with tempfile.TemporaryDirectory(prefix="bclint-") as folder:
        plain, plugged = Path(folder) / "plain", Path(folder) / "plugged"
        make_packages(plain, FLAKE8)
        make_packages(plugged, FLAKE8 + OURS)
        if "bclint" in flake8_version(plain) or "bclint" not in flake8_version(plugged):
            raise SystemExit("flake8 does not run bclint's plugin: nothing would be compared")
        for packages in (plain, plugged):  # what is compiled once is not to count
            run(packages, options.jobs, files[:1])
        pairs = []
        for number in range(options.rounds):
            pair = run(plain, options.jobs, files), run(plugged, options.jobs, files)
            pairs.append(pair)
            print(f"{number + 1}: {pair[0].processor:.2f} s, {pair[1].processor:.2f} s", flush=True)
    report(pairs, files, options.jobs)
    return 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", help="files and folders (default: standard library)")
    parser.add_argument("--every", type=int, default=1, help="take one path in so many")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each (default: 5)")
    parser.add_argument("-j", "--jobs", type=int, default=1, help="flake8's processes (default: 1)")
    return parser.parse_args(arguments)


def standard_library() -> list[str]:
    """The modules at the top of the running interpreter's standard library."""
    return [str(path) for path in sorted(Path(os.__file__).parent.glob("*.py")) if path.is_file()]


def make_packages(folder: Path, names: Sequence[str]) -> None:
    """Fill `folder` with links to installed packages, as an environment that has no others."""
    folder.mkdir()
    for name in names:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise SystemExit(f"{name} is not installed")
        origin = Path(spec.origin)
        target = origin.parent if origin.name == "__init__.py" else origin
        (folder / target.name).symlink_to(target)
        if name != "bclint_rules":  # a part of bclint's own distribution
            copy_metadata(folder, name)


def copy_metadata(folder: Path, name: str) -> None:
    """Write what says which plugins the distribution `name` has."""
    installed = distribution(name)
    metadata = folder / f"{name}-{installed.version}.dist-info"
    metadata.mkdir()
    for file in ("METADATA", "entry_points.txt"):
        text = installed.read_text(file)
        if text is not None:
            (metadata / file).write_text(text, encoding="utf-8")


def flake8_version(packages: Path) -> str:
    """What flake8 says of itself and the plugins that it has in one folder."""
    command = [sys.executable, "-S", "-m", "flake8", "--version"]
    environment = {**os.environ, "PYTHONPATH": str(packages)}
    done = subprocess.run(command, env=environment, cwd=packages.parent, capture_output=True)
    return done.stdout.decode(errors="replace")


def run(packages: Path, jobs: int, files: Sequence[str]) -> Times:
    """Run flake8 with the packages of one folder alone over `files`."""
    command = [sys.executable, "-S", "-m", "flake8", "--isolated", "-j", str(jobs), *files]
    environment = {**os.environ, "PYTHONPATH": str(packages)}
    before, start = processor_time(), time.perf_counter()
    done = subprocess.run(command, env=environment, cwd=packages.parent, capture_output=True)
    clock = time.perf_counter() - start
    if done.returncode not in (0, 1) or done.stderr:
        raise SystemExit(f"flake8 failed: {done.stderr.decode(errors='replace')}")
    return Times(processor_time() - before, clock)


def processor_time() -> float:
    """Seconds that all ended child processes have computed."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def report(pairs: Sequence[tuple[Times, Times]], files: Sequence[str], jobs: int) -> None:
    """Print what came out."""
    version = ".".join(map(str, sys.version_info[:3]))
    print(f"flake8 -j {jobs}, {len(files)} paths, CPython {version}, {len(pairs)} rounds")
    for unit in ("processor", "clock"):
        plain = [getattr(pair[0], unit) for pair in pairs]
        plugged = [getattr(pair[1], unit) for pair in pairs]
        ratios = [with_it / without for without, with_it in zip(plain, plugged, strict=True)]
        print(
            f"{unit:>9}: {statistics.median(plain):.2f} s without, "
            f"{statistics.median(plugged):.2f} s with, ratio {statistics.median(ratios):.3f} "
            f"({min(ratios):.3f} to {max(ratios):.3f})"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
