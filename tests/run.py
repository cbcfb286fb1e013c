#!/usr/bin/env python3
"""Run every check of bclint in a fresh virtual environment; needs Python 3.11+ and nothing else.

    python3 tests/run.py             with this interpreter
    python3 tests/run.py --all       with every supported version that is found
    python3 tests/run.py -k source   further arguments go to pytest

Interpreters are looked for in BCLINT_PYTHONS (folders or interpreters, separated as in PATH); if
that is not set, on PATH, in /opt/*/bin, and among pyenv's versions.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUPPORTED = ((3, 11), (3, 12), (3, 13), (3, 14), (3, 15))

Version = tuple[int, int]


def main(arguments: Sequence[str]) -> int:
    """Run what `arguments` ask for; returns the exit status."""
    if arguments and arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    if "--all" not in arguments:
        return 0 if check(Path(sys.executable), arguments, newest=True) else 1
    interpreters = find_interpreters()
    report_versions(interpreters)
    if not interpreters:
        return 1
    rest = [argument for argument in arguments if argument != "--all"]
    newest = max(interpreters)
    failed = [
        version
        for version, path in sorted(interpreters.items())
        if not check(path, rest, newest=version == newest)
    ]
    print(f"\nfailed: {show(failed)}" if failed else f"\npassed: {show(interpreters)}")
    return 1 if failed else 0


def report_versions(found: dict[Version, Path]) -> None:
    """Say which versions are tested, and loudly which are not."""
    for version in SUPPORTED:
        print(f"{show([version])}: {found.get(version, 'MISSING, not tested')}", flush=True)
    if not found:
        print("no supported version of Python was found; see tests/run.py --help", file=sys.stderr)


def find_interpreters() -> dict[Version, Path]:
    """One interpreter for each supported version, the first that answers to its name."""
    found: dict[Version, Path] = {}
    for candidate in candidates():
        if set(SUPPORTED) <= set(found):
            break
        version = version_of(candidate)
        if version in SUPPORTED:
            found.setdefault(version, candidate)
    return found


def candidates() -> Iterator[Path]:
    """Files that may be interpreters, the most explicit place first."""
    given = os.environ.get("BCLINT_PYTHONS")
    if given:
        places = [Path(entry).expanduser() for entry in given.split(os.pathsep) if entry]
    else:
        places = [Path(entry) for entry in os.get_exec_path() if entry]
        places += sorted(Path("/opt").glob("*/bin"))
        places += sorted(Path("~/.pyenv/versions").expanduser().glob("*/bin"), reverse=True)
    for place in places:
        if place.is_file():
            yield place
            continue
        for major, minor in SUPPORTED:
            path = place / f"python{major}.{minor}"
            if path.is_file():
                yield path


def version_of(path: Path) -> Version | None:
    """The version that an interpreter says it has; None where it does not run or is no CPython."""
    question = "import sys; print(sys.implementation.name, *sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [path, "-I", "-c", question], capture_output=True, text=True, timeout=60, check=True
        ).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return None
    return (int(answer[1]), int(answer[2])) if answer[:1] == ["cpython"] else None


def check(interpreter: Path, arguments: Sequence[str], *, newest: bool) -> bool:
    """Whether all checks pass in a fresh environment of `interpreter`.

    What does not depend on the version, types and style, is checked on the newest alone.
    """
    print(f"\n=== {interpreter}", flush=True)
    with tempfile.TemporaryDirectory(prefix="bclint-") as folder:
        try:
            python = make_environment(interpreter, Path(folder) / "venv")
        except subprocess.CalledProcessError as error:
            print(f"cannot make an environment: {error}", file=sys.stderr)
            return False
        commands = [["pytest", "-q", "-n", "2", *arguments]]
        if newest:
            commands += [["mypy"], ["ruff", "check"], ["ruff", "format", "--check"], ["bclint"]]
        # All of them, even after a failure: one run shows everything that is to be mended.
        results = [run(python, "-m", *command) for command in commands]
        return all(results)


def make_environment(interpreter: Path, folder: Path) -> Path:
    """Make a virtual environment with bclint and what its tests need; returns its interpreter.

    Debian may ship Python without ensurepip; the pip that runs outside then installs into it.
    """
    has_pip = subprocess.run([interpreter, "-c", "import ensurepip"], capture_output=True)
    options = [] if has_pip.returncode == 0 else ["--without-pip"]
    subprocess.run([interpreter, "-m", "venv", *options, folder], check=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if options and not importlib.util.find_spec("pip"):
        print("neither ensurepip nor pip is there: apt install python3-venv", file=sys.stderr)
    target = ["--python", str(python)] if options else []
    pip = [sys.executable if options else str(python), "-m", "pip", *target]
    quiet = ["--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", *quiet, "--editable", f"{ROOT}[test]"], check=True)
    return python


def run(python: Path, *command: str) -> bool:
    """Whether a command passes in the repository's folder."""
    print(f"\n$ python {' '.join(command)}", flush=True)
    return subprocess.run([python, *command], cwd=ROOT).returncode == 0


def show(versions: Sequence[Version] | dict[Version, Path]) -> str:
    """Versions as people write them."""
    return ", ".join(f"{major}.{minor}" for major, minor in sorted(versions))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
