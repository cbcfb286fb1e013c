from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bclint.engine.gitignore import Pattern, PatternList

FILES = [
    *("a", "b.py", "ab", "a/b.py", "a/a", "a/b/a.py", "b/a/b", "a/b/b/a", "ba/b", "a]", "a-b"),
    *("-", "[a", "#a", "!a", "a b", "a ", "a\\b", "a*b", "A", "0", "b/a.py"),
]

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


def git(folder: Path, *arguments: str, text: str = "") -> str:
    # Nobody's own configuration may have a say.
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "XDG_CONFIG_HOME": str(folder),
    }
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        environment.pop(name, None)
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        input=text,
        text=True,
        encoding="utf-8",
        capture_output=True,
        env=environment,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "-q")
    return folder


def ignored_by_git(repository: Path, content: str) -> set[str]:
    (repository / ".gitignore").write_bytes(content.encode())
    output = git(
        repository, "check-ignore", "-z", "--stdin", "--no-index", text="\0".join(FILES) + "\0"
    )
    return set(output.split("\0")) - {""}


def ignored_by_us(repository: Path, content: str) -> set[str]:
    (repository / ".gitignore").write_bytes(content.encode())
    patterns = PatternList.read(str(repository / ".gitignore"), str(repository))
    return {path for path in FILES if patterns.covers(str(repository / path))}


@needs_git
@pytest.mark.parametrize(
    "content",
    [
        "a",
        "/a",
        "a/",
        "a/b",
        "a/*",
        "a/**",
        "**/a",
        "**/a/b",
        "a/**/a",
        "a/**b",
        "**",
        "**/",
        "/**/a.py",
        "*.py",
        "!*.py",
        "*\n!b.py",
        "a\n!a/b.py",
        "a/*\n!a/b.py",
        "?",
        "[ab]",
        "[!a]",
        "[^a-]",
        "[a-b]*",
        "[b-a]",
        "[]a]*",
        "[[:alpha:]]",
        "[[:nonsense:]]",
        "[[:alpha]",
        "[[a]*",
        "a[",
        "a]",
        "[\\]a]*",
        "[a\\-b]",
        "#a",
        "\\#a",
        "\\!a",
        "!a",
        "a ",
        "a\\ ",
        "a\\  ",
        "a\tb",
        "a b",
        "a\\\\b",
        "a\\*b",
        "a\\",
        "/",
        "//a",
        "",
        "a\r\nb.py\r\n",
        "\ufeffa",
        "a//b",
        "a/b/",
        "***/a",
        "a/***",
    ],
)
def test_patterns_are_read_as_git_reads_them(repository: Path, content: str) -> None:
    assert ignored_by_us(repository, content) == ignored_by_git(repository, content)


_STARS_BEHIND_A_LETTER = re.compile(r"[^/*]\*\*")


@needs_git
@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.lists(
        st.text(alphabet=st.sampled_from(list("ab*?[]!^-/\\ .#A")), max_size=7),
        min_size=1,
        max_size=4,
    )
)
def test_any_patterns_are_read_as_git_reads_them(repository: Path, lines: list[str]) -> None:
    # Whether stars behind a letter may match a slash depends, in some versions of git, on where
    # the pattern lies in memory.
    assume(not any(_STARS_BEHIND_A_LETTER.search(line) for line in lines))
    content = "\n".join(lines)
    assert ignored_by_us(repository, content) == ignored_by_git(repository, content)


def test_a_path_beside_the_folder_matches_by_name_only(tmp_path: Path) -> None:
    patterns = PatternList(str(tmp_path / "inside"), ["build", "/src"])
    assert patterns.covers(str(tmp_path / "build" / "a.py"))
    assert not patterns.covers(str(tmp_path / "src" / "a.py"))


def test_an_unreadable_file_ignores_nothing(tmp_path: Path) -> None:
    assert PatternList.read(str(tmp_path / "none"), str(tmp_path)).patterns == []


@pytest.mark.parametrize("line", ["", "   ", "# words", "/", "a\\", "[a", "[[:none:]]"])
def test_lines_that_match_nothing(line: str) -> None:
    assert Pattern.parse(line) is None
