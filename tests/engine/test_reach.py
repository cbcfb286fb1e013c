"""`Reach` against the walk itself, over one tree that has every reason to leave something out."""

from __future__ import annotations

from pathlib import Path

import pytest

from bclint.engine.discovery import discover
from bclint.engine.reach import Reach
from bclint.engine.settings import SettingsFinder
from tests.engine.rules import RULES

FILES = {
    "pyproject.toml": (
        '[tool.bclint]\nextend-exclude = ["generated", "/only/at_top.py", "*_pb2.py"]\n'
    ),
    ".gitignore": "scratch\n*.tmp.py\n!kept.tmp.py\n",
    ".git/info/exclude": "private.py\n",
    "a.py": "",
    "a_pb2.py": "",
    "private.py": "",
    "x.tmp.py": "",
    "kept.tmp.py": "",
    "build/b.py": "",
    "generated/deep/c.py": "",
    "only/at_top.py": "",
    "only/other.py": "",
    "only/only/at_top.py": "",
    "scratch/d.py": "",
    "src/.gitignore": "e.py\n",
    "src/e.py": "",
    "src/scratch/f.py": "",
    "src/own/pyproject.toml": "[tool.bclint]\nexclude = []\n",
    "src/own/build/g.py": "",
    "src/own/generated/h.py": "",
    "src/broken/pyproject.toml": "[tool.bclint]\nnonsense = 1\n",
    "environment/pyvenv.cfg": "",
    "environment/lib/i.py": "",
    "repository/.git/HEAD": "",
    "repository/scratch/j.py": "",
    "repository/private.py": "",
}


@pytest.fixture(autouse=True)
def _tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "roots",
    [
        (".",),
        ("src", "only"),
        ("build", "generated/deep"),
        (".", "build", "scratch/d.py"),
        ("src/own", "src"),
        ("environment", "repository"),
        ("environment/lib", "a_pb2.py"),
        ("./src/../src/", "src/e.py"),
    ],
)
def test_it_includes_what_the_walk_finds(roots: tuple[str, ...]) -> None:
    finder = SettingsFinder(RULES)
    found = {file.absolute for file in discover(roots, finder).files}
    reach = Reach(roots, finder)
    below = [Path(root).resolve() for root in roots]
    files = [
        path
        for path in (Path(name).resolve() for name in FILES if name.endswith(".py"))
        if any(path.is_relative_to(root) for root in below)
    ]
    assert found
    assert {str(path) for path in files if reach.includes(str(path))} == found


def test_what_no_path_leads_to_is_in(tmp_path: Path) -> None:
    reach = Reach(["src"], SettingsFinder(RULES))
    assert reach.includes(str(tmp_path / "build" / "b.py"))
    assert reach.includes(str(tmp_path.parent / "elsewhere.py"))


def test_a_folder_with_broken_settings_is_left_to_whoever_checks_it(tmp_path: Path) -> None:
    reach = Reach(["."], SettingsFinder(RULES))
    assert reach.includes(str(tmp_path / "src" / "broken" / "k.py"))
