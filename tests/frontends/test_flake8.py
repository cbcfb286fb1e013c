"""The plugin under the real flake8: the same findings at the same places as bclint's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SLOW = """\
import math


def f(xs):
    "é日本🎈"
    for x in xs:
        "é日本🎈", math.sqrt(x)
        if x in [xs, f]:
            math.sqrt(x)  # noqa: BCL103
"""
QUIET = "# bclint: skip-file\n" + SLOW


def run(module: str, *arguments: str, text: str | None = None) -> list[str]:
    """The lines that a module prints, run as a command."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a slow file in a package, and one that is skipped."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONUTF8", "1")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "slow.py").write_text(SLOW, encoding="utf-8")
    (tmp_path / "package" / "quiet.py").write_text(QUIET, encoding="utf-8")
    return tmp_path


def ours(*arguments: str) -> list[str]:
    """Bclint's own findings in flake8's form."""
    lines = run("bclint", "--output-format", "concise", "-q", *arguments)
    return sorted(line for line in lines if "BCL" in line)


def test_findings_are_the_same(folder: Path) -> None:
    found = sorted(run("flake8", "--select", "BCL", "-j", "2", "package"))
    assert found == ours("package")
    assert any(":7:17: BCL102" in line for line in found)
    assert len(found) >= 2


def test_standard_input(folder: Path) -> None:
    found = run("flake8", "--select=BCL", "-", text=SLOW)
    assert [line.partition(":")[2] for line in sorted(found)] == [
        line.partition(":")[2] for line in sorted(ours("package"))
    ]


def test_flake8_selects_and_suppresses(folder: Path) -> None:
    assert run("flake8", "--select=BCL102", "--per-file-ignores=slow.py:BCL102", "package") == []
    path = folder / "package" / "slow.py"
    path.write_text(SLOW.replace("math.sqrt(x)\n", "math.sqrt(x)  # noqa\n"), encoding="utf-8")
    without = run("flake8", "--select=BCL102", "package")
    assert run("flake8", "--select=BCL102", "--disable-noqa", "package") != without


@pytest.mark.parametrize("file", ["setup.cfg", "tox.ini", ".flake8"])
def test_the_threshold_is_an_option_of_flake8(folder: Path, file: str) -> None:
    (folder / file).write_text("[flake8]\nbclint-min-gain = 100\n")
    assert run("flake8", "--select=BCL102", "package") == []


def test_pyproject_is_read_too(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.bclint]\nignore = ["BCL102"]\n')
    assert run("flake8", "--select=BCL102", "package") == []


@pytest.mark.skipif(os.name == "nt", reason="files with other encodings are read by flake8 itself")
def test_other_encodings(folder: Path) -> None:
    text = "# coding: latin-1\n" + SLOW.replace("日本🎈", "")
    (folder / "package" / "slow.py").write_bytes(text.encode("latin-1"))
    assert sorted(run("flake8", "--select", "BCL", "package")) == ours("package")
