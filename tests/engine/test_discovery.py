from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bclint.engine.discovery import Discovery, discover
from bclint.engine.settings import SettingsFinder
from tests.engine.rules import RULES


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def make(*paths: str, text: str = "") -> None:
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")


def look(*paths: str) -> Discovery:
    return discover(paths, SettingsFinder(RULES))


def names(*paths: str) -> list[str]:
    discovery = look(*paths)
    assert discovery.errors == ()
    return [file.path for file in discovery.files]


def test_python_files_in_the_order_of_their_paths() -> None:
    make("b.py", "a/c.pyw", "a/b/d.py", "a/e.pyi", "a/f.txt", "g", "a/h.py.bak", "i.PY")
    assert names(".") == ["a/b/d.py", "a/c.pyw", "b.py"]
    assert names("a") == ["a/b/d.py", "a/c.pyw"]


def test_each_file_once() -> None:
    make("a/b.py", "a/c.py")
    assert names("a/b.py", "./a", "a/../a/c.py", ".") == ["a/b.py", "a/c.py"]


def test_paths_are_shown_as_they_were_named(tmp_path: Path) -> None:
    make("a/b.py")
    assert names(str(tmp_path / "a")) == [str(tmp_path / "a" / "b.py")]
    assert names("./a/") == ["a/b.py"]


@pytest.mark.parametrize(
    "folder", [".venv", "venv", ".git", "build", "dist", "node_modules", ".tox", "site-packages"]
)
def test_folders_that_are_not_ours_are_left_out(folder: str) -> None:
    make(f"a/{folder}/b/c.py", "a/d.py")
    assert names("a") == ["a/d.py"]
    assert names(f"a/{folder}") == [f"a/{folder}/b/c.py"]


def test_virtual_environments_are_known_by_their_content() -> None:
    make("my_env/pyvenv.cfg", "my_env/lib/a.py", "b.py")
    assert names(".") == ["b.py"]


def test_named_files_are_always_checked() -> None:
    make(".gitignore", text="a.py\n")
    make("a.py", "build/b.py", "script", "c.txt")
    assert names("a.py", "build/b.py", "script", "c.txt") == [
        "a.py",
        "build/b.py",
        "c.txt",
        "script",
    ]


def test_named_files_may_be_left_out_too() -> None:
    make("build/a.py", "generated/b.py", "src/c.py", "ignored/d.py", "src/build/e.py")
    Path(".gitignore").write_text("ignored\n", encoding="utf-8")
    Path("pyproject.toml").write_text(
        '[tool.bclint]\nextend-exclude = ["generated"]\n', encoding="utf-8"
    )
    paths = ["build/a.py", "generated", "src/c.py", "ignored/d.py", "src/build"]
    finder = SettingsFinder(RULES)
    found = discover(paths, finder, force_exclude=True)
    assert [file.path for file in found.files] == ["src/c.py"]
    assert found.errors == ()
    assert len(discover(paths, finder).files) == 5
    missing = discover(["missing.py"], finder, force_exclude=True)
    assert [error.path for error in missing.errors] == ["missing.py"]


def test_gitignore_files_of_all_levels() -> None:
    Path(".git").mkdir()
    make(".gitignore", text="*_gen.py\n/out/\n")
    make("a/.gitignore", text="!keep_gen.py\nlocal.py\n")
    make(".git/info/exclude", text="mine.py\n")
    make("x_gen.py", "out/b.py", "a/keep_gen.py", "a/y_gen.py", "a/local.py", "a/out/c.py")
    make("local.py", "a/mine.py")
    expected = ["a/keep_gen.py", "a/out/c.py"]
    assert names(".") == [*expected, "local.py"]
    assert names("a") == expected


def test_gitignore_counts_without_a_repository() -> None:
    make("a/.gitignore", text="b.py\n")
    make("a/b.py", "a/c.py")
    assert names("a") == ["a/c.py"]


def test_a_repository_inside_stands_alone() -> None:
    Path(".git").mkdir()
    make(".gitignore", text="b.py\n")
    make("inner/.git", text="gitdir: ../.git/modules/inner\n")
    make(".git/modules/inner/info/exclude", text="c.py\n")
    make("b.py", "inner/b.py", "inner/c.py")
    assert names(".") == ["inner/b.py"]


def test_a_linked_working_tree_shares_the_excludes() -> None:
    make("main/.git/info/exclude", text="c.py\n")
    make("main/.git/worktrees/w/commondir", text="../..\n")
    make("w/.git", text=f"gitdir: {Path('main/.git/worktrees/w').absolute()}\n")
    make("w/b.py", "w/c.py")
    assert names("w") == ["w/b.py"]


def test_what_is_missing_is_an_error_and_the_rest_is_checked() -> None:
    make("a.py")
    discovery = look("nope", "a.py", "a.py/b", "")
    assert [file.path for file in discovery.files] == ["a.py"]
    assert [(error.path, error.message) for error in discovery.errors] == [
        ("", "there is no such file or folder"),
        ("a.py/b", "there is no such file or folder"),
        ("nope", "there is no such file or folder"),
    ]


def test_paths_with_nul() -> None:
    assert look("a\0b").errors[0].message == "is not a path"


def test_a_wrong_configuration_is_one_error_and_the_rest_is_checked() -> None:
    make("bad/pyproject.toml", text="[tool.bclint]\nselct = []\n")
    make("bad/a.py", "bad/b/c.py", "bad/b/d.py", "good/a.py")
    discovery = look(".", "bad/b/d.py", "bad/b/c.py")
    assert [file.path for file in discovery.files] == ["good/a.py"]
    assert [(error.path, error.line) for error in discovery.errors] == [("bad/pyproject.toml", 2)]


def test_a_folder_called_like_a_file_is_walked() -> None:
    make("x.py/y.py")
    assert names(".") == names("x.py") == ["x.py/y.py"]


needs_links = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")


@needs_links
def test_loops_of_links_are_survived() -> None:
    make("a/b.py")
    Path("a/self").symlink_to(Path("a").absolute())
    Path("a/loop.py").symlink_to("loop.py")
    Path("a/gone.py").symlink_to("nowhere")
    Path("other").symlink_to("a")
    assert names(".") == ["a/b.py"]
    assert names("other") == ["other/b.py"]


@needs_links
def test_a_link_to_a_file_is_checked_as_the_file_itself() -> None:
    make("z/real.py", "elsewhere/outside.py")
    Path("z/a_link.py").symlink_to("real.py")
    Path("z/b_link.py").symlink_to(Path("elsewhere/outside.py").absolute())
    assert names("z") == ["z/b_link.py", "z/real.py"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_does_not_hang() -> None:
    os.mkfifo("pipe.py")
    assert names(".") == []
    assert look("pipe.py").errors[0].message == "is neither a file nor a folder"


def test_a_folder_that_vanishes_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    make("a/b.py", "c.py")
    scan = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("a"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr("os.scandir", scandir)
    discovery = look(".")
    assert [file.path for file in discovery.files] == ["c.py"]
    assert [(error.path, error.message) for error in discovery.errors] == [
        ("a", "cannot be read: Permission denied")
    ]
