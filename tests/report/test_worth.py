"""What a finding's change saves, in words."""

from __future__ import annotations

import dataclasses

import pytest

from bclint.bytecode.versions import RUNNING
from bclint.diagnostics import Diagnostic, Saving
from bclint.engine.tasks import FileResult, Report
from bclint.report.order import ordered
from bclint.report.worth import nanoseconds, percent, versions, worth
from bclint.source import SourceFile
from tests.report.samples import found

SOURCE = SourceFile("a.py", b"a.b\n")


def saving(*savings: Saving) -> Diagnostic:
    return dataclasses.replace(found(SOURCE, "a.b"), savings=savings)


@pytest.mark.parametrize(
    ("savings", "text"),
    [
        (
            (Saving("3.12", 13.0, 90.0),),
            "saves 13 ns of about 90 an iteration (14 %) on CPython 3.12",
        ),
        (
            (Saving("3.12", 1.26, 1234.0, at_most=True),),
            "saves 1.3 ns of at least 1,234 an iteration (at most 0.1 %) on CPython 3.12",
        ),
        (
            (Saving("3.11", 4.0, 40.0), Saving("3.12", 2.0, 50.0)),
            "saves 2 ns of about 50 an iteration (4 %) on CPython 3.12, "
            "at least 4 % on 3.11 and 3.12",
        ),
        (
            (Saving("3.11", 4.0, 40.0, at_most=True), Saving("3.12", 2.0, 50.0, at_most=True)),
            "saves 2 ns of at least 50 an iteration (at most 4 %) on CPython 3.12, "
            "at most 4 to 10 % on 3.11 and 3.12",
        ),
        (
            (Saving("3.11", growth="quadratic → linear"), Saving("3.12", growth="x")),
            "growth: quadratic → linear on CPython 3.11 and 3.12",
        ),
        ((Saving("3.12"),), None),
        ((), None),
    ],
)
def test_worth(savings: tuple[Saving, ...], text: str | None) -> None:
    if RUNNING in {each.python for each in savings[:-1]}:
        savings = (dataclasses.replace(savings[0], python="3.10"), *savings[1:])
        text = text and text.replace("3.11", "3.10")
    assert worth(saving(*savings)) == text


def test_the_running_version_is_shown_before_newer_ones() -> None:
    text = worth(saving(Saving(RUNNING, 1.0, 10.0), Saving("3.99", 5.0, 10.0)))
    assert text is not None
    assert text.startswith("saves 1 ns of about 10 an iteration (10 %)")
    assert text.endswith(f"at least 10 % on {RUNNING} and 3.99")


def test_numbers() -> None:
    assert [nanoseconds(value) for value in (0.04, 0.57, 3.0, 9.96, 12.4, 54321.0)] == [
        *("0.04", "0.57", "3", "10", "12", "54,321")
    ]
    assert [percent(share) for share in (None, 0.001, 0.0096, 0.034, 1.0)] == [
        *("0.0", "0.1", "1", "3", "100")
    ]


def test_versions() -> None:
    def of(*names: str) -> str:
        return versions([Saving(name) for name in names])

    assert of("3.12") == "3.12"
    assert of("3.12", "3.13") == "3.12 and 3.13"
    assert of("3.11", "3.12", "3.13") == "3.11 to 3.13"
    assert of("3.11", "3.12", "3.14") == "3.11, 3.12 and 3.14"


def test_what_gains_most_comes_first() -> None:
    low, high = saving(Saving("3.14", 1.0, 100.0)), saving(Saving("3.14", 9.0, 10.0))
    grows, unknown = saving(Saving("3.14", growth="quadratic → linear")), saving()
    files = (
        FileResult("a.py", (unknown, low), source=SOURCE),
        FileResult("b.py", (high, grows), source=SOURCE),
    )
    report = Report(files)
    assert ordered(report) is report
    assert ordered(report, by_gain=True).diagnostics == (grows, high, low, unknown)
    assert ordered(report, by_gain=True, top=2).diagnostics == (grows, high)
    assert ordered(report, top=3).diagnostics == (unknown, low, high)
    assert [file.source for file in ordered(report, top=9).files] == [SOURCE] * 4
