"""The comparing of a project's tests before and after; the projects themselves need the network."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bclint_rules import PACK
from tests.projects.fixing import fix_folder
from tests.projects.projects import PROJECTS, Project
from tests.projects.suite import Results, SuiteError, broken, outcomes_in, run_suite

SLOW = "def lengths(xs):\n    found = 0\n    for x in xs:\n        found += len(x) * len(x)\n"
SUITE = """
import pytest
from small import lengths

def test_some():
    assert lengths(["a"]) == 1

def test_wrong():
    assert lengths(["a"]) == 2

@pytest.mark.parametrize("value", [1, 2])
def test_each(value):
    assert value
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "small").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "small" / "__init__.py").write_text(SLOW + "    return found\n")
    (tmp_path / "tests" / "test_small.py").write_text(SUITE)
    return Project("small", "1.0", "small", ("tests",))


def test_a_suite_is_run_test_by_test(project: Project, tmp_path: Path) -> None:
    results = run_suite(project, Path(sys.executable), tmp_path)
    assert sorted(results.outcomes.values()) == ["failure", "passed", "passed", "passed"]
    assert results.passed == 3


def test_what_fixing_breaks_is_found(project: Project, tmp_path: Path) -> None:
    before = run_suite(project, Path(sys.executable), tmp_path)
    fixed = fix_folder(tmp_path / "small", PACK.rules, unsafe=False)
    assert fixed.applied["BCL101"] == 1
    assert (fixed.files, fixed.lines, fixed.errors) == (1, 5, ())
    assert broken(before, run_suite(project, Path(sys.executable), tmp_path)) == []
    (tmp_path / "small" / "__init__.py").write_text("def lengths(xs):\n    return 2\n")
    after = run_suite(project, Path(sys.executable), tmp_path)
    assert broken(before, after) == ["tests.test_small::test_some"]


def test_another_copy_of_the_package_is_not_tested(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="not the unpacked package"):
        run_suite(Project("json", "1", "json", ("tests",)), Path(sys.executable), tmp_path)


def test_a_test_that_is_gone_or_skipped_counts_as_broken() -> None:
    before = Results({"a": "passed", "b": "passed", "c": "failure"}, "")
    assert broken(before, Results({"b": "skipped", "c": "passed"}, "")) == ["a", "b"]


def test_the_worst_outcome_of_a_name_counts_and_addresses_do_not() -> None:
    case = '<testcase classname="m" name="t[0xabcdef12]">{}</testcase>'
    report = f"<r>{case.format('<failure/>')}{case.format('')}</r>"
    assert outcomes_in(report) == {"m::t[0x]": "failure"}


def test_projects_are_pinned_and_named_once() -> None:
    assert len({project.name for project in PROJECTS}) == len(PROJECTS) >= 8
    assert all(project.version[:1].isdigit() for project in PROJECTS)
    assert any(project.small for project in PROJECTS)
