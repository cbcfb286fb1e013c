"""``bclint dis``: source beside bytecode, with costs, loops, forms and findings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bclint.bytecode.versions import RUNNING
from bclint.frontends.cli import main

SOURCE = """\
import math


class Path:
    def length(self, points):
        total = 0.0
        for x in points:
            total += math.sqrt(x * x)
        return total


def quick(x):
    return x.unknown()
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text(SOURCE, encoding="utf-8")
    return "a.py"


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["dis", *arguments]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out.splitlines()


def test_a_function_with_its_loop_and_finding(
    path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = shown(capsys, f"{path}::Path.length")
    assert lines[0] == f"a.py::Path.length  CPython {RUNNING}"
    [loop] = [line for line in lines if "total += math.sqrt(x * x)" in line]
    assert re.search(r"^ *8 +total \+= math.sqrt\(x \* x\) +\d+ % █+ +1 +[\d.]+ ", loop)
    [header] = [line for line in lines if " FOR_ITER " in line]
    assert re.search(r" 1 +[\d.]+ +FOR_ITER +to line ", header)
    [lookup] = [line for line in lines if " LOAD_GLOBAL " in line and " math " in line]
    assert "module" in lookup
    assert "builtin" in lookup
    stripped = [line.strip() for line in lines]
    finding = stripped.index("^ BCL102 `math.sqrt` is looked up on every iteration")
    assert re.search(r"saves [\d.]+ ns of about [\d.]+ an iteration", lines[finding + 1])
    assert not [line for line in lines if "unknown" in line and "x.unknown" in line]


def test_unknown_calls_are_marked(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, "a.py::quick")
    [call] = [line for line in lines if "+  CALL " in line]
    assert float(call.split("+")[0].split()[-1]) > 5
    assert not [line for line in lines if "█" in line and "x.unknown" not in line]


def test_all_functions_and_patterns(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    heads = [line.split("  ")[0] for line in shown(capsys, path) if line.startswith("a.py::")]
    assert heads == ["a.py::<module>", "a.py::Path", "a.py::Path.length", "a.py::quick"]
    heads = [line for line in shown(capsys, "a.py::Path*") if line.startswith("a.py::")]
    assert len(heads) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.py::Path.lenght"], "a.py has no function `Path.lenght`; did you mean `Path.length`?"),
        (["missing.py"], "missing.py: cannot be read"),
        ([], "dis takes one file: `bclint dis FILE` or `bclint dis FILE::FUNCTION`"),
        (["a.py", "b.py"], "dis takes one file"),
        (["bad.py"], "bad.py:1:"),
    ],
)
def test_what_cannot_be_done(
    path: str, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    Path("bad.py").write_text("def", encoding="utf-8")
    assert main(["dis", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"bclint: {message}")
    assert captured.err.count("\n") == 1


def test_strange_sources_do_not_disturb(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_bytes("x = '\x1b[31m日本'  # \x0c\nfor i in x:\n    i\n".encode())
    lines = shown(capsys, path, "--color", "never")
    assert not any("\x1b" in line or "\x0c" in line for line in lines)
    assert any("日本" in line for line in lines)
