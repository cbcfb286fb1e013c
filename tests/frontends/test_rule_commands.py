from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from bclint.engine.registry import load_rules
from bclint.frontends.markdown import render
from bclint.report.style import Style
from bclint.rule import without_cases
from tests.frontends.conftest import Ran

Command = Callable[..., Ran]


def test_rules_are_listed(bclint: Command) -> None:
    ran = bclint("rules")
    assert ran.status == 0
    for rule, line in zip(load_rules(), ran.out.splitlines(), strict=True):
        assert line.split()[:2] == [rule.code, rule.name]
        assert line.endswith(rule.summary)


def test_rules_are_listed_for_programs(bclint: Command) -> None:
    content = json.loads(bclint("rules", "--output-format", "json").out)
    assert [entry["code"] for entry in content] == [rule.code for rule in load_rules()]
    assert set(content[0]) == {"code", "name", "summary", "category", "pack"}


PAGE = textwrap.dedent(
    """\
    # BCL102 module-attribute-in-loop

    An attribute of `math` is **looked up** again and *again*, as [the
    page](https://example.org) says of names_with_underscores and 2 * 3 * 4.

    ## Cases of use

    - one item that goes on and on until the line is full
      and then some more
    1. another `x`

    ```python
    for x in y:
    \tmath.sqrt(x)\x1b

    # not a heading
    ```

    | a | b |
    |---|---|

    ## Cases

    ### nope: never
    """
)


def test_markdown_for_a_terminal() -> None:
    assert "\n".join(render(without_cases(PAGE), 40)) == textwrap.dedent(
        """\
        BCL102 module-attribute-in-loop

        An attribute of `math` is looked up
        again and again, as the page
        (https://example.org) says of
        names_with_underscores and 2 * 3 * 4.

        Cases of use

        - one item that goes on and on until the
          line is full and then some more
        1. another `x`

            for x in y:
                math.sqrt(x)\\x1b

            # not a heading

        | a | b |
        |---|---|"""
    )


def test_markdown_in_colour() -> None:
    lines = list(render("# `a` b\n\n`c` **d**\n", 40, Style(colour=True)))
    assert lines == [
        "\x1b[1;36ma b\x1b[0m",
        "",
        "\x1b[1;33mc\x1b[0m \x1b[1md\x1b[0m",
    ]


def test_fences_may_hold_fences() -> None:
    page = "````markdown\n```python\nx\n```\n````\nend\n"
    assert list(render(page)) == ["    ```python", "    x", "    ```", "end"]


def test_explain(bclint: Command) -> None:
    ran = bclint("explain", "bcl102")
    assert ran.status == 0
    assert ran.out.startswith("BCL102 module-attribute-in-loop\n")
    assert "want:" not in ran.out
    assert bclint("explain", "module-attribute-in-loop").out == ran.out
    assert "want:" in bclint("explain", "BCL102", "--cases").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "explain takes one rule"),
        (["BCL102", "BCL101"], "explain takes one rule"),
        (["module-atribute-in-loop"], "did you mean `module-attribute-in-loop`?"),
    ],
)
def test_explain_says_what_is_wrong(bclint: Command, arguments: list[str], message: str) -> None:
    ran = bclint("explain", *arguments)
    assert (ran.status, ran.out, message in ran.err) == (2, "", True)


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bclint", *arguments],
        text=True,
        encoding="utf-8",
        capture_output=True,
        check=False,
    )


def test_a_new_rule_passes_its_own_cases() -> None:
    # In processes of their own: what a pack imports stays in memory.
    made = python("new-rule", "never-do-this", "--pack", "my_rules", "--code", "ZZZ101")
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.startswith("my_rules/never_do_this: ZZZ101 never-do-this")
    again = python("new-rule", "nor-this", "--pack", "my_rules")
    assert again.stdout.startswith("my_rules/nor_this: ZZZ102 nor-this")
    assert sorted(path.parent.name for path in Path("my_rules").glob("*/rule.md")) == [
        "never_do_this",
        "nor_this",
    ]
    tested = python("test-rules", "my_rules")
    assert (tested.returncode, tested.stdout) == (0, "")
    assert tested.stderr == "my_rules: 2 rules, all cases pass\n"


def test_failing_cases_are_shown() -> None:
    python("new-rule", "never-do-this", "--pack", "my_rules", "--code", "ZZZ101")
    page = Path("my_rules/never_do_this/rule.md")
    text = page.read_text(encoding="utf-8").replace("  # want: ZZZ101", "  # wanted: ZZZ101")
    page.write_text(text.replace("        #     ^^^^^^^^^^^\n", ""), encoding="utf-8")
    tested = python("test-rules", "./my_rules")
    assert tested.returncode == 1
    assert "never_do_this/rule.md" in tested.stdout
    assert "failed" in tested.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "new-rule takes one name"),
        (["FooBar_x"], "such as `foo-bar-x`: not `FooBar_x`"),
        (["a-rule"], "there is no rule pack here: say which with --pack FOLDER"),
        (["a-rule", "--pack", "a-b"], "`a-b` cannot be imported"),
        (["a-rule", "--pack", "new"], "say the first one's code with --code"),
        (["a-rule", "--pack", "new", "--code", "zzz1"], "as BCL101: not `zzz1`"),
        (["a-rule", "--pack", "new", "--code", "BCL102"], "BCL102 is module-attribute-in-loop"),
        (
            ["module-attribute-in-loop", "--pack", "new", "--code", "ZZZ101"],
            "`module-attribute-in-loop` is BCL102 already",
        ),
    ],
)
def test_new_rule_says_what_is_wrong(bclint: Command, arguments: list[str], message: str) -> None:
    ran = bclint("new-rule", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err
    assert list(Path().iterdir()) == []


def test_new_rule_never_overwrites(bclint: Command) -> None:
    folder = Path("my_rules/a_rule")
    folder.mkdir(parents=True)
    ran = bclint("new-rule", "a-rule", "--pack", "my_rules", "--code", "ZZZ101")
    assert (ran.status, ran.err) == (2, "bclint: my_rules/a_rule exists already\n")
    assert list(folder.iterdir()) == []


def test_test_rules_needs_a_pack(bclint: Command) -> None:
    ran = bclint("test-rules", "no_such_pack")
    assert (ran.status, ran.out) == (2, "")
    assert "rule pack `no_such_pack` cannot be loaded" in ran.err
