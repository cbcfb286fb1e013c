"""Where targets come from: the command line, the table, the project's requires-python."""

from __future__ import annotations

from pathlib import Path

import pytest

from bclint.bytecode.versions import RUNNING
from bclint.engine.configuration import Choices, SettingsError
from bclint.engine.settings import SettingsFinder
from tests.engine.rules import RULES

CHOSEN = ("3.13",)


def write(folder: Path, required: str | None = None, target: str | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [] if required is None else ["[project]", f'requires-python = "{required}"']
    lines += [] if target is None else ["[tool.bclint]", f"target = {target}"]
    (folder / "pyproject.toml").write_text("\n".join((*lines, "")), encoding="utf-8")


def targets(
    folder: Path, choices: Choices | None = None, *, isolated: bool = False
) -> tuple[str, ...]:
    return SettingsFinder(RULES, choices, isolated=isolated).for_folder(str(folder)).targets


def test_the_running_interpreter_where_nobody_says_anything(tmp_path: Path) -> None:
    assert targets(tmp_path) == (RUNNING,)


def test_what_the_project_requires(tmp_path: Path) -> None:
    write(tmp_path, ">=3.12,<3.14")
    assert targets(tmp_path / "src" / "deep") == ("3.12", "3.13")
    assert targets(tmp_path, isolated=True) == (RUNNING,)


def test_the_nearest_project_counts(tmp_path: Path) -> None:
    write(tmp_path, ">=3.14", target='["3.11"]')
    write(tmp_path / "inner", ">=3.15")
    assert targets(tmp_path / "inner") == ("3.11",)  # somebody named it
    write(tmp_path, ">=3.14")
    assert targets(tmp_path / "inner") == ("3.15",)
    assert targets(tmp_path) == ("3.14", "3.15")


def test_a_table_without_targets_leaves_the_project_to_say(tmp_path: Path) -> None:
    write(tmp_path, "==3.12.*")
    write(tmp_path / "inner")
    (tmp_path / "inner" / "pyproject.toml").write_text("[tool.bclint]\n", encoding="utf-8")
    assert targets(tmp_path / "inner") == ("3.12",)


def test_choices_beat_the_project(tmp_path: Path) -> None:
    write(tmp_path, ">=3.14", target='["py312", "3.11"]')
    assert targets(tmp_path) == ("3.11", "3.12")
    assert targets(tmp_path, Choices(target=CHOSEN)) == CHOSEN


@pytest.mark.parametrize("target", ['"3.12"', "[]", "[3.12]", '["3.10"]', '["three"]'])
def test_targets_of_the_wrong_form(tmp_path: Path, target: str) -> None:
    write(tmp_path, target=target)
    message = r"pyproject.toml:2:1: `tool.bclint.target` must be a list of versions among '3.11', "
    with pytest.raises(SettingsError, match=message):
        targets(tmp_path)


@pytest.mark.parametrize("required", ["<3.11", ">=4", "three"])
def test_a_project_that_allows_nothing_measured(tmp_path: Path, required: str) -> None:
    write(tmp_path, required)
    with pytest.raises(SettingsError, match=r"pyproject.toml:2:1: requires-python"):
        targets(tmp_path / "src")
    assert targets(tmp_path, Choices(target=CHOSEN)) == CHOSEN


def test_broken_files_of_others_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("requires-python = ", encoding="utf-8")
    assert targets(tmp_path) == (RUNNING,)
    (tmp_path / "pyproject.toml").write_text("[project]\nrequires-python = 3\n", encoding="utf-8")
    assert targets(tmp_path) == (RUNNING,)
