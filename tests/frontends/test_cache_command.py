"""The cache from the command line: on by itself, off when told to be, and removed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bclint.engine import runner
from tests.frontends.conftest import Ran

Command = Callable[..., Ran]

pytestmark = pytest.mark.usefixtures("_words")


@pytest.fixture(autouse=True)
def _cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.delenv("BCLINT_NO_CACHE", raising=False)
    monkeypatch.delenv("BCLINT_CACHE_DIR", raising=False)
    Path("pyproject.toml").touch()
    Path("a.py").write_text("slow\n")


@pytest.fixture
def examined(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that are really examined."""
    paths: list[str] = []
    lint = vars(runner)["lint"]

    def spy(source: object, *others: object) -> object:
        paths.append(source.path)  # type: ignore[attr-defined]
        return lint(source, *others)

    monkeypatch.setattr(runner, "lint", spy)
    return paths


def test_a_second_run_says_the_same_without_looking(bclint: Command, examined: list[str]) -> None:
    first = bclint()
    assert examined == ["a.py"]
    assert bclint() == first
    assert examined == ["a.py"]
    assert {path.name for path in Path(".bclint_cache").iterdir()} > {".gitignore", "CACHEDIR.TAG"}


def test_git_does_not_see_it(bclint: Command) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    bclint()
    assert Path(".bclint_cache").is_dir()
    status = subprocess.run(
        ["git", "status", "--short"], check=True, capture_output=True, text=True
    ).stdout
    assert status == "?? a.py\n?? home/\n?? pyproject.toml\n"


@pytest.mark.parametrize("how", ["option", "environment"])
def test_it_can_be_left_out(
    bclint: Command, examined: list[str], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    options = ["--no-cache"] if how == "option" else []
    if how == "environment":
        monkeypatch.setenv("BCLINT_NO_CACHE", "1")
    for _ in range(2):
        assert bclint(*options).status == 1
    assert examined == ["a.py", "a.py"]
    assert not Path(".bclint_cache").exists()


@pytest.mark.parametrize("how", ["option", "environment"])
def test_it_can_be_elsewhere(
    bclint: Command, examined: list[str], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    options = ["--cache-dir", "there"] if how == "option" else []
    if how == "environment":
        monkeypatch.setenv("BCLINT_CACHE_DIR", "there")
    for _ in range(2):
        assert bclint(*options).status == 1
    assert examined == ["a.py"]
    assert Path("there/CACHEDIR.TAG").is_file()
    assert not Path(".bclint_cache").exists()
    assert bclint("clean", *options).status == 0
    assert not Path("there").exists()


def test_a_folder_that_cannot_be_one_is_told_of_only_if_it_was_asked_for(bclint: Command) -> None:
    Path(".bclint_cache").write_text("a file")
    assert bclint("--exit-zero").err == ""
    ran = bclint("--exit-zero", "--cache-dir", ".bclint_cache")
    assert ran.status == 0
    assert ran.err.startswith("bclint: nothing is cached: the cache folder ")
    assert ran.err.count("\n") == 1


def test_clean_removes_it(bclint: Command) -> None:
    bclint()
    here = Path.cwd()
    assert bclint("clean") == Ran(0, f"Removed {here}/.bclint_cache.\n", "")
    assert not Path(".bclint_cache").exists()
    assert bclint("clean") == Ran(0, f"There is no cache at {here}/.bclint_cache.\n", "")


def test_clean_removes_nothing_else(bclint: Command) -> None:
    ran = bclint("clean", "--cache-dir", ".")
    assert ran.status == 2
    assert ran.err.endswith("is no cache of bclint: remove it by hand if it is to go\n")
    assert Path("a.py").exists()
    assert bclint("clean", "--help").out.startswith("usage: bclint clean")
    assert bclint("clean", "--cash-dir").err == (
        "bclint: there is no option `--cash-dir`; did you mean `--cache-dir`?\n"
    )


def test_a_file_that_was_fixed_is_looked_at_again(bclint: Command, examined: list[str]) -> None:
    assert bclint("--fix").status == 0
    assert Path("a.py").read_text() == "fast\n"
    assert bclint("--fix").status == 0
    count = len(examined)
    assert bclint("--fix").status == 0
    assert len(examined) == count
