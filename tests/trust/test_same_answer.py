"""One answer, whatever of a run has nothing to do with the code that is checked."""

from __future__ import annotations

import compileall
import os
import random
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bclint.engine.processes import LITTLE
from tests.trust.conftest import SLOW, Ran, run_process

MODULES = ("difflib", "textwrap", "shlex", "bisect", "copy")
STDLIB = Path(os.__file__).parent


@pytest.fixture
def project(folder: Path) -> list[str]:
    """Real code, comments that silence, files that cannot be checked; its files' names."""
    for name in MODULES:
        (folder / f"{name}.py").write_bytes((STDLIB / f"{name}.py").read_bytes())
    (folder / "below").mkdir()
    silenced = SLOW.replace(b"(point)\n", b"(point)  # noqa: BCL102, BCL101\n")
    (folder / "below" / "silenced.py").write_bytes(silenced)
    (folder / "below" / "slow.py").write_bytes(SLOW)
    (folder / "below" / "broken.py").write_bytes(b"def f(:\n")
    (folder / "below" / "crlf.py").write_bytes(SLOW.replace(b"\n", b"\r\n"))
    for number in range(3):
        padding = b"# " + b"x" * 100_000 + b"\n"
        (folder / "below" / f"long{number}.py").write_bytes(SLOW + padding)
    paths = sorted(folder.rglob("*.py"))
    assert sum(path.stat().st_size for path in paths) > LITTLE  # several processes take part
    return [str(path.relative_to(folder)) for path in paths]


def check(*arguments: str, seed: str = "0", cache: str | None = None) -> Ran:
    environment = {"PYTHONHASHSEED": seed, "BCLINT_NO_CACHE": "" if cache else "1"}
    if cache:
        environment["XDG_CACHE_HOME"] = cache
    command = [sys.executable, "-m", "bclint", "--output-format", "concise", "--min-gain", "1"]
    return run_process([*command, *arguments], environment)


def test_whatever_a_run_is_like(
    folder: Path, tmp_path: Path, project: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = check("--jobs", "1", "--no-pyc")
    assert wanted.status == 2
    assert wanted.out.count("BCL") > 5
    assert len(wanted.errors) == 1
    shuffled = list(project)
    random.Random(1).shuffle(shuffled)
    assert check("--jobs", "3", seed="1") == wanted
    assert check("--jobs", "2", *shuffled, seed="2") == wanted
    assert check("--jobs", "1", *reversed(project), *project, seed="random") == wanted
    cache = str(tmp_path / "mine")
    assert check("--jobs", "2", cache=cache) == wanted
    assert check("--jobs", "1", seed="3", cache=cache) == wanted
    monkeypatch.chdir(tmp_path)
    elsewhere = check("--jobs", "2", "project")
    assert elsewhere.out.replace("project/", "") == wanted.out
    assert elsewhere.err.replace("project/", "") == wanted.err


def test_with_compiled_files(folder: Path, project: Sequence[str]) -> None:
    wanted = check("--no-pyc")
    compileall.compile_dir(folder, quiet=2)
    assert list(folder.rglob("*.pyc"))
    assert check() == wanted


def test_fixes(folder: Path, tmp_path: Path, project: Sequence[str]) -> None:
    """The same bytes, in whatever order and by how many they were worked out."""
    outcomes = []
    for seed, jobs in (("0", "1"), ("1", "2")):
        copy = tmp_path / f"copy{seed}"
        shutil.copytree(folder, copy)
        arguments = ("--fix", "--unsafe-fixes", "--jobs", jobs, str(copy))
        ran = check(*arguments, seed=seed)
        files = {path.relative_to(copy): path.read_bytes() for path in copy.rglob("*.py")}
        outcomes.append((ran.out.replace(str(copy), ""), ran.err.replace(str(copy), ""), files))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][2][Path("below/slow.py")] != SLOW
