"""The cache: what is asked again is known, what differs is not, and nothing breaks a run."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from bclint.diagnostics import Applicability, Diagnostic, Verdict
from bclint.engine import cache as cache_module
from bclint.engine import cache_store
from bclint.engine.cache import ResultCache, with_cache
from bclint.engine.cache_folder import CacheError, default_folder, token_of
from bclint.engine.file_state import state_of
from bclint.engine.linter import FileError
from bclint.engine.runner import run
from bclint.engine.tasks import FileResult, Plan, Report, Task
from bclint.rule import Rule
from bclint.source import SourceFile, Span
from tests.engine.rules import RULES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _own_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that were just written count as if they had been left alone for long."""
    monkeypatch.setattr(cache_module, "REST", -3_600_000_000_000)


@dataclasses.dataclass
class Runs:
    """Runs with a cache, whose linter finds the first byte of every file."""

    folder: Path
    identity: str = "one"
    rules: tuple[Rule, ...] = RULES
    min_gain: float = 3.0
    targets: tuple[str, ...] = ()
    plan: Plan = dataclasses.field(default_factory=Plan)
    examined: list[str] = dataclasses.field(default_factory=list)
    warnings: list[str] = dataclasses.field(default_factory=list)
    error: FileError | None = None
    changes: bool = False

    def __call__(self, *paths: str) -> Report:
        self.examined.clear()
        cache = ResultCache(str(self.folder), self.identity, self.warnings.append)
        tasks = [
            Task(path, self.rules, min_gain=self.min_gain, targets=self.targets) for path in paths
        ]
        with closing(cache):
            return run(tasks, self.plan, executor=with_cache(self._execute, cache))

    def _execute(self, tasks: Sequence[Task], plan: Plan) -> Generator[tuple[int, FileResult]]:
        for index, task in reversed(list(enumerate(tasks))):
            self.examined.append(task.path)
            source = SourceFile.read(task.path)
            assert source.status is not None
            assert plan.tell_state
            yield (
                index,
                FileResult(
                    task.path,
                    () if self.error else (finding(task.path, source.text[:1]),),
                    (self.error,) if self.error else (),
                    source,
                    original=source if self.changes else None,
                    state=state_of(source.status, source.data),
                ),
            )

    @property
    def file(self) -> Path:
        (path,) = self.folder.glob("*.sqlite")
        return path


def finding(path: str, text: str) -> Diagnostic:
    verdict = Verdict(Applicability.SAFE, "a reason")
    return Diagnostic("BCL101", "a-name", text, path, Span(1, 0, 1, 1), (), "f", verdict)


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(f"{name}\n")
    return Runs(tmp_path / ".bclint_cache")


def messages(report: Report) -> list[tuple[str, str]]:
    return [(found.path, found.message) for found in report.diagnostics]


def test_what_is_known_is_not_examined_again(runs: Runs) -> None:
    first = runs("a.py", "b.py")
    assert runs.examined == ["b.py", "a.py"]
    second = runs("b.py", "a.py", "c.py")
    assert runs.examined == ["c.py"]
    assert messages(second) == [("b.py", "b"), ("a.py", "a"), ("c.py", "c")]
    assert second.files[1].diagnostics == first.files[0].diagnostics
    source = second.files[1].source
    assert source is not None
    assert source.data == b"a.py\n"
    assert runs.warnings == []


