"""Source distributions from PyPI, and the environment that they are installed into."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

from tests.projects.projects import Project

_QUIET = ("--quiet", "--disable-pip-version-check")


def make_environment(folder: Path) -> Path:
    """A virtual environment of the running Python with pytest; returns its interpreter.

    One that is there already is used again.
    """
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install(python, ["pytest"])
    return python


def install(python: Path, requirements: Sequence[str]) -> None:
    """Install with pip. Raises `subprocess.CalledProcessError`."""
    subprocess.run([python, "-m", "pip", "install", *_QUIET, *requirements], check=True)


def source_distribution(project: Project, python: Path, folder: Path) -> Path:
    """The archive of the pinned version below `folder`, downloaded unless it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    found = _archives(project, folder)
    if not found:
        command = [
            str(python),
            "-m",
            "pip",
            "download",
            *_QUIET,
            "--no-deps",
            "--dest",
            str(folder),
        ]
        command += ["--no-binary", project.name, project.requirement]
        subprocess.run(command, check=True)
        found = _archives(project, folder)
    return found[0]


def _archives(project: Project, folder: Path) -> list[Path]:
    stem = project.name.replace("-", "[-_]")
    return sorted(folder.glob(f"{stem}-{project.version}.tar.gz"))


def unpack(archive: Path, folder: Path) -> Path:
    """The root of the distribution, unpacked below `folder`."""
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    (root,) = folder.iterdir()
    return root
