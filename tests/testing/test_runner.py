"""The harness against a rule that reports every IMPORT_NAME, and pages right and wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bclint.rule import RulePack
from bclint.testing import run_pack, run_rule
from bclint.testing.page import read_page
from bclint.testing.runner import check_case
from bclint_rules import PACK

RULE = """\
from bclint.api import Applicability, Category, Finding, Instructions, Needs, Operation, Rule
from bclint.api import Verdict

UNSAFE = Verdict(Applicability.UNSAFE, "it is a test")


def check(function):
    for instruction in function[Instructions]:
        if instruction.operation is Operation.IMPORT_NAME:
            yield Finding("`import` is there", instruction, UNSAFE)


RULE = Rule(
    "TST100",
    "import-anywhere",
    "an import is there",
    Category.LOOKUP,
    Needs(frozenset({Operation.IMPORT_NAME}), in_loop=False),
    check,
    __package__,
)
"""

FIX = """\
from bclint.fix.api import Edit, Fix


def fix(context, diagnostic):
    verdict = diagnostic.verdict
    edit = Edit(diagnostic.span, "pass")
    return Fix("leave it out", verdict.applicability, verdict.reason, (edit,))
"""

PAGE = """\
# TST100 import-anywhere

an import is there.

## State

It is.

```text
IMPORT_NAME
```

## Trigger

A statement.

## Consequence

A cost.

## Example

```python
def run(size=1000):
    import math
    return math.pi
```

## Use instead

```python
def run(size=1000):
    return 3.141592653589793
```

## Fix safety

None.

## When to leave it

Always.

## Cases

### two of them

```python
if x: import é; import b  # want: TST100[unsafe] "import" TST100 "there"
#     ^^^^^^^^  ^^^^^^^^
```

### nope: nothing

```python
x
```

### nope: nothing else

