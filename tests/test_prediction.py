"""The prediction of gains: what is stored is good enough, and the documentation shows it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ["3.11", "3.13", "3.14", "3.15"]


@pytest.fixture(scope="module")
def prediction() -> ModuleType:
    """The benchmark, which is no module of a package."""
    path = ROOT / "benchmarks" / "prediction.py"
    spec = importlib.util.spec_from_file_location("prediction", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "prediction", module)  # dataclasses look themselves up there
        spec.loader.exec_module(module)
    return module


def test_the_documentation_shows_what_was_measured(
    prediction: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    prediction.main(["--table"])
    table = capsys.readouterr().out
    assert table in (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    assert [version for version, _ in prediction.read_results()] == VERSIONS


def test_results_are_those_of_the_loops(prediction: ModuleType) -> None:
    names = {name for name, _ in prediction.programs()}
    for _, results in prediction.read_results():
        assert {result.name for result in results} <= names


def test_what_is_not_good_enough(
    prediction: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    def result(number: int, **changed: object) -> object:
        gain = number / 100
        fields = {"low": 1.0, "high": 1.1, "reported": True, **changed}
        return prediction.Result(str(number), "BCL102", gain, gain, **fields)

    good = [result(number) for number in range(60)]
    assert prediction.show({"3.14": good}) == 0
    assert prediction.show({"3.14": good[1:]}) == 1
    assert prediction.show({"3.14": [result(7, low=0.9, high=0.95), *good]}) == 1
    assert prediction.show({"3.14": [result(7, high=0.95, reported=False), *good]}) == 0
    out = capsys.readouterr().out
    assert "| 3.14 | 61 | 1.00 | 61 | 7 |" in out
