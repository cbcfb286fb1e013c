"""A run of which nothing has changed says the same again, and anything that changes is noticed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bclint.engine import replay
from bclint.frontends import check
from tests.engine.rules import RULES
from tests.frontends.conftest import Ran

Command = Callable[..., Ran]

pytestmark = pytest.mark.usefixtures("_words")


@pytest.fixture(autouse=True)
def _cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    for name in ("BCLINT_NO_CACHE", "BCLINT_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    # Files that were just written count as if they had been left alone for long.
    monkeypatch.setattr(replay, "REST", -3_600_000_000_000)
    project = tmp_path / "project"
    (project / "inner").mkdir(parents=True)
    (project / ".git" / "info").mkdir(parents=True)
    (project / "pyproject.toml").write_text("[tool.bclint]\n")
    (project / "inner" / "a.py").write_text("slow\n")
    (project / "b.py").write_text("odd\n")
    monkeypatch.chdir(project)


@pytest.fixture
def carried_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one with every run that is carried out."""
    runs: list[str] = []

    def load_rules() -> object:
        runs.append("run")
        return RULES

    monkeypatch.setattr(check, "load_rules", load_rules)
    return runs


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--output-format", "concise"),
        ("--output-format=json",),
        ("--exit-zero", "-q"),
        ("--statistics",),
        ("--select", "BCL101"),
        ("b.py", "--cache-dir", "../cache"),
    ],
)
def test_the_same_is_said_again(
    bclint: Command, carried_out: list[str], options: tuple[str, ...]
) -> None:
    first = bclint(*options)
    assert first.out or "-q" in options
    assert bclint(*options) == first
    assert bclint("check", *options) == first
    assert len(carried_out) == 1


def write(path: str, text: str) -> Callable[[], object]:
    def change() -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)

    return change


@pytest.mark.parametrize(
    "change",
    [
        write("inner/a.py", "fast\n"),
        write("inner/c.py", "slow\n"),
        write("deeper/c.py", "slow\n"),
        write("inner/pyproject.toml", "[tool.bclint]\nignore = ['BCL102']\n"),
        write("pyproject.toml", "[tool.bclint]\nignore = ['BCL102']\n"),
        write(".gitignore", "inner\n"),
        write("inner/.gitignore", "a.py\n"),
        write(".git/info/exclude", "b.py\n"),
        write("inner/pyvenv.cfg", ""),
        lambda: Path("b.py").unlink(),
        lambda: os.utime("b.py", (1, 1)),
    ],
)
def test_what_changes_is_noticed(
    bclint: Command, carried_out: list[str], change: Callable[[], object]
) -> None:
    bclint()
    change()
    expected = bclint("--no-cache")
    count = len(carried_out)
    assert bclint() == expected
    assert len(carried_out) == count + 1
    assert bclint() == expected
    assert len(carried_out) == count + 1


def test_what_stands_above_is_noticed(
    bclint: Command, carried_out: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Path.cwd()
    monkeypatch.chdir("inner")
    assert bclint().status == 1
    (project / ".gitignore").write_text("a.py\n")
    assert bclint().status == 0
    (project / ".gitignore").unlink()
    (project / "pyproject.toml").write_text("[tool.bclint]\nignore = ['BCL102']\n")
    assert bclint().status == 0
    (project / "pyproject.toml").unlink()
    (project.parent / "pyproject.toml").write_text("[tool.bclint]\n")
    assert bclint().status == 1
    assert len(carried_out) == 4


def test_the_look_of_the_output_is_part_of_it(
    bclint: Command, carried_out: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = bclint()
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert bclint() != plain
    assert len(carried_out) == 2


@pytest.mark.parametrize(
    "options",
    [
        ("--diff",),
        ("--output-file", "report.txt"),
        ("--baseline", "baseline.json"),
        ("--no-cache",),
        ("missing.py",),
        ("--fix",),
    ],
)
def test_what_does_more_than_print_is_carried_out(
    bclint: Command, carried_out: list[str], options: tuple[str, ...]
) -> None:
    bclint("--write-baseline", "baseline.json")
    before = len(carried_out)
    for _ in range(2):
        Path("inner/a.py").write_text("slow\n")
        bclint(*options)
    assert len(carried_out) == before + 2


def test_errors_that_may_pass_are_not_kept(bclint: Command, carried_out: list[str]) -> None:
    write("c.py", "syntax error\n")()
    for _ in range(2):
        assert bclint().status == 2
    assert len(carried_out) == 2


def test_files_just_written_are_not_trusted(
    bclint: Command, carried_out: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "REST", 3_600_000_000_000)
    for _ in range(2):
        assert bclint().status == 1
    assert len(carried_out) == 2


@pytest.mark.parametrize("damage", [b"", b"bclint 1 0\n", b"nonsense", b"\xff" * 100])
def test_a_damaged_one_is_thrown_away_with_a_warning(bclint: Command, damage: bytes) -> None:
    first = bclint()
    (kept,) = Path(".bclint_cache").glob("*.run")
    kept.write_bytes(damage)
    ran = bclint()
    assert (ran.status, ran.out) == (first.status, first.out)
    assert ran.err.endswith("is damaged and thrown away: it is not whole\n")
    assert bclint() == first


def test_few_are_kept(bclint: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MOST", 2)
    for name in ("a", "b", "c", "d"):
        bclint("--per-file-ignores", f"{name}:BCL102")
    assert len(list(Path(".bclint_cache").glob("*.run"))) == 2
