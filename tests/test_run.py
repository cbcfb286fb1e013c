"""The finding of interpreters in ``tests/run.py``; what it then runs is this suite itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.run import find_interpreters, main, version_of

HERE = sys.version_info[:2]


def test_a_named_interpreter_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BCLINT_PYTHONS", sys.executable)
    assert find_interpreters() == {HERE: Path(sys.executable)}


def test_folders_are_searched_and_what_does_not_run_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = "python{}.{}".format(*HERE)
    broken, whole = tmp_path / "broken", tmp_path / "whole"
    for folder in (broken, whole):
        folder.mkdir()
    (broken / name).write_text("no program")
    (whole / name).symlink_to(sys.executable)
    monkeypatch.setenv("BCLINT_PYTHONS", f"{broken}{os.pathsep}{whole}")
    assert find_interpreters() == {HERE: whole / name}


def test_without_any_interpreter_the_run_fails_loudly(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BCLINT_PYTHONS", str(tmp_path))
    assert main(["--all"]) == 1
    output = capsys.readouterr()
    assert output.out.count("MISSING, not tested") == 5
    assert "no supported version" in output.err


def test_another_program_is_no_interpreter() -> None:
    assert version_of(Path("/bin/true")) is None
