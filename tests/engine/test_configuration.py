from __future__ import annotations

import pytest

from bclint.engine.configuration import Choices, SettingsError, parse_table, read_choices
from bclint.engine.selection import Selection


def read(text: str) -> Choices:
    data = text.encode()
    return read_choices(parse_table(data, "pyproject.toml") or {}, "pyproject.toml", data)


def test_every_key() -> None:
    choices = read(
        """
        [tool.bclint]
        select = ["BCL"]
        ignore = ["BCL101"]
        extend-select = ["XYZ"]
        extend-ignore = ["BCL2"]
        exclude = ["old"]
        extend-exclude = ["new/*.py"]
        output-format = "concise"
        unsafe-fixes = true
        fix = false
        [tool.bclint.per-file-ignores]
        "tests/**" = ["BCL1"]
        """
    )
    assert choices == Choices(
        Selection(("BCL",), ("BCL101",), ("XYZ",), ("BCL2",)),
        per_file_ignores=(("tests/**", ("BCL1",)),),
        exclude=("old",),
        extend_exclude=("new/*.py",),
        output_format="concise",
        unsafe_fixes=True,
        fix=False,
    )


def test_other_peoples_files_are_not_judged() -> None:
    assert parse_table(b"[tool.ruff\n", "pyproject.toml") is None
    assert parse_table(b"dependencies = ['bclint']\n", "pyproject.toml") is None
    assert parse_table(b"tool = 'bclint'\n", "pyproject.toml") is None


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            "[tool.bclint]\nselct = []\n",
            2,
            "`tool.bclint` has no key `selct`; did you mean `select`?",
        ),
        ("[tool.bclint]\nzzzzzzzzz = 1\n", 2, "`tool.bclint` has no key `zzzzzzzzz`"),
        (
            "[tool.ruff]\nselect = 1\n[tool.bclint]\n\nselect = 'BCL'\n",
            5,
            "`tool.bclint.select` must be a list of strings, not 'BCL'",
        ),
        (
            "[tool.bclint]\nignore = [1]\n",
            2,
            "`tool.bclint.ignore` must be a list of strings, not a list with other things in it",
        ),
        ("[tool.bclint]\nfix = 1\n", 2, "`tool.bclint.fix` must be true or false, not 1"),
        (
            "[tool.bclint]\noutput-format = true\n",
            2,
            "`tool.bclint.output-format` must be one of full, concise, json, sarif, github, "
            "gitlab, junit, pylint, not true",
        ),
        (
            "[tool.bclint]\n[tool.bclint.per-file-ignores]\na = 'b'\n",
            2,
            "`tool.bclint.per-file-ignores` must be a table of lists of strings, "
            "not a table with other things in it",
        ),
        ("[tool]\nbclint = 1\n", 2, "`tool.bclint` must be a table"),
    ],
)
def test_wrong_settings(text: str, line: int, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(text)
    assert (caught.value.line, caught.value.message) == (line, message)
    assert str(caught.value) == f"pyproject.toml:{line}:1: {message}"


def test_broken_toml_names_the_place() -> None:
    with pytest.raises(SettingsError) as caught:
        read("[tool.bclint]\nselect = [\n  'a' 'b'\n]\n")
    assert caught.value.line == 3
    assert caught.value.message.startswith("is not valid TOML: ")


@pytest.mark.parametrize("end", ["", "\n", "\n\n  \n"])
def test_toml_that_ends_too_early_names_its_last_line(end: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(f"[tool.bclint]\nselect = [\n  'é',{end}")
    assert (caught.value.line, caught.value.column) == (3, 7)


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_table(b"[tool.bclint]\n# \xff\n", "pyproject.toml")
    assert (caught.value.line, "UTF-8" in caught.value.message) == (2, True)
