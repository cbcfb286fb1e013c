from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bclint.bytecode.analysis import Function
from bclint.rule import Category, Finding, Needs, Rule, RuleError, RulePack


def silent(function: Function) -> Iterator[Finding]:
    return iter(())


def make(
    code: str = "ABC123",
    name: str = "some-name",
    summary: str = "something is slow",
    package: str = "pack.some_name",
) -> Rule:
    return Rule(code, name, summary, Category.LOOKUP, Needs(frozenset()), silent, package)


@pytest.mark.parametrize("code", ["B123", "AB123", "ABC123"])
def test_codes_are_what_flake8_accepts(code: str) -> None:
    assert make(code=code).code == code


@pytest.mark.parametrize("code", ["", "ABCD123", "ABC12", "ABC1234", "abc123", "123", "ABC123 "])
def test_other_codes_are_refused(code: str) -> None:
    with pytest.raises(RuleError, match=r"^pack\.some_name: code"):
        make(code=code)


@pytest.mark.parametrize("name", ["", "Name", "a_name", "a--b", "-a", "a-", "a b"])
def test_names_are_kebab_case(name: str) -> None:
    with pytest.raises(RuleError, match="kebab-case"):
        make(name=name)


@pytest.mark.parametrize("summary", ["", "It is slow.", "two\nlines"])
def test_a_summary_is_one_line_without_a_full_stop(summary: str) -> None:
    with pytest.raises(RuleError, match="summary"):
        make(summary=summary)


@pytest.mark.parametrize(
    ("other", "identity"),
    [(make(name="other-name"), "ABC123"), (make(code="ABC124"), "some-name")],
)
def test_two_rules_of_a_pack_share_neither_code_nor_name(other: Rule, identity: str) -> None:
    with pytest.raises(RuleError, match=f"^{identity} is both"):
        RulePack("pack", (make(), other))


RULE = """\
from bclint.rule import Category, Needs, Rule

def check(function):
    return iter(())

NEEDS = Needs(frozenset())
RULE = Rule("{code}", "{name}", "a summary", Category.GROWTH, NEEDS, check, __package__)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An importable package without rules, forgotten after the test."""
    folder = tmp_path / "some_pack_for_tests"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "no_package.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.split(".")[0] == folder.name]:
        del sys.modules[name]


def add_rule(package: Path, folder: str, text: str) -> Path:
    (package / folder).mkdir()
    (package / folder / "__init__.py").touch()
    (package / folder / "rule.py").write_text(text)
    return package / folder


def test_a_pack_is_read_from_the_folders_of_a_package(package: Path) -> None:
    add_rule(package, "a", RULE.format(code="ABC200", name="second"))
    folder = add_rule(package, "b", RULE.format(code="ABC100", name="first"))
    (folder / "rule.md").write_text("# ABC100 first — é\n", encoding="utf-8")
    pack = RulePack.from_package(package.name)
    assert pack.name == package.name
    assert [rule.name for rule in pack.rules] == ["first", "second"]
    assert pack.rules[0].folder == folder
    assert pack.rules[0].page == "# ABC100 first — é\n"


def test_a_folder_without_a_rule_is_an_error_that_names_it(package: Path) -> None:
    add_rule(package, "a", "RULE = 1\n")
    with pytest.raises(RuleError, match=rf"^{package.name}\.a: rule\.py holds no"):
        RulePack.from_package(package.name)
