"""Which pairs are measured, with what, and what is kept."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from bclint.bench import pairs, session
from bclint.bench.evidence_file import EvidenceFile, entry_of
from bclint.bench.instructions import CountError, instruction_ratio
from bclint.bench.interpreter import Interpreter, InterpreterError, ask
from bclint.bench.pairs import Growth, MeasureError, Pyperf, exponent, run_processes
from bclint.bench.ratio import Ratio
from bclint.evidence.program import Program
from bclint.evidence.records import read_evidence
from bclint.testing.page import Block
from bclint.testing.pair import Pair
from bclint_rules import PACK

BUILD: dict[str, bool | None] = {"pgo": True, "lto": None, "jit": False, "free_threaded": False}
HERE = Interpreter(sys.executable, (3, 14), "3.14.0", BUILD)
LATER = Interpreter(sys.executable, (3, 14), "3.14.1", BUILD)
FUNCTION = "def run(size=1000):\n    return sum(range(size))\n"
MODULE = "total = 0\nfor n in range(1000):\n    total += n\n\n\ndef run():\n    return total\n"
RATIO = Ratio(1.25, 1.2, 1.3, 1e-6, 6)


def pair(before: str = FUNCTION, after: str = FUNCTION, name: str = "") -> Pair:
    return Pair(name, Block("python", before, 1), Block("python", after, 1))


@pytest.mark.parametrize("text", [FUNCTION, MODULE], ids=["function", "module"])
def test_a_program_runs_at_any_size(text: str) -> None:
    assert Program(text, 10).result() == 45
    assert Program(text).result() == 499500
    program = Program(text, 10)
    executions = list(program.executions(3))
    assert len(executions) == 3
    for execute in executions:
        execute()
    exec(program.script(2), {})


def test_a_program_without_a_size_is_refused() -> None:
    with pytest.raises(TypeError, match="takes no `size`"):
        Program("def run():\n    return 1\n")


def test_pyperf_runs_both_programs_where_nothing_is_installed() -> None:
    pyperf = Pyperf()
    try:
        found = run_processes(pyperf, ask(sys.executable), pair(), 10, processes=2, values=2)
    finally:
        pyperf.close()
    assert [len(process) for process in found] == [2, 2]
    assert all(before > 0 < after for process in found for before, after in process)


def test_a_program_that_fails_is_said() -> None:
    failing = "def run(size=1000):\n    return 1 // 0\n"
    pyperf = Pyperf()
    try:
        with pytest.raises(MeasureError, match="ZeroDivisionError"):
            run_processes(pyperf, ask(sys.executable), pair(failing), 10, processes=2, values=1)
    finally:
        pyperf.close()


def test_without_pyperf_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "find_spec", lambda _: None)
    with pytest.raises(MeasureError, match=r"pip install 'bclint\[bench\]'"):
        Pyperf()


def test_the_exponent_of_a_power() -> None:
    assert exponent([(n, 3.0 * n**2) for n in (100, 200, 400)]) == pytest.approx(2.0)


def test_without_valgrind_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CountError, match="valgrind is not installed"):
        instruction_ratio(HERE, pair())


@pytest.mark.parametrize(
    ("interval", "doubtful"),
    [((0.9, 1.1), True), ((1.01, 1.2), True), ((1.06, 1.2), False), ((0.8, 0.9), False)],
)
def test_a_sign_near_one_is_in_doubt(interval: tuple[float, float], doubtful: bool) -> None:
    assert session.is_doubtful(Ratio(1.0, *interval, 1.0, 6)) is doubtful


def test_what_was_measured_is_left_out_until_a_program_or_version_changes(tmp_path: Path) -> None:
    first, second = pair(), pair(name="other")
    file = EvidenceFile(tmp_path, "TST100", [first, second])
    entry = entry_of(HERE, "2026-01-02", {10: RATIO, 1000: RATIO}, Growth(1.987, 1.0), 1.07)
    file.put(first, HERE, entry)
    again = EvidenceFile(tmp_path, "TST100", [first, second])
    assert again.has(first, HERE)
    assert not again.has(first, LATER)
    assert not again.has(second, HERE)
    changed = pair(after=MODULE)
    assert not EvidenceFile(tmp_path, "TST100", [changed, second]).has(changed, HERE)


def test_the_file_is_what_the_engine_reads(tmp_path: Path) -> None:
    file = EvidenceFile(tmp_path, "TST100", [pair()])
    file.put(pair(), HERE, entry_of(HERE, "2026-01-02", {10: RATIO, 1000: RATIO}, None, None))
    record = read_evidence(tmp_path / "evidence.json").of("", "3.14")
    assert record is not None
    assert record.measurement.interval == (1.2, 1.3)
    assert record.measurement.before_ns == 1.0
    assert record.measurement.saved_ns == pytest.approx(0.2)
    assert record.growth is None
    stored = json.loads((tmp_path / "evidence.json").read_text())
    assert stored["pairs"][""]["versions"]["3.14"]["sizes"]["10"]["before_ns"] == 100.0


def test_a_damaged_file_is_measured_anew(tmp_path: Path) -> None:
    (tmp_path / "evidence.json").write_text("{")
    assert not EvidenceFile(tmp_path, "TST100", [pair()]).has(pair(), HERE)


def test_what_is_no_supported_python(tmp_path: Path) -> None:
    with pytest.raises(InterpreterError, match="does not start"):
        ask(str(tmp_path / "python"))
    if shutil.which("true"):
        with pytest.raises(InterpreterError, match="does not start as a Python"):
            ask("true")


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands for an interpreter")
@pytest.mark.parametrize(
    ("implementation", "version"), [("CPython", "3, 10"), ("PyPy", "3, 11")], ids=["old", "other"]
)
def test_what_is_too_old_or_not_cpython(tmp_path: Path, implementation: str, version: str) -> None:
    script = tmp_path / "python"
    answer = f'"implementation": "{implementation}", "version": [{version}], "python": "7.8.9"'
    script.write_text(f"#!/bin/sh\necho '{{{answer}, \"build\": {{}}}}'\n")
    script.chmod(0o755)
    with pytest.raises(InterpreterError, match=f"{implementation} 7.8.9, not CPython 3.11 or"):
        ask(str(script))


def test_this_python_says_what_it_is() -> None:
    found = ask(sys.executable)
    assert found.version == sys.version_info[:2]
    assert set(found.build) == set(BUILD)


def test_a_plan_has_each_pair_and_interpreter_once() -> None:
    rule = next(rule for rule in PACK.rules if rule.code == "BCL203")
    jobs = session.plan([rule], [HERE], again=True)
    assert [job.title for job in jobs][:2] == ["BCL203 on 3.14", "BCL203 'dict' on 3.14"]
