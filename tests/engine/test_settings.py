from __future__ import annotations

from pathlib import Path

import pytest

from bclint.engine.configuration import Choices, SettingsError
from bclint.engine.selection import Selection, SelectionError
from bclint.engine.settings import Settings, SettingsFinder
from tests.engine.rules import RULES


def configure(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(f"[tool.bclint]\n{text}\n", encoding="utf-8")


def codes(settings: Settings) -> list[str]:
    return [rule.code for rule in settings.rules]


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_nearest_file_with_our_table_counts(tmp_path: Path) -> None:
    configure(tmp_path, 'select = ["BCL101"]')
    configure(tmp_path / "a" / "b", 'select = ["BCL201"]')
    (tmp_path / "a" / "b" / "c").mkdir()
    (tmp_path / "a" / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    finder = SettingsFinder(RULES)
    assert codes(finder.for_folder(str(tmp_path))) == ["BCL101"]
    assert codes(finder.for_folder(str(tmp_path / "a"))) == ["BCL101"]
    assert codes(finder.for_folder(str(tmp_path / "a" / "b" / "c"))) == ["BCL201"]


def test_the_command_line_beats_the_file(tmp_path: Path) -> None:
    configure(tmp_path, 'select = ["BCL1"]\noutput-format = "json"\nfix = true')
    choices = Choices(Selection(select=("BCL2",)), output_format="concise", fix=False)
    settings = SettingsFinder(RULES, choices).for_folder(str(tmp_path))
    assert codes(settings) == ["BCL201"]
    assert (settings.output_format, settings.fix) == ("concise", False)


def test_defaults(tmp_path: Path) -> None:
    settings = SettingsFinder(RULES, isolated=True).for_folder(str(tmp_path))
    assert len(settings.rules) == len(RULES)
    assert (settings.output_format, settings.fix, settings.unsafe_fixes) == ("full", False, False)
    assert settings.excludes(str(tmp_path / "a" / ".venv"), is_folder=True)
    assert not settings.excludes(str(tmp_path / "a" / "src"), is_folder=True)


def test_isolated_reads_nothing(tmp_path: Path) -> None:
    configure(tmp_path, "nonsense = 1")
    finder = SettingsFinder(RULES, isolated=True)
    assert len(finder.for_folder(str(tmp_path)).rules) == len(RULES)


def test_a_file_given_with_config_counts_everywhere(tmp_path: Path) -> None:
    configure(tmp_path / "a", "nonsense = 1")
    configure(tmp_path / "b", 'select = ["BCL201"]')
    finder = SettingsFinder(RULES, config="b/pyproject.toml")
    assert codes(finder.for_folder(str(tmp_path / "a"))) == ["BCL201"]


@pytest.mark.parametrize("name", ["none.toml", ".", "empty.toml"])
def test_a_useless_config_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.toml").touch()
    with pytest.raises(SettingsError, match=r"^" + name):
        SettingsFinder(RULES, config=name).for_folder(str(tmp_path))


def test_an_error_is_raised_again_for_folders_below(tmp_path: Path) -> None:
    configure(tmp_path, 'ignore = ["BCL9"]')
    finder = SettingsFinder(RULES)
    for folder in (tmp_path / "a" / "b", tmp_path, tmp_path / "a" / "b"):
        with pytest.raises(SettingsError) as caught:
            finder.for_folder(str(folder))
        assert caught.value.path == "pyproject.toml"
        assert caught.value.message.startswith("`tool.bclint.ignore`: no rule is called `BCL9`")


def test_unknown_selectors_of_the_command_line() -> None:
    with pytest.raises(SelectionError, match="BCL9"):
        SettingsFinder(RULES, Choices(per_file_ignores=(("a", ("BCL9",)),)))


def test_per_file_ignores(tmp_path: Path) -> None:
    configure(
        tmp_path / "a",
        'per-file-ignores = {"tests/*" = ["BCL1"], "/setup.py" = ["ALL"], "*.gen.py" = ["BCL2"]}',
    )
    settings = SettingsFinder(RULES).for_folder(str(tmp_path / "a"))

    def left(path: str) -> list[str]:
        return [rule.code for rule in settings.rules_for(str(tmp_path / "a" / path))]

    assert left("tests/deep/x.py") == ["BCL201", "XYZ901"]
    assert left("setup.py") == []
    assert left("b/setup.py") == ["BCL101", "BCL102", "BCL201", "XYZ901"]
    assert left("tests/x.gen.py") == ["XYZ901"]


def test_patterns_are_relative_to_where_they_stand(tmp_path: Path) -> None:
    configure(tmp_path / "a", 'extend-exclude = ["/x", "./y"]')
    here = Choices(extend_exclude=("/x", str(tmp_path / "z")))
    settings = SettingsFinder(RULES, here).for_folder(str(tmp_path / "a"))
    excluded = [
        path
        for path in ("x", "a/x", "a/y", "y", "z", "a/z", "a/a/x")
        if settings.excludes(str(tmp_path / path), is_folder=True)
    ]
    assert excluded == ["x", "a/x", "a/y", "z"]


def test_exclude_replaces_the_defaults(tmp_path: Path) -> None:
    configure(tmp_path, 'exclude = ["old"]')
    settings = SettingsFinder(RULES).for_folder(str(tmp_path))
    assert not settings.excludes(str(tmp_path / "build"), is_folder=True)
    assert settings.excludes(str(tmp_path / "old"), is_folder=True)
    above = SettingsFinder(RULES, Choices(exclude=("new",))).for_folder(str(tmp_path))
    assert not above.excludes(str(tmp_path / "old"), is_folder=True)
    assert above.excludes(str(tmp_path / "new"), is_folder=True)
