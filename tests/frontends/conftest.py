"""A linter that finds the word ``slow`` and knows how to fix it, under the real command line."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from bclint.diagnostics import Applicability, Diagnostic
from bclint.engine import runner
from bclint.engine.linter import FileError, FileReport
from bclint.rule import Rule
from bclint.source import SourceFile
from tests.engine.rules import RULES
from tests.report.samples import found, replacing

WORDS = {"slow": Applicability.SAFE, "lazy": Applicability.UNSAFE, "odd": None}


def find_words(source: SourceFile, rules: Sequence[Rule], *_: object) -> FileReport:
    if "syntax error" in source.text:
        return FileReport(source.path, (), (FileError(source.path, 1, 8, "invalid syntax"),))
    diagnostics = [
        dataclasses.replace(whole, span=span, places=())
        for word in WORDS
        if word in source.text and any(rule.code == "BCL102" for rule in rules)
        for whole in [found(source, word)]
        for span in whole.all_places
    ]
    return FileReport(source.path, tuple(diagnostics), ())


def propose(
    source: SourceFile, diagnostics: Sequence[Diagnostic], *others: object
) -> list[Diagnostic]:
    return [_with_fix(source, diagnostic) for diagnostic in diagnostics]


def _with_fix(source: SourceFile, diagnostic: Diagnostic) -> Diagnostic:
    word = source.slice(diagnostic.span)
    applicability = WORDS[word]
    if applicability is None:
        return diagnostic
    fix = replacing(source, (word, "fast"), applicability=applicability)
    return dataclasses.replace(diagnostic, fix=fix)


def apply_fixes(
    source: SourceFile,
    rules: Sequence[Rule],
    *,
    unsafe: bool,
    select: Callable[[SourceFile, Sequence[Diagnostic]], Sequence[Diagnostic]],
    lint: object = None,
) -> SimpleNamespace:
    text, applied = source.text, []
    for diagnostic in select(source, find_words(source, rules).diagnostics):
        word = source.slice(diagnostic.span)
        if word == "slow" or (word == "lazy" and unsafe):
            text = text.replace(word, "fast", 1)
            applied.append(diagnostic)
    return SimpleNamespace(
        source=SourceFile(source.path, text.encode()) if applied else source,
        applied=tuple(applied),
        rejected=(),
        problems=(),
    )


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def _words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bclint.frontends.check.load_rules", lambda: RULES)
    monkeypatch.setattr(runner, "lint", find_words)
    monkeypatch.setattr("bclint.fix.propose.propose", propose)
    monkeypatch.setattr("bclint.engine.fixing.apply_fixes", apply_fixes)
    monkeypatch.setattr(runner, "_write", lambda old, new: Path(old.path).write_bytes(new.data))


@dataclasses.dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


@pytest.fixture
def bclint(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """Run the command in this process, with its output as the system would see it."""
    from bclint.frontends.cli import main

    def run(*arguments: str, text: bytes = b"") -> Ran:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
        status = main(arguments)
        return Ran(status, *capfd.readouterr())

    return run
