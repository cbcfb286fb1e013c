"""Analysis in other interpreters: bare ones, of other versions, and things that are none."""

from __future__ import annotations

import json
import os
import signal
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from bclint.bytecode.versions import RUNNING
from bclint.diagnostics import Applicability, Diagnostic, Saving, Verdict
from bclint.engine import interpreters
from bclint.engine.agreement import agreed
from bclint.engine.interpreter import Interpreter, InterpreterError
from bclint.engine.interpreters import find_interpreter, lint_in
from bclint.engine.linter import FileError, FileReport, lint
from bclint.engine.registry import load_rules
from bclint.engine.weigh import scales_for
from bclint.frontends.cli import main
from bclint.source import SourceFile, Span
from tests.run import find_interpreters

RULES = load_rules()
BARE = getattr(sys, "_base_executable", sys.executable)
"""This version's interpreter, outside of any virtual environment."""
SOURCE = SourceFile(
    "a.py",
    textwrap.dedent(
        """\
        import math

        def f(points):
            for p in points:
                x = math.sqrt(p)
            return [math.sin(p) for p in points]
        """
    ).encode(),
)


def test_a_bare_interpreter_finds_what_we_find() -> None:
    found = lint_in([find_interpreter(BARE)], SOURCE, RULES, (RUNNING,), any_python=False)
    here = lint(SOURCE, RULES, scales_for((RUNNING,)))
    assert found == here
    assert found.diagnostics


def test_every_version_finds_its_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """As many of the supported interpreters as this machine has; one is always there."""
    file = tmp_path / "a.py"
    file.write_bytes(SOURCE.data)
    paths = [str(path) for path in find_interpreters().values()] or [BARE]
    arguments = [word for path in paths for word in ("--python", path)]
    options = ["--isolated", "--min-gain", "0", "--output-format", "json", "--select", "BCL102"]
    main([*options, *arguments, str(file)])
    content = json.loads(capsys.readouterr().out)
    assert content["errors"] == []
    loop = content["diagnostics"][0]
    assert (loop["line"], loop["column"]) == (5, 13)
    versions = {find_interpreter(path).python for path in paths}
    assert set(loop["evidence"]) == versions


def diagnostic(line: int) -> Diagnostic:
    return Diagnostic(
        code="BCL102",
        name="a-rule",
        message="m",
        path="a.py",
        span=Span(line, 0, line, 4),
        places=(Span(line, 5, line, 6), Span(line, 7, line, 8)),
        function="f",
        verdict=Verdict(Applicability.SAFE, "r"),
    )


def reports(**found: list[Diagnostic]) -> dict[str, FileReport]:
    return {
        python.replace("_", ".").removeprefix("v"): FileReport("a.py", tuple(diagnostics), ())
        for python, diagnostics in found.items()
    }


def test_what_all_agree_on() -> None:
    merged = agreed(reports(v3_11=[diagnostic(1), diagnostic(2)], v3_14=[diagnostic(2)]))
    assert [each.span.start_line for each in merged.diagnostics] == [2]
    assert merged.diagnostics[0].found_on == ()


def test_what_any_of_them_finds_says_who() -> None:
    both = reports(v3_11=[diagnostic(1), diagnostic(2)], v3_14=[diagnostic(2), diagnostic(3)])
    merged = agreed(both, any_python=True)
    assert [(each.span.start_line, each.found_on) for each in merged.diagnostics] == [
        *((1, ("3.11",)), (2, ()), (3, ("3.14",)))
    ]


def test_trusted_as_far_as_the_least_and_weighed_by_each_itself() -> None:
    whole = diagnostic(1)
    first = replace(whole, savings=(Saving("3.11", 1.0), Saving("3.14", 2.0)))
    second = replace(
        whole,
        verdict=Verdict(Applicability.DISPLAY_ONLY, "r"),
        savings=(Saving("3.11", 8.0), Saving("3.14", 9.0)),
        places=whole.places[1:],
    )
    [merged] = agreed(reports(v3_11=[first], v3_14=[second])).diagnostics
    assert merged.verdict.applicability is Applicability.DISPLAY_ONLY
    assert [saving.saved_ns for saving in merged.savings] == [1.0, 9.0]
    assert merged.places == first.places[1:]


def test_an_error_that_not_all_have_says_who_has_it() -> None:
    shared, own = FileError("a.py", 1, 1, "bad"), FileError("a.py", 2, 1, "worse")
    merged = agreed(
        {"3.11": FileReport("a.py", (), (shared, own)), "3.14": FileReport("a.py", (), (shared,))}
    )
    assert [error.message for error in merged.errors] == ["bad", "on CPython 3.11: worse"]


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 3", "ends with status 3"),
        ("echo hello", "is no Python: it answers with something else"),
        ("echo '[1]'", "is no Python"),
        ("echo '[\"cpython\", 3, 10]'", "is cpython 3.10; bclint reads the bytecode of CPython"),
        ("echo '[\"pypy\", 3, 11]'", "is pypy 3.11; bclint reads"),
    ],
)
def test_what_is_no_interpreter_for_us(tmp_path: Path, script: str, message: str) -> None:
    fake = tmp_path / "python"
    fake.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    fake.chmod(0o755)
    with pytest.raises(InterpreterError) as raised:
        find_interpreter(str(fake))
    assert str(raised.value).startswith(f"--python {fake}: {message}")


def test_the_command_line_says_it_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--python", "/no/python", "."]) == 2
    captured = capsys.readouterr()
    expected = "bclint: --python /no/python: cannot be started: No such file or directory\n"
    assert (captured.out, captured.err) == ("", expected)
    assert main(["--any-python", "."]) == 2
    assert "--any-python goes with --python" in capsys.readouterr().err


def test_one_that_dies_costs_one_file_and_starts_again() -> None:
    interpreter = Interpreter(BARE, RUNNING)
    server = interpreters._Server(interpreter)
    try:
        first = server.lint(SOURCE, RULES, (RUNNING,))
        assert server._process is not None
        os.kill(server._process.pid, signal.SIGKILL)
        server._process.wait()
        lost = server.lint(SOURCE, RULES, (RUNNING,))
        assert lost.diagnostics == ()
        assert lost.errors[0].message.startswith(f"cannot be checked: {BARE} gave no result")
        assert server.lint(SOURCE, RULES, (RUNNING,)) == first
    finally:
        server.stop()


def test_nothing_of_the_project_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("json.py", "sitecustomize.py", "bclint.py", "enum.py"):
        (tmp_path / name).write_text("raise SystemExit('imported')\n", encoding="utf-8")
    (tmp_path / "a.py").write_bytes(SOURCE.data)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert main(["--isolated", "--min-gain", "0", "--python", BARE, "a.py"]) == 1
    assert capsys.readouterr().err == ""


def test_fixes_are_those_that_all_agree_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(SOURCE.data)
    main(
        [
            "--isolated",
            "--min-gain",
            "0",
            "--select",
            "BCL102",
            "--python",
            BARE,
            "--fix",
            str(file),
        ]
    )
    assert "    sqrt = math.sqrt\n    for p in points:\n        x = sqrt(p)" in file.read_text()
    assert capsys.readouterr().err == ""
