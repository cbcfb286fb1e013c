"""The files of a corpus: folders, the standard library, and packages from PyPI."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

_NOT_OURS = frozenset({"site-packages", "dist-packages"})


def standard_library() -> Path:
    """The folder of the running interpreter's library, its tests included where it has them."""
    return Path(sysconfig.get_path("stdlib"))


def python_files(place: Path) -> Iterator[Path]:
    """Every Python file below a folder, in a fixed order, without installed packages."""
    if place.is_file():
        yield place
        return
    for path in sorted(place.rglob("*.py")):
        if not _NOT_OURS.intersection(path.relative_to(place).parts) and path.is_file():
            yield path


def unpacked(requirement: str, folder: Path) -> Path:
    """The files of a package from PyPI below `folder`; nothing of it is built or executed.

    Wheels only: a source distribution would run code of its own to name its version.
    """
    wheels = folder / "wheels"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--only-binary", ":all:", "--dest", str(wheels)]
    subprocess.run([*pip, *options, requirement], check=True)
    target = folder / "files"
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(target)
    return target


def sample(paths: Sequence[Path], every: int) -> Sequence[Path]:
    """One file in `every`, from the middle of each stretch."""
    return paths[every // 2 :: every]
