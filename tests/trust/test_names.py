"""Files with hostile names under the whole command, in every format, and links that lead out."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bclint.engine.configuration import OUTPUT_FORMATS
from tests.trust.conftest import FIXED, SLOW, Main, Ran

NAMES = (
    "two\nlines.py",
    "\x1b[2J\x1b]0;title\x07.py",
    "::error file=x::y.py",
    " ::stop-commands::x.py",
    "%0A::warning::z.py",
    "title=a,b:c.py",
    "quo'te\"<&]]>.py",
    "\udcff\u202ewrong.py",
    "\u2028\x85.py",
    "日本 #?.py",
    "--fix.py",
)
BROKEN = "bad\n::error::\x1b[31m.py"
NOT_TEXT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e\ud800-\udfff]")
SHOWN = re.compile(r".*\.py:7:19: BCL102 ")
PROPERTY = re.compile(r"\w+=[^,:\r\n]*")
PYLINT = re.compile(r".*\.py:7: \[BCL102\([a-z-]+\), total\] .*")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="names that few systems allow")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def report(here: Main, folder: Path, output_format: str) -> Ran:
    for name in NAMES:
        (folder / name).write_bytes(SLOW)
    (folder / BROKEN).write_bytes(b"def f(:\n")
    ran = here("--output-format", output_format, "-q")
    assert ran.status == 2
    assert not NOT_TEXT.search(ran.out)
    assert not NOT_TEXT.search(ran.err)
    assert len(ran.errors) == 1  # the broken one
    assert not any(line.lstrip().startswith("::") for line in ran.errors)
    return ran


@pytest.mark.parametrize("output_format", ["full", "concise"])
def test_text(here: Main, folder: Path, output_format: str) -> None:
    lines = report(here, folder, output_format).out.splitlines()
    assert len([line for line in lines if SHOWN.match(line)]) == len(NAMES)
    assert not any(line.lstrip().startswith("::") for line in lines)


def test_json(here: Main, folder: Path) -> None:
    content = json.loads(report(here, folder, "json").out)
    assert {each["path"] for each in content["diagnostics"]} == set(NAMES)
    assert [each["path"] for each in content["errors"]] == [BROKEN]


def test_sarif(here: Main, folder: Path) -> None:
    content = json.loads(report(here, folder, "sarif").out)
    validate = pytest.importorskip("sarif_kit.validate", reason="an older test environment")
    assert validate.validation_errors(content) == []
    [run] = content["runs"]
    assert len(run["results"]) == len(NAMES)
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == 1


def test_github(here: Main, folder: Path) -> None:
    lines = report(here, folder, "github").out.splitlines()
    warnings = [line for line in lines if line.startswith("::warning title=BCL102 ")]
    errors = [line for line in lines if line.startswith("::error title=bclint,file=")]
    assert (len(warnings), len(errors), len(lines)) == (len(NAMES), 1, len(NAMES) + 1)
    for line in lines:
        properties = line.removeprefix("::").partition("::")[0].partition(" ")[2]
        assert all(PROPERTY.fullmatch(each) for each in properties.split(",")), line


def test_gitlab(here: Main, folder: Path) -> None:
    entries = json.loads(report(here, folder, "gitlab").out)
    assert len(entries) == len({each["fingerprint"] for each in entries}) == len(NAMES) + 1


def test_junit(here: Main, folder: Path) -> None:
    root = ElementTree.fromstring(report(here, folder, "junit").out)
    assert len(root.findall("testsuite")) == len(NAMES) + 1
    assert len(root.findall("testsuite/testcase/failure")) == len(NAMES)
    assert len(root.findall("testsuite/testcase/error")) == 1


def test_pylint(here: Main, folder: Path) -> None:
    lines = report(here, folder, "pylint").out.splitlines()
    assert len(lines) == len(NAMES)
    assert all(PYLINT.fullmatch(line) for line in lines)
    assert not any(line.lstrip().startswith("::") for line in lines)


def test_every_format_is_tried() -> None:
    tried = {name.removeprefix("test_") for name in globals()} | {"full", "concise"}
    assert set(OUTPUT_FORMATS) <= tried


def test_names_are_fixed_as_they_are(here: Main, folder: Path) -> None:
    for name in NAMES:
        (folder / name).write_bytes(SLOW)
    assert here("--fix", "--unsafe-fixes", ".").status == 0
    assert names_in(folder) == sorted([*NAMES, "pyproject.toml"])
    assert {(folder / name).read_bytes() for name in NAMES} == {FIXED}


@pytest.fixture
def outside(folder: Path, tmp_path: Path) -> Path:
    """A file that a link of the project leads to."""
    outside = tmp_path / "outside.py"
    outside.write_bytes(SLOW)
    (folder / "link.py").symlink_to(outside)
    (folder / "folder").symlink_to(tmp_path)
    return outside


@pytest.mark.parametrize(
    "paths", [(".",), ("link.py",), ("folder/outside.py",), ("folder/project/link.py",)]
)
@pytest.mark.parametrize("option", [("--fix", "--unsafe-fixes"), ("--add-noqa",)])
def test_links_that_lead_out(
    here: Main, folder: Path, outside: Path, paths: tuple[str, ...], option: tuple[str, ...]
) -> None:
    assert here("-q", *paths).status == 1  # it is checked
    ran = here("-q", *option, *paths)
    assert ran.status == 2
    [line] = ran.errors
    assert f"a link leads out of the folder, to {outside}: " in line
    assert outside.read_bytes() == SLOW
    assert names_in(folder) == ["folder", "link.py", "pyproject.toml"]


def test_what_is_written_for_the_user_goes_through_no_such_link(
    here: Main, folder: Path, tmp_path: Path
) -> None:
    (folder / "a.py").write_bytes(SLOW)
    (tmp_path / "precious").write_text("mine")
    (folder / "report.json").symlink_to(tmp_path / "precious")
    ran = here("--output-format", "json", "--output-file", "report.json", "a.py")
    assert (ran.status, len(ran.errors)) == (2, 1)
    assert "report.json: a link leads out of the folder" in ran.err
    accepted = '{"bclint-baseline": 1, "findings": []}'
    (tmp_path / "accepted").write_text(accepted)
    (folder / "accepted.json").symlink_to(tmp_path / "accepted")
    ran = here("--write-baseline", "accepted.json", "a.py")
    assert (ran.status, len(ran.errors)) == (2, 1)
    assert "accepted.json: a link leads out of the folder" in ran.err
    assert (tmp_path / "precious").read_text() == "mine"
    assert (tmp_path / "accepted").read_text() == accepted
