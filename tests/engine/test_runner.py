from __future__ import annotations

import dataclasses
import pickle
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import bclint.engine
from bclint.diagnostics import Diagnostic
from bclint.engine import runner
from bclint.engine.linter import FileReport
from bclint.engine.runner import check, run
from bclint.engine.tasks import Plan, Task
from bclint.rule import Rule
from bclint.source import SourceFile
from tests.engine.rules import RULES
from tests.report.samples import found, replacing

Finder = Callable[[SourceFile, Sequence[Rule]], FileReport]


def find_slow(source: SourceFile, rules: Sequence[Rule], *_: object) -> FileReport:
    """Report every ``slow`` alone, the last first."""
    whole = found(source, "slow") if "slow" in source.text else None
    spans = whole.all_places if whole else ()
    diagnostics = [
        dataclasses.replace(whole, span=span, places=()) for span in reversed(spans) if whole
    ]
    return FileReport(source.path, tuple(diagnostics), ())


@pytest.fixture(autouse=True)
def _find_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "lint", find_slow)


@dataclasses.dataclass
class Outcome:
    source: SourceFile
    applied: tuple[Diagnostic, ...] = ()
    rejected: tuple[tuple[Diagnostic, str], ...] = ()
    problems: tuple[object, ...] = ()


@pytest.fixture
def _fix_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    def apply(
        source: SourceFile,
        rules: Sequence[Rule],
        *,
        unsafe: bool,
        select: Callable[[SourceFile, Sequence[Diagnostic]], Sequence[Diagnostic]],
        lint: object,
    ) -> Outcome:
        chosen = select(source, find_slow(source, rules).diagnostics)
        if not chosen:
            return Outcome(source)
        text = source.text.replace("slow\n", "fast\n")
        return Outcome(SourceFile(source.path, text.encode()), tuple(chosen))

    monkeypatch.setattr("bclint.engine.fixing.apply_fixes", apply)


def task(text: str, path: str = "a.py") -> Task:
    return Task(path, RULES, text.encode())


def lines(diagnostics: Sequence[Diagnostic]) -> list[int]:
    return [diagnostic.span.start_line for diagnostic in diagnostics]


def test_findings_come_in_the_order_of_the_source() -> None:
    result = check(task("slow\nslow\n"), Plan())
    assert lines(result.diagnostics) == [1, 2]
    assert result.source is not None


def test_comments_silence() -> None:
    assert lines(check(task("slow\nslow  # noqa\n"), Plan()).diagnostics) == [1]
    assert check(task("slow\n# bclint: skip-file\n"), Plan()).diagnostics == ()


def test_without_rules_nothing_is_read_further() -> None:
    assert check(Task("a.py", (), b"slow"), Plan()).diagnostics == ()


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_bytes(b"# coding: nonsense\n")
    paths = [str(tmp_path / name) for name in ("a.py", "b.py", "c.py")]
    (tmp_path / "c.py").write_bytes(b"slow\n")
    report = run([Task(path, RULES) for path in paths], Plan())
    assert [error.path for error in report.errors] == paths[:2]
    assert [finding.path for finding in report.diagnostics] == paths[2:]


def test_a_rule_that_changes_its_mind_does_not_stop_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def crash(*arguments: object) -> list[Diagnostic]:
        raise ZeroDivisionError("oh\nno")

    monkeypatch.setattr("bclint.fix.propose.propose", crash)
    result = check(task("slow\n"), Plan(propose=True))
    assert lines(result.diagnostics) == [1]
    assert result.errors[0].message == "fixes cannot be proposed: ZeroDivisionError: oh no"


def test_a_mistake_of_ours_costs_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*arguments: object) -> FileReport:
        raise ZeroDivisionError("oh no")

    monkeypatch.setattr(runner, "lint", crash)
    report = run([task("slow\n"), task("slow\n")], Plan())
    message = "cannot be checked: ZeroDivisionError: oh no"
    assert [error.message for error in report.errors] == [message, message]


def test_fixes_are_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    def propose(
        source: SourceFile, diagnostics: Sequence[Diagnostic], *others: object
    ) -> list[Diagnostic]:
        fix = replacing(source, ("slow", "fast"))
        return [dataclasses.replace(diagnostic, fix=fix) for diagnostic in diagnostics]

    monkeypatch.setattr("bclint.fix.propose.propose", propose)
    assert check(task("slow\n"), Plan(propose=True)).diagnostics[0].fix is not None
    assert check(task("slow\n"), Plan()).diagnostics[0].fix is None


def test_findings_stand_where_libcst_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "libcst", None)
    # Importing a package again also changes what its parent calls by that name.
    for package, name in ((bclint, "fix"), (bclint.engine, "fixing")):
        if hasattr(package, name):
            monkeypatch.setattr(package, name, getattr(package, name))
    for name in [name for name in sys.modules if name.startswith("bclint.fix")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "bclint.engine.fixing", raising=False)
    result = check(task("slow\n"), Plan(propose=True))
    assert (lines(result.diagnostics), result.errors) == ([1], ())
    result = check(task("slow\n"), Plan(fix=True))
    assert lines(result.diagnostics) == [1]
    assert result.errors[0].message == "cannot be fixed: LibCST is not installed"


@pytest.mark.usefixtures("_fix_slow")
def test_fixing_reports_what_remains() -> None:
    result = check(task("slow\nslow \nslow  # noqa\n"), Plan(fix=True, write=False))
    assert result.source is not None
    assert result.source.text == "fast\nslow \nslow  # noqa\n"
    assert lines(result.diagnostics) == [2]
    assert lines(result.applied) == [2, 1]
    assert result.original is not None
    assert result.original.text.startswith("slow")


@pytest.mark.usefixtures("_fix_slow")
def test_only_changed_files_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[str, bytes]] = []
    monkeypatch.setattr(runner, "_write", lambda old, new: written.append((old.path, new.data)))
    paths = [tmp_path / name for name in ("a.py", "b.py")]
    paths[0].write_bytes(b"slow\n")
    paths[1].write_bytes(b"fast\n")
    report = run([Task(str(path), RULES) for path in paths], Plan(fix=True, recheck=False))
    assert written == [(str(paths[0]), b"fast\n")]
    assert [file.path for file in report.changed] == [str(paths[0])]
    assert (len(report.applied), report.diagnostics) == (1, ())


@pytest.mark.usefixtures("_fix_slow")
def test_a_file_that_cannot_be_written_keeps_its_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bclint.fix.errors import FixError

    def refuse(old: SourceFile, new: SourceFile) -> None:
        raise FixError("the file changed meanwhile")

    monkeypatch.setattr(runner, "_write", refuse)
    (tmp_path / "a.py").write_bytes(b"slow\n")
    result = check(Task(str(tmp_path / "a.py"), RULES), Plan(fix=True))
    assert lines(result.diagnostics) == [1]
    assert result.errors[0].message == "cannot be fixed: the file changed meanwhile"
    assert (result.original, result.applied) == (None, ())


@pytest.mark.parametrize("text", ["slow\n", "x\n", "# bclint: skip-file\n", "# coding: nope\n"])
def test_text_handed_in_is_handed_back(text: str) -> None:
    result = check(task(text), Plan(write=False))
    assert result.source is not None
    assert result.source.data == text.encode()


def test_tasks_and_results_can_be_sent_between_processes() -> None:
    sent = pickle.loads(pickle.dumps(task("slow\n")))
    result = check(sent, Plan())
    assert pickle.loads(pickle.dumps(result)).diagnostics == result.diagnostics
