"""The plugin under the real flake8: the same findings at the same places as bclint's own."""

from __future__ import annotations

import csv
import difflib
import fractions
import statistics
import subprocess
import sys
import textwrap
import tokenize
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from flake8.main.cli import main

from tests.frontends.conftest import Ran

Run = Callable[..., list[str]]

SLOW = """\
import math


def f(xs):
    "é日本🎈"
    for x in xs:
        "é日本🎈", math.sqrt(x)
"""
SILENCED = SLOW.replace("math.sqrt(x)", "math.sqrt(x)  # noqa")
FOUND = ":7:17: BCL102 `math.sqrt` is looked up on every iteration"
REAL = (csv, difflib, fractions, statistics, textwrap, tokenize)


@pytest.fixture
def flake8(capfd: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """Run flake8 in this process; what it prints comes in bclint's order, with bclint's paths."""

    def run(*arguments: str) -> list[str]:
        status = main(["-j", "1", *arguments])
        out, err = capfd.readouterr()
        lines = out.splitlines()
        assert err == ""
        assert status == bool(lines)
        return sorted(line.removeprefix("./") for line in lines)

    return run


def flake8_alone(*arguments: str, text: str | None = None) -> list[str]:
    """Run flake8 in a process of its own, which more processes and standard input need."""
    command = [sys.executable, "-m", "flake8", *arguments]
    done = subprocess.run(
        command, input=text, capture_output=True, encoding="utf-8", check=False, timeout=120
    )
    assert done.stderr == ""
    return sorted(line.removeprefix("./") for line in done.stdout.splitlines())


@pytest.fixture
def findings(bclint: Callable[..., Ran]) -> Callable[..., list[str]]:
    """What bclint itself prints."""

    def run(*arguments: str) -> list[str]:
        ran = bclint("--output-format", "concise", "-q", *arguments)
        assert ran.err == ""
        return sorted(ran.out.splitlines())

    return run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one slow file in a package."""
    monkeypatch.setenv("PYTHONUTF8", "1")
    write("package/slow.py", SLOW)
    return tmp_path


def write(path: str, text: str, encoding: str = "utf-8") -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(text.encode(encoding))


def source_of(module: ModuleType) -> str:
    assert module.__file__
    return module.__file__


def test_real_files_in_two_processes(findings: Run) -> None:
    files = [source_of(module) for module in REAL]
    found = flake8_alone("--isolated", "--bclint-isolated", "--select", "BCL", "-j", "2", *files)
    assert len(found) > 3
    assert found == findings("--isolated", *files)


def test_a_folder_with_everything_in_it(folder: Path, flake8: Run, findings: Run) -> None:
    """Comments, encodings and newlines, and what settings and .gitignore leave out."""
    write("skipped.py", "# bclint: skip-file\n" + SLOW)
    write("silenced.py", SILENCED)
    write("other_code.py", SILENCED.replace("noqa", "noqa: BCL2, E1"))
    write("last_line.py", SILENCED.replace("math.", "math.\\\n  "))
    write("mark.py", "\ufeff" + SLOW)
    write("windows.py", SLOW.replace("\n", "\r\n"))
    write("latin.py", "# coding: latin-1\n" + SLOW.replace("日本🎈", ""), "latin-1")
    write("generated/slow.py", SLOW)
    write("ignored/slow.py", SLOW)
    write("build/slow.py", SLOW)
    write("nested/slow.py", SLOW)
    write(".gitignore", "ignored\n")
    write(
        "pyproject.toml",
        '[tool.bclint]\nextend-exclude = ["generated"]\nmin-gain = 1\n'
        '[tool.bclint.per-file-ignores]\n"mark.py" = ["BCL102"]\n',
    )
    write("nested/pyproject.toml", '[tool.bclint]\nignore = ["BCL102"]\n')
    found = flake8_alone("--select=BCL", "-j", "2")
    assert found == findings(".")
    files = {line.partition(":")[0] for line in found if "BCL102" in line}
    assert files == {"other_code.py", "windows.py", "latin.py", "package/slow.py"}
    # What is named outright counts, for both of them.
    named = flake8("--select=BCL", "generated", "build/slow.py")
    assert named == findings("generated", "build/slow.py")
    assert len(named) == 2


def test_standard_input(folder: Path) -> None:
    assert flake8_alone("--select=BCL", "-", text=SLOW) == [f"stdin{FOUND}"]
    write("pyproject.toml", '[tool.bclint.per-file-ignores]\n"tests" = ["BCL1"]\n')
    # What the editor holds counts, not what the file of that name does.
    arguments = ("--select=BCL", "--stdin-display-name")
    assert flake8_alone(*arguments, "package/slow.py", "-", text="\n" + SLOW) == [
        f"package/slow.py{FOUND.replace(':7:', ':8:')}"
    ]
    assert flake8_alone(*arguments, "tests/x.py", "-", text=SLOW) == []


def test_flake8_selects_suppresses_and_prints(folder: Path, flake8: Run) -> None:
    long = "# too long for a comment\n"
    write("silenced.py", SILENCED + long)
    write("package/slow.py", SLOW + long)
    write(".flake8", "[flake8]\nmax-line-length = 23\nper-file-ignores = package/*: E501\n")
    assert flake8() == [
        f"package/slow.py{FOUND}",
        "silenced.py:8:24: E501 line too long (24 > 23 characters)",
    ]
    shown = f"package/slow.py{FOUND}"
    assert flake8("--select=BCL102", "--disable-noqa") == [shown, f"silenced.py{FOUND}"]
    assert flake8("--select=BCL102", "--per-file-ignores=package/*:BCL102") == []
    assert flake8("--extend-ignore=BCL102", "package") == []
    assert flake8("--select=BCL", "--format=%(code)s %(row)d %(col)d", "package") == ["BCL102 7 17"]


@pytest.mark.parametrize("file", ["setup.cfg", "tox.ini", ".flake8"])
def test_settings_of_bclint_are_options_of_flake8(folder: Path, file: str, flake8: Run) -> None:
    write(file, "[flake8]\nbclint-min-gain = 100\n")
    assert flake8("--select=BCL102", "package") == []
    assert flake8("--select=BCL102", "--bclint-min-gain=0", "package") != []


def test_the_baseline_of_pyproject_holds(folder: Path, flake8: Run, findings: Run) -> None:
    assert flake8("--select=BCL", "package") != []
    assert findings("--write-baseline", "base.json", "package") == []
    write("pyproject.toml", '[tool.bclint]\nbaseline = "base.json"\n')
    assert flake8("--select=BCL", "package") == []
    write("base.json", "no baseline")
    assert "is no baseline" in flake8("--select=BCL", "package")[0]


def test_which_pyproject_counts(folder: Path, flake8: Run) -> None:
    write("pyproject.toml", '[tool.bclint]\nignore = ["BCL102"]\n')
    write("other.toml", "[tool.bclint]\n")
    assert flake8("--select=BCL") == []
    assert flake8("--select=BCL", "--bclint-isolated") == [f"package/slow.py{FOUND}"]
    write("setup.cfg", "[flake8]\nbclint-config = other.toml\n")
    assert flake8("--select=BCL") == [f"package/slow.py{FOUND}"]


def test_settings_that_cannot_be_used_are_one_line(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write("pyproject.toml", "[tool.bclint]\nselct = 1\n")
    assert main(["package"]) == 1
    line = "pyproject.toml:2:1: `tool.bclint` has no key `selct`; did you mean `select`?"
    out, err = capfd.readouterr()
    assert out.splitlines()[1:] == [f"bclint: {line}"]
    assert err == ""
    with pytest.raises(SystemExit):
        main(["--bclint-isolated", "--bclint-min-gain=x", "package"])
    err = capfd.readouterr().err
    assert err.endswith("--bclint-min-gain: `x` is no percentage from 0 to 100\n")
    assert main(["--bclint-isolated", "--bclint-target=3.11,2.7", "package"]) == 1
    assert capfd.readouterr().out.splitlines()[1:] == [
        "bclint: `2.7` is no version of CPython such as `3.15`"
    ]


def test_what_cannot_be_done_costs_no_other_file(folder: Path, flake8: Run) -> None:
    write("below/pyproject.toml", "[tool.bclint]\nselct = 1\n")
    write("below/slow.py", SLOW)
    write("ascii.py", f"# coding: ascii\n{SLOW}")
    write("unknown.py", "# coding: klingon\nprint()\n")
    write("outside.py", "return 1\n")
    write("syntax.py", "def f(:\n")
    found = flake8("--select=BCL")
    assert found == [
        "ascii.py:6:1: BCL999 cannot be decoded as ascii",
        "below/slow.py:1:1: BCL999 below/pyproject.toml:2:1: `tool.bclint` has no key `selct`; "
        "did you mean `select`?",
        "outside.py:1:1: BCL999 SyntaxError: 'return' outside function",
        f"package/slow.py{FOUND}",
        "unknown.py:1:1: BCL999 cannot be decoded: unknown encoding: klingon",
    ]
    assert any("E999" in line for line in flake8("syntax.py"))  # which flake8 says itself