```python
y
```
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the rule, importable as ``pack_under_test.rule_under_test``."""
    folder = tmp_path / "pack_under_test" / "rule_under_test"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "__init__.py").touch()
    (folder / "rule.py").write_text(RULE)
    (folder / "fix.py").write_text(FIX)
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.startswith("pack_under_test")]:
        del sys.modules[name]


def failures(folder: Path, page: str) -> list[str]:
    """What `run_rule` says of the page, without the path ahead of the line."""
    (folder / "rule.md").write_text(page, encoding="utf-8")
    (rule,) = RulePack.from_package("pack_under_test").rules
    return [failure.replace(str(folder / "rule.md"), "rule.md") for failure in run_rule(rule)]


def test_the_page_passes(folder: Path) -> None:
    assert failures(folder, PAGE) == []


def test_a_pack_gives_the_failures_of_all_its_rules(folder: Path) -> None:
    (folder / "rule.md").write_text("nothing")
    assert len(run_pack(RulePack.from_package("pack_under_test"))) == 1


def test_a_missing_page_is_a_failure(folder: Path) -> None:
    (rule,) = RulePack.from_package("pack_under_test").rules
    (failure,) = run_rule(rule)
    assert failure.endswith("rule.md: cannot be read: No such file or directory")


CASES = {
    "an unexpected finding": (
        '```python\nimport a\nimport b  # want: TST100 "there"\n```\n',
        ["rule.md:68: TST100, 'another': not wanted: TST100 at column 1: `import` is there"],
    ),
    "an unmatched want": (
        '```python\nx\ny  # want: TST100 "there"\n```\n',
        ["rule.md:69: TST100, 'another': no finding for TST100 \"there\""],
    ),
    "another message": (
        '```python\nimport a  # want: TST100 "elsewhere"\n```\n',
        [
            "rule.md:68: TST100, 'another': no finding for TST100 \"elsewhere\"",
            "rule.md:68: TST100, 'another': not wanted: TST100 at column 1: `import` is there",
        ],
    ),
    "another code": (
        '```python\nx  # want: TST101 "there"\n```\n',
        [
            "rule.md:68: wants TST101, but only TST100 is run for its cases",
            "rule.md:68: TST100, 'another': no finding for TST101 \"there\"",
        ],
    ),
    "another grade": (
        '```python\nimport a  # want: TST100[safe] "there"\n```\n',
        [
            "rule.md:68: TST100, 'another': "
            'the fix of TST100[safe] "there" is unsafe: it is a test'
        ],
    ),
    "another range": (
        '```python\nimport é  # want: TST100 "there"\n#^^^^^^\n```\n',
        [
            "rule.md:68: TST100, 'another': the range of TST100 \"there\" differs\n"
            '        import é  # want: TST100 "there"\n'
            "  want: ^^^^^^^\n"
            "  got:  ^^^^^^^^"
        ],
    ),
    "code that does not compile": (
        '```python\nimport a  # want: TST100 "there"\nx = = 1\n```\n',
        [
            "rule.md:69: TST100, 'another': SyntaxError: invalid syntax",
            "rule.md:68: TST100, 'another': no finding for TST100 \"there\"",
        ],
    ),
    "a fix where none is expected": (
        '```python\nimport a  # want: TST100[none] "there"\n```\n',
        [
            "rule.md:68: TST100, 'another': "
            'the fix of TST100[none] "there" is unsafe: it is a test'
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_fails_a_case(folder: Path, name: str) -> None:
    source, expected = CASES[name]
    assert failures(folder, f"{PAGE}\n### another\n\n{source}") == expected


@pytest.mark.parametrize(
    ("title", "source"),
    [
        ("bound to other versions [<3.11]", 'x  # want: TST100 "there"'),
        (
            "a range over several lines",
            'from a import (  # want: TST100 "there"\n#^^^^^^^^^^^^^^\n    b)',
        ),
    ],
)
def test_what_passes(folder: Path, title: str, source: str) -> None:
    assert failures(folder, f"{PAGE}\n### {title}\n\n```python\n{source}\n```\n") == []


FORMS = {
    "heading": ("100 import", "100 export", "rule.md:1: the heading is"),
    "summary": ("an import is there.", "it is.", "rule.md:2: the summary is"),
    "sections": ("## Trigger", "", "rule.md: sections with a fix.py are"),
    "empty": ("A statement.", "", "rule.md:13: Trigger is empty"),
    "bytecode": ("```text", "```json", "rule.md: no ```text block"),
    "nopes": ("```python\nx\n", '```python\nx  # want: TST100 "a"\n', "rule.md:53: a `nope:`"),
    "fewer": ("### nope: nothing else\n\n```python\ny\n```\n", "", "rule.md: 2 wants and 1 nopes"),
    "titles": (" else", "", "rule.md: two cases are called 'nope: nothing'"),
    "results": ("3.14", "2.14", "rule.md:31: run() gives 2.14"),
    "no finding": (
        "    import math\n    return math.pi",
        "    return 3",
        "rule.md:23: TST100 does",
    ),
    "raising": ("return 3.14", "return 0 / 0 *", "rule.md:31: run() failed: ZeroDivisionError"),
    "no run": (
        "def run(size=1000):\n    return",
        "def go(size=1000):\n    return",
        "rule.md:31: run() failed: TypeError: the program defines no function",
    ),
    "no size": ("(size=1000):\n    return", "():\n    return", "rule.md:31: run() failed: Type"),
}


@pytest.mark.parametrize("name", FORMS)
def test_what_fails_a_page(folder: Path, name: str) -> None:
    old, new, expected = FORMS[name]
    assert old in PAGE
    got = failures(folder, PAGE.replace(old, new, 1))
    assert any(failure.startswith(expected) for failure in got), got


def test_a_finding_in_use_instead(folder: Path) -> None:
    page = PAGE.replace("    return 3.1", "    import math\n    return 3.1")
    got = failures(folder, page)
    assert got == ["rule.md:33: reported in Use instead: TST100 at column 5: `import` is there"]


def test_the_section_of_fixes_needs_a_fix(folder: Path) -> None:
    (folder / "fix.py").unlink()
    (failure, *_) = failures(folder, PAGE)
    assert failure.startswith("rule.md: sections without a fix.py are")


def test_the_form_of_messages(folder: Path) -> None:
    (folder / "rule.py").write_text(RULE.replace("`import` is there", "Import is there."))
    got = failures(folder, PAGE.replace('"import"', '"Import"'))
    assert (
        got
        == [
            "rule.md:49: TST100, 'two of them': the message starts with a capital or ends with a "
            "full stop: Import is there."
        ]
        * 2
    )


LOOP = """```python
import math

def f(xs):
    for x in xs:
        yield 1
    for x in xs:  # a comment
        print(math.sqrt(x))  # want: BCL102[safe] "math.sqrt"
        #     ^^^^^^^^^
```

```python fixed
import math

def f(xs):
    for x in xs:
        yield 1
    sqrt = math.sqrt
    for x in xs:  # a comment
        print(sqrt(x))
```
"""


def results_of_shipped_rule(case: str) -> list[str]:
    (rule,) = (rule for rule in PACK.rules if rule.code == "BCL102")
    page = read_page("rule.md", f"# BCL102 x\n\n## Cases\n\n### a case\n\n{case}")
    return list(check_case(rule, page, page.cases[0]))


def test_a_fixed_block_is_compared_without_marks() -> None:
    assert results_of_shipped_rule(LOOP) == []
    assert results_of_shipped_rule(LOOP.replace("python fixed", "python fixed unsafe")) == []


def test_another_fixed_result_is_shown_as_a_difference() -> None:
    (failure,) = results_of_shipped_rule(LOOP.replace("print(sqrt(x))", "print(root(x))"))
    assert failure.startswith("rule.md:5: BCL102, 'a case': the fixed source differs\n")
    assert "\n-        print(root(x))\n+        print(sqrt(x))" in failure