def test_the_bytes_count_not_the_times(runs: Runs) -> None:
    runs("a.py")
    os.utime("a.py", (1, 1))
    runs("a.py")
    assert runs.examined == []
    status = Path("a.py").stat()
    Path("a.py").write_text("x.py\n")
    os.utime("a.py", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert messages(runs("a.py")) == [("a.py", "x")]


def test_a_file_is_known_at_another_place(runs: Runs) -> None:
    runs("a.py")
    Path("a.py").rename("d.py")
    assert messages(runs("d.py")) == [("d.py", "a")]
    assert runs.examined == []


def test_a_file_just_written_is_read_again(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "REST", 3_600_000_000_000)
    runs("a.py")
    connection = sqlite3.connect(runs.file)
    assert connection.execute("SELECT COUNT(*) FROM files").fetchone() == (0,)
    connection.close()
    runs("a.py")
    assert runs.examined == []  # its bytes were


@pytest.mark.parametrize(
    "change",
    [
        {"identity": "two"},
        {"rules": RULES[:2]},
        {"min_gain": 4.0},
        {"targets": ("3.12",)},
        {"plan": Plan(propose=True)},
        {"plan": Plan(fix=True)},
        {"plan": Plan(fix=True, unsafe=True)},
        {"plan": Plan(fix=True, recheck=False)},
    ],
)
def test_what_may_give_other_findings_is_examined(runs: Runs, change: dict[str, object]) -> None:
    runs("a.py")
    for name, value in change.items():
        setattr(runs, name, value)
    runs("a.py")
    assert runs.examined == ["a.py"]
    runs("a.py")
    assert runs.examined == []


def test_whether_code_comes_from_a_pyc_changes_nothing(runs: Runs) -> None:
    runs("a.py")
    runs.plan = Plan(use_pyc=False)
    runs("a.py")
    assert runs.examined == []


def test_only_errors_of_the_bytes_are_kept(runs: Runs) -> None:
    runs.error = FileError("a.py", 1, 1, "SyntaxError", lasting=True)
    runs("a.py")
    Path("a.py").rename("d.py")
    assert [error.path for error in runs("d.py").errors] == ["d.py"]
    assert runs.examined == []
    runs.error = FileError("b.py", 1, 1, "a rule crashed")
    for _ in range(2):
        runs("b.py")
        assert runs.examined == ["b.py"]


def test_a_file_that_fixing_changed_is_not_kept(runs: Runs) -> None:
    runs.changes = True
    runs.plan = Plan(fix=True, write=False)
    for _ in range(2):
        runs("a.py")
        assert runs.examined == ["a.py"]


def test_a_missing_file_is_left_to_who_checks_it(runs: Runs) -> None:
    runs("a.py")
    Path("a.py").unlink()
    with pytest.raises(Exception, match="cannot be read"):
        runs("a.py")
    assert runs.warnings == []


def test_what_was_done_before_an_interruption_is_kept(runs: Runs) -> None:
    def interrupted(done: int, whole: int) -> None:
        raise KeyboardInterrupt

    cache = ResultCache(str(runs.folder), runs.identity, runs.warnings.append)
    tasks = [Task(path, RULES, min_gain=3.0) for path in ("a.py", "b.py")]
    with pytest.raises(KeyboardInterrupt):
        run(tasks, Plan(), executor=with_cache(runs._execute, cache), watch=interrupted)
    cache.close()
    runs("a.py", "b.py")
    assert runs.examined == ["a.py"]


def overwrite(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scribble(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:100] + b"\xff" * (len(data) - 100))


def execute(*statements: str) -> Callable[[Path], object]:
    def change(path: Path) -> None:
        connection = sqlite3.connect(path, isolation_level=None)
        for statement in statements:
            connection.execute(statement)
        connection.close()

    return change


@pytest.mark.parametrize(
    "damage",
    [
        overwrite(b"nonsense" * 1000),
        truncate,
        scribble,
        execute("DROP TABLE results"),
        execute("DROP TABLE files"),
        execute("UPDATE results SET result = 'nonsense'"),
        execute("""UPDATE results SET result = '+[["__import__"], [], [], [], 0]'"""),
    ],
    ids=["nonsense", "half", "scribbled", "no results", "no files", "no json", "no finding"],
)
def test_a_damaged_one_is_thrown_away_with_a_warning(
    runs: Runs, damage: Callable[[Path], object]
) -> None:
    first = runs("a.py", "b.py")
    damage(runs.file)
    assert messages(runs("a.py", "b.py")) == messages(first)
    (warning,) = runs.warnings
    assert str(runs.file) in warning
    assert "damaged" in warning
    runs("a.py", "b.py")
    assert runs.examined == []
    assert len(runs.warnings) == 1


def test_an_empty_file_is_filled(runs: Runs) -> None:
    runs("a.py")
    runs.file.write_bytes(b"")
    runs("a.py")
    assert runs.warnings == []
    runs("a.py")
    assert runs.examined == []


def test_a_run_goes_on_while_another_one_writes(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs("a.py")
    monkeypatch.setattr(cache_store, "_WAIT", 0.0)
    other = sqlite3.connect(runs.file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert messages(runs("a.py", "b.py")) == [("a.py", "a"), ("b.py", "b")]
    other.execute("ROLLBACK")
    other.close()
    assert runs.warnings == []


PROGRAM = """\
import sys
from bclint.engine.cache import ResultCache, with_cache
from bclint.engine.runner import in_turn, run
from bclint.engine.tasks import Plan, Task
from tests.engine.rules import RULES
for number in range(5):
    cache = ResultCache(sys.argv[1], "one", sys.exit)
    tasks = [Task(f"{sys.argv[2]}{number}.py", RULES), Task("a.py", RULES)]
    run(tasks, Plan(), executor=with_cache(in_turn, cache))
    cache.close()
"""


def test_several_runs_at_once(runs: Runs, tmp_path: Path) -> None:
    for letter in "xyz":
        for number in range(5):
            (tmp_path / f"{letter}{number}.py").write_text(f"{letter}{number}\n")
    path = os.pathsep.join([str(ROOT), str(ROOT / "rules")])
    environment = {**os.environ, "PYTHONPATH": path}
    processes = [
        subprocess.Popen([sys.executable, "-c", PROGRAM, str(runs.folder), letter], env=environment)
        for letter in "xyz"
    ]
    assert [process.wait(timeout=120) for process in processes] == [0, 0, 0]
    connection = sqlite3.connect(runs.file)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("SELECT COUNT(*) FROM results").fetchone() == (16,)
    connection.close()


def test_it_does_not_grow_without_bound(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    runs("a.py")
    execute(f"UPDATE results SET used = used - {cache_store.KEPT_DAYS + 1}")(runs.file)
    runs("b.py")
    runs("a.py")
    assert runs.examined == ["a.py"]
    monkeypatch.setattr(cache_store, "MOST_BYTES", 0)
    execute("UPDATE results SET used = used - 1")(runs.file)
    runs("c.py")
    runs("a.py", "b.py", "c.py")
    assert len(runs.examined) == 1
    assert "c.py" not in runs.examined


def test_what_is_asked_for_is_kept(runs: Runs) -> None:
    runs("a.py")
    execute(f"UPDATE results SET used = used - {cache_store.KEPT_DAYS}")(runs.file)
    runs("a.py")
    execute("UPDATE results SET used = used - 1")(runs.file)
    runs("b.py")
    runs("a.py")
    assert runs.examined == []


def test_the_cache_of_another_is_not_opened(runs: Runs, tmp_path: Path) -> None:
    """A repository that comes with a cache, of a user with another secret, tells us nothing."""
    runs("a.py")
    foreign = runs.file
    foreign.write_bytes(b"a trap")
    (tmp_path / "home" / "bclint" / "secret").write_bytes(b"x" * 32)
    runs("a.py")
    assert runs.examined == ["a.py"]
    assert runs.warnings == []
    assert foreign.read_bytes() == b"a trap"


def test_each_place_has_a_name_of_its_own(tmp_path: Path) -> None:
    assert token_of(str(tmp_path / "a")) == token_of(str(tmp_path / "a"))
    assert token_of(str(tmp_path / "a")) != token_of(str(tmp_path / "b"))


def test_a_linked_folder_is_not_written_to(runs: Runs, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    runs.folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CacheError, match="is a link"):
        runs("a.py")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_linked_files_are_not_written_to(runs: Runs, tmp_path: Path) -> None:
    runs("a.py")
    (tmp_path / "precious").write_bytes(b"")
    for path in (runs.file, runs.folder / ".gitignore"):
        path.unlink()
        path.symlink_to(tmp_path / "precious")
    runs("a.py")
    assert runs.examined == ["a.py"]
    assert (tmp_path / "precious").read_bytes() == b""


def test_a_folder_with_other_things_is_no_cache(runs: Runs) -> None:
    runs.folder.mkdir()
    (runs.folder / "module.py").touch()
    with pytest.raises(CacheError, match="holds other things"):
        runs("a.py")
    assert [path.name for path in runs.folder.iterdir()] == ["module.py"]


def test_without_a_place_for_the_secret_nothing_is_cached(runs: Runs, tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(CacheError, match="no folder of the user's own"):
        runs("a.py")
    assert not runs.folder.exists()


@pytest.fixture
def inner(tmp_path: Path) -> Path:
    inner = tmp_path / "project" / "inner"
    inner.mkdir(parents=True)
    return inner


def test_the_folder_stands_in_the_project(inner: Path) -> None:
    (inner.parent / "pyproject.toml").touch()
    assert default_folder(str(inner)) == str(inner.parent / ".bclint_cache")
    (inner / ".git").mkdir()
    assert default_folder(str(inner)) == str(inner / ".bclint_cache")
