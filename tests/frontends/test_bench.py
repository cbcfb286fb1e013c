"""``bclint bench``: what it asks for, and what it says when that is not there."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bclint.bench.ratio import Ratio
from bclint.frontends import bench
from bclint.frontends.bench import HELP

RULE = """\
from bclint.api import Category, Finding, Instructions, Needs, Operation, Rule


def check(function):
    for instruction in function[Instructions]:
        if instruction.operation is Operation.IMPORT_NAME:
            yield Finding("it is there", instruction, None)


RULE = Rule(
    "TST100",
    "import-anywhere",
    "An import is there",
    Category.LOOKUP,
    Needs(frozenset({Operation.IMPORT_NAME}), in_loop=False),
    check,
    __package__,
)
"""
PAGE = """\
# TST100 import-anywhere

An import is there.

## Example

```python
def run(size=1000):
    import math
    return [math.pi] * size
```

## Use instead

```python
def run(size=1000):
    return [3.141592653589793] * size
```

## When to leave it

Always.

## Cases
"""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The page of the one rule that is installed, in a folder of its own."""
    from bclint.rule import RulePack

    name = f"measured_pack_{tmp_path.name}".replace("-", "_")
    folder = tmp_path / name / "import_anywhere"
    folder.mkdir(parents=True)
    for path in (folder.parent / "__init__.py", folder / "__init__.py"):
        path.touch()
    (folder / "rule.py").write_text(RULE)
    (folder / "rule.md").write_text(PAGE)
    monkeypatch.syspath_prepend(tmp_path)
    rules = RulePack.from_package(name).rules
    monkeypatch.setattr(bench, "load_rules", lambda: rules)
    return folder / "rule.md"


@pytest.fixture
def _measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every pair gives the same ratio at once."""
    monkeypatch.setattr(
        "bclint.bench.session.measure_ratio", lambda *_: Ratio(1.25, 1.2, 1.3, 1e-6, 6)
    )


def test_help(bclint: Callable[..., Any]) -> None:
    ran = bclint("bench", "--help")
    assert (ran.status, ran.out) == (0, HELP)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["BCL9999"], "no rule is called `BCL9999`"),
        (["--opcodes", "BCL101"], "--opcodes measures instructions"),
        (["--python", "no-such-python"], "no-such-python does not start"),
        (["--pyton", "x"], "there is no option `--pyton`"),
    ],
)
def test_one_line_says_what_cannot_be_done(
    bclint: Callable[..., Any], arguments: list[str], message: str
) -> None:
    ran = bclint("bench", *arguments)
    assert ran.status == 2
    assert ran.out == ""
    assert message in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.usefixtures("_measured")
def test_evidence_and_page_are_written_and_not_measured_twice(
    bclint: Callable[..., Any], page: Path
) -> None:
    ran = bclint("bench")
    version = f"3.{sys.version_info.minor}"
    assert ran.status == 0, ran.err
    line, last = ran.err.splitlines()
    assert line.startswith(f"1/1 TST100 on {version}: 1.25 (1.20 to 1.30) at 10, saves 20.0 ns; ")
    assert last == "1 measured, 0 failed"
    stored = json.loads(page.with_name("evidence.json").read_text())
    assert stored["pairs"][""]["versions"][version]["sizes"]["1000"]["ratio"] == 1.25
    assert f"| {version} | 1.0 | 0.8 | 1.25 (1.20 to 1.30) |" in page.read_text()
    assert bclint("bench", "TST100").err == "0 measured, 0 failed\n"
    assert bclint("bench", "--again").err.endswith("1 measured, 0 failed\n")


@pytest.mark.usefixtures("page")
def test_what_stays_too_wide_is_not_stored(
    bclint: Callable[..., Any], page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bclint.bench.pairs.MOST_ROUNDS", 1)
    monkeypatch.setattr("bclint.bench.pairs.run_processes", lambda *_: [[(1.0, 1.0)], [(2.0, 1.0)]])
    ran = bclint("bench")
    assert ran.status == 2
    assert re.search(r"not measured: the interval .* is too wide after 2 processes", ran.err)
    assert not page.with_name("evidence.json").exists()


@pytest.mark.usefixtures("_measured")
def test_programs_that_disagree_are_not_measured(bclint: Callable[..., Any], page: Path) -> None:
    page.write_text(PAGE.replace("[3.14", "[2.14"))
    ran = bclint("bench")
    assert ran.status == 2
    assert "run() gives [2.14" in ran.err


@pytest.mark.usefixtures("page", "_measured")
def test_a_sign_in_doubt_without_valgrind_is_said(
    bclint: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    near = Ratio(1.01, 0.99, 1.02, 1e-6, 6)
    monkeypatch.setattr("bclint.bench.session.measure_ratio", lambda *_: near)
    monkeypatch.setattr("bclint.bench.instructions.shutil", SimpleNamespace(which=lambda _: None))
    ran = bclint("bench")
    assert ran.status == 0
    assert "bclint: valgrind is not installed" in ran.err
