"""A small part of the corpus, and the checks that it is put to; `run.py` does all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bclint.diagnostics import Applicability, Diagnostic, Verdict
from bclint.engine.linter import lint
from bclint.source import SourceFile, Span
from bclint_rules import PACK
from tests.corpus.command import main
from tests.corpus.examine import examine
from tests.corpus.files import python_files, sample, standard_library
from tests.corpus.outcome import Outcome
from tests.corpus.places import wrong_places
from tests.corpus.table import table

MOST_FILES = 40
SMALL = range(2_000, 25_000)
"""Sizes in bytes: what is smaller finds little, what is larger takes long."""

PATHS = [
    path
    for path in python_files(standard_library())
    if path.stat().st_size in SMALL and "test" not in path.relative_to(standard_library()).parts
]


@pytest.mark.parametrize("path", sample(PATHS, -(-len(PATHS) // MOST_FILES)), ids=str)
def test_standard_library(path: Path) -> None:
    outcome = examine(path, PACK.rules, limit=120)
    assert not outcome.slow
    assert outcome.failures == []


TEXT = """\
import math

def f(xs):
    for x in xs:
        print('é', math.sin(x), math.sin(1))
"""
SOURCE = SourceFile("é.py", TEXT.encode())


def found() -> Diagnostic:
    return next(one for one in lint(SOURCE, PACK.rules).diagnostics if one.code == "BCL102")


def wrong(*diagnostics: Diagnostic) -> list[str]:
    return [text for _, text in wrong_places(SOURCE, diagnostics, PACK.rules)]


def test_what_is_right() -> None:
    assert wrong(found()) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: replace(d, span=moved(d.span, 1)), "no expression or statement"),
        (lambda d: replace(d, span=moved(d.span, 100)), "outside of the file"),
        (lambda d: replace(d, places=(d.span,)), "overlap"),
        (lambda d: replace(d, message="`math.cos` is looked up"), "names something else"),
        (lambda d: replace(d, message="global `math.sin` is looked up"), "names something else"),
        (lambda d: replace(d, places=(Span(5, 8, 5, 13),)), "different things"),
    ],
)
def test_what_is_wrong(change: Callable[[Diagnostic], Diagnostic], message: str) -> None:
    texts = wrong(change(found()))
    assert len(texts) == 1
    assert message in texts[0]


def moved(span: Span, columns: int) -> Span:
    return replace(
        span, start_column=span.start_column + columns, end_column=span.end_column + columns
    )


def test_two_findings_at_one_place() -> None:
    again = replace(found(), verdict=Verdict(Applicability.UNSAFE, "other"))
    assert wrong(found(), again) == ["BCL102 is reported 2 times at one range"]


def test_a_file_that_does_not_compile(tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text("def f(:\n")
    outcome = examine(path, PACK.rules, limit=10)
    assert outcome.refused.startswith("SyntaxError")
    assert outcome.failures == []


def test_the_time_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "slow.py"
    # Computing time is counted in ticks of the system's clock: one function may fit between two.
    path.write_bytes(SOURCE.data * 200)
    assert examine(path, PACK.rules, limit=1e-6).slow


def test_the_table_counts() -> None:
    outcome = Outcome(Path("a.py"), lines=500)
    outcome.findings["BCL102"] = 2
    outcome.grades["BCL102", "safe"] = 2
    outcome.safe.applied = 1
    outcome.safe.rejected.append(("BCL102", 7, "`x` is no local"))
    outcome.fail(3, "something happened")
    text = "\n".join(table("sample", [outcome], {"BCL102": "module-attribute-in-loop"}))
    assert "sample: 1 files, 500 lines, 2 findings" in text
    assert "4.00" in text
    assert "safe fixes: 1 applied, 1 rejected\n       1  BCL102 `…` is no local (a.py:7)" in text
    assert "a.py:3: something happened" in text


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "slow.py").write_bytes(SOURCE.data)
    assert main([str(tmp_path)], "") == 0
    assert "1 files, 5 lines" in capsys.readouterr().out
    (tmp_path / "slow.py").unlink()
    assert main([str(tmp_path)], "") == 1
