"""``--add-noqa`` on files: whole or not at all, once, and in peace with Ruff."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bclint.bytecode.compile import compile_source
from bclint.source import SourceFile
from tests.frontends.conftest import Ran

Command = Callable[..., Ran]

SLOW = """\
import math


def f(xs):
    for x in xs:
        yield math.sqrt(x), math.sin(x)
        yield math.cos(x)  # type: ignore
"""
OPTIONS = ("--select", "BCL0,BCL102", "--min-gain", "0", "--output-format", "concise", "-q")


@pytest.fixture
def check(bclint: Command) -> Command:
    def run(*arguments: str) -> Ran:
        return bclint(*OPTIONS, *arguments)

    return run


def write(path: str, text: str) -> Path:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8", newline="")
    return Path(path)


def test_files_are_silenced_once(bclint: Command, check: Command) -> None:
    paths = [write("a.py", SLOW), write("b/c.py", SLOW), write("d.py", "x = 1\n")]
    ran = bclint(*OPTIONS[:-1], "--add-noqa", "--reason", "startup only")
    assert ran == Ran(0, "Silenced 6 findings in 2 files.\n", "")
    for path in paths[:2]:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[5].endswith("math.sin(x)  # noqa: BCL102  # startup only")
        assert lines[6].endswith("  # type: ignore  # noqa: BCL102  # startup only")
        old = SourceFile("a.py", SLOW.encode())
        assert compile_source(SourceFile("a.py", path.read_bytes())) == compile_source(old)
    texts = [path.read_bytes() for path in paths]
    assert check() == Ran(0, "", "")
    assert check("--add-noqa", "--reason", "again") == Ran(0, "", "")
    assert [path.read_bytes() for path in paths] == texts


def test_what_is_in_the_baseline_needs_no_comment(check: Command) -> None:
    path = write("a.py", SLOW)
    check("--write-baseline", "base.json")
    write("a.py", SLOW + "        yield math.tan(x)\n")
    assert check("--add-noqa", "--baseline", "base.json").status == 0
    assert path.read_text(encoding="utf-8").count("# noqa") == 1
    assert check("--baseline", "base.json") == Ran(0, "", "")


def test_comments_that_silence_nothing_get_no_comment_of_their_own(check: Command) -> None:
    path = write("a.py", "x = 1  # noqa: BCL102\n")
    check("--add-noqa")
    assert path.read_text(encoding="utf-8") == "x = 1  # noqa: BCL102\n"


def test_a_file_that_cannot_be_done_stays_and_the_others_are_done(check: Command) -> None:
    write("a.py", SLOW)
    latin = Path("b.py")
    latin.write_bytes(b"# coding: latin-1\n" + SLOW.encode())
    write("c.py", "def f(:\n")
    ran = check("--add-noqa", "--reason", "日本")
    assert ran.status == 2
    assert sorted(ran.err.splitlines()) == [
        "b.py: error: is left as it is: the new text has '日', which iso-8859-1 cannot encode",
        "c.py:1:7: error: SyntaxError: invalid syntax",
    ]
    assert b"noqa" not in latin.read_bytes()
    assert "noqa" in Path("a.py").read_text(encoding="utf-8")


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere, Windows has no modes"
)
def test_a_read_only_file_stays(check: Command) -> None:
    write("a.py", SLOW).chmod(0o444)
    ran = check("--add-noqa")
    assert (ran.status, ran.err) == (2, "a.py: error: is left as it is: the file is read-only\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--add-noqa", "-"], "--add-noqa cannot be used with `-`, standard input"),
        (["--add-noqa", "--fix"], "--add-noqa and --fix exclude one another"),
        (["--add-noqa", "--write-baseline", "a"], "--write-baseline and --add-noqa exclude"),
        (["--reason", "because"], "--reason says why --add-noqa is used: it needs that"),
        (["--add-noqa", "--reason", "a\nb"], "--reason is one line of plain text"),
        (["--add-noqa", "--reason", ""], "--reason is one line of plain text"),
        (["--add-noqa", "--reason", "# noqa"], "--reason is one line of plain text"),
    ],
)
def test_what_cannot_be_done(check: Command, arguments: list[str], message: str) -> None:
    path = write("a.py", SLOW)
    ran = check(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"bclint: {message}")
    assert ran.err.count("\n") == 1
    assert path.read_text(encoding="utf-8") == SLOW


def ruff(*arguments: str) -> str:
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--preview", *arguments, "a.py"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    return done.stdout + done.stderr


def test_ruff_leaves_our_comments_alone(check: Command) -> None:
    """With the setting that the documentation names; without it, Ruff removes them."""
    path = write("a.py", SLOW.replace("  # type: ignore", "  # noqa: BCL102, BCL001"))
    check("--add-noqa", "--reason", "startup only")
    text = path.read_text(encoding="utf-8")
    assert "# noqa: BCL102  # startup only\n" in text
    write("pyproject.toml", '[tool.ruff.lint]\nselect = ["RUF100", "RUF102"]\n')
    assert "Invalid rule code in `# noqa`: BCL102" in ruff()
    write(
        "pyproject.toml",
        '[tool.ruff.lint]\nselect = ["RUF100", "RUF102"]\nexternal = ["BCL"]\n',
    )
    assert ruff("--fix") == "All checks passed!\n"
    assert path.read_text(encoding="utf-8") == text


def test_flake8_reads_our_comments(check: Command) -> None:
    slow = SLOW.replace("math.sin(x)", "\\\n            math.sin(x)")
    path = write("a.py", slow)
    command = [sys.executable, "-m", "flake8", "--isolated", "--select", "BCL102"]
    command += ["--bclint-min-gain", "0", "a.py"]
    before = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert before.count("BCL102") == 3
    check("--add-noqa")
    assert path.read_text(encoding="utf-8").count("# noqa") == 2
    assert subprocess.run(command, capture_output=True, text=True, check=False).stdout == ""
