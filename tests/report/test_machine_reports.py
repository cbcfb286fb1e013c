from __future__ import annotations

import dataclasses
import json
import platform
import shutil
import subprocess
from pathlib import Path

import pytest

from bclint import __version__
from bclint.diagnostics import Applicability
from bclint.engine.linter import FileError
from bclint.engine.tasks import FileResult, Report
from bclint.report.formats.json import to_json
from bclint.report.patch import painted, patch
from bclint.report.style import Style
from bclint.source import SourceFile
from tests.report.samples import found, replacing


def test_json_counts_from_one_in_code_points() -> None:
    source = SourceFile("日.py", "x = '日🐍', a.b, a.b\n".encode())
    fix = replacing(source, ("a.b", "c"), applicability=Applicability.UNSAFE)
    result = FileResult(source.path, (found(source, "a.b", fix=fix),), source=source)
    text = to_json(Report((result,), (FileError("e.py", 3, 7, "invalid syntax"),)))
    first = {"line": 1, "column": 11, "end_line": 1, "end_column": 14}
    second = {"line": 1, "column": 16, "end_line": 1, "end_column": 19}
    assert text.isascii()
    assert json.loads(text) == {
        "version": __version__,
        "python": platform.python_version(),
        "diagnostics": [
            {
                "code": "BCL102",
                "name": "module-attribute-in-loop",
                "message": "`a.b` is looked up on every iteration",
                "path": "日.py",
                **first,
                "function": "total",
                "gain": None,
                "saved_ns": None,
                "growth": None,
                "found_on": [],
                "evidence": {},
                "places": [second],
                "fix": {
                    "applicability": "unsafe",
                    "title": "bind it before the loop",
                    "reason": "nothing in the loop can rebind `math`",
                    "edits": [{**first, "replacement": "c"}, {**second, "replacement": "c"}],
                },
            }
        ],
        "errors": [{"path": "e.py", "line": 3, "column": 7, "message": "invalid syntax"}],
    }


def test_json_without_a_fix() -> None:
    source = SourceFile("a\udc80.py", b"a.b\n")
    result = FileResult(source.path, (found(source, "a.b"),), source=source)
    content = json.loads(to_json(Report((result,))))
    assert content["diagnostics"][0]["fix"] is None
    assert content["errors"] == []


CHANGES = [
    (b"a\nb\nc\n", b"a\nB\nc\n"),
    (b"a\nb", b"a\nc"),
    (b"a\nb", b"a\nb\n"),
    (b"a\r\nb\r\n", b"a\r\nc\r\n"),
    (b"# coding: latin-1\n'\xe9'\nb\n", b"# coding: latin-1\n'\xe9'\nc\n"),
    (b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb\n"),
    (b"a\x0cb\rc\nd\n", b"a\x0cb\rc\ne\n"),
]


def changed(old: bytes, new: bytes) -> FileResult:
    return FileResult("a.py", original=SourceFile("a.py", old), source=SourceFile("a.py", new))


@pytest.mark.parametrize(("old", "new"), CHANGES)
@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_the_diff_can_be_applied(tmp_path: Path, old: bytes, new: bytes) -> None:
    (tmp_path / "a.py").write_bytes(old)
    subprocess.run(
        ["git", "apply", "-p0", "--whitespace=nowarn", "-"],
        input=patch(changed(old, new)),
        cwd=tmp_path,
        check=True,
    )
    assert (tmp_path / "a.py").read_bytes() == new


def test_a_diff_for_the_terminal_is_escaped() -> None:
    result = changed(b"\tx\x1b = 1\r\n", b"\ty\x1b = 1\r\n")
    assert list(painted(result, Style())) == [
        "--- a.py",
        "+++ a.py",
        "@@ -1 +1 @@",
        "-    x\\x1b = 1",
        "+    y\\x1b = 1",
    ]


def test_nothing_changed_is_no_diff() -> None:
    result = FileResult("a.py", source=SourceFile("a.py", b"a\n"))
    assert patch(result) == b""
    assert list(painted(result, Style())) == []


NAMES = ["a b.py", "new\nline.py", 'quo"te\\.py', "tab\t\x1b\x07.py", "é\udc80.py"]


@pytest.mark.parametrize("tool", [["git", "apply", "-p0", "-"], ["patch", "-s", "-p0"]])
@pytest.mark.parametrize("name", NAMES)
def test_a_strange_name_does_not_break_the_diff(tmp_path: Path, name: str, tool: list[str]) -> None:
    if not shutil.which(tool[0]):
        pytest.skip(f"{tool[0]} is not installed")
    (tmp_path / name).write_bytes(b"a\n")
    diff = patch(dataclasses.replace(changed(b"a\n", b"b\n"), path=name))
    subprocess.run(tool, input=diff, cwd=tmp_path, check=True)
    assert (tmp_path / name).read_bytes() == b"b\n"
