"""Comments that silence nothing: found only when it is certain, and removed without a trace."""

from __future__ import annotations

import pytest

from bclint.bytecode.compile import compile_source
from bclint.engine.registry import load_rules
from bclint.engine.runner import check
from bclint.engine.tasks import FileResult, Plan, Task
from bclint.rule import Rule
from bclint.source import SourceFile

RULES = load_rules()
BY_CODE = {rule.code: rule for rule in RULES}
ALL = ("BCL001", "BCL101", "BCL102")


def run(text: str, codes: tuple[str, ...] = ALL, *, fix: bool = False) -> FileResult:
    rules = tuple(BY_CODE[code] for code in codes)
    plan = Plan(propose=True, fix=fix, write=False, use_pyc=False)
    return check(Task("a.py", rules, text.encode()), plan)


def in_loop(line: str) -> str:
    return f"import math\n\n\ndef f(xs):\n    for x in xs:\n        {line}\n"


def messages(text: str, codes: tuple[str, ...] = ALL) -> list[str]:
    return [each.message for each in run(text, codes).diagnostics if each.code == "BCL001"]


def fixed(line: str) -> str:
    """`line` after all fixes; the program must be the same, and a second run find nothing."""
    text = in_loop(line)
    result = run(text, fix=True)
    assert result.source is not None
    assert [each for each in result.diagnostics if each.code == "BCL001"] == []
    assert compile_source(result.source) == compile_source(SourceFile("a.py", text.encode()))
    return result.source.text.split("\n", 5)[5].removeprefix("        ").removesuffix("\n")


CASES = [
    ("x  # noqa: BCL102", "x"),
    ("x # noqa:bcl102", "x"),
    ("x  # noqa: BCL101, BCL102", "x"),
    ("x  # noqa: E501, BCL102", "x  # noqa: E501"),
    ("x  # noqa: BCL102,E501", "x  # noqa: E501"),
    ("x  # noqa: BCL102 E501, BCL101,W1", "x  # noqa: E501,W1"),
    ("x  # noqa: BCL102  # the loop is cold", "x  # the loop is cold"),
    ("x  # noqa: BCL102 - the loop is cold", "x  # the loop is cold"),
    ("x  # noqa: BCL102 the loop is cold", "x  # the loop is cold"),
    ("x  # noqa: BCL102 #", "x"),
    ("x  # type: ignore  # noqa: BCL102", "x  # type: ignore"),
    ("x  # type: ignore # noqa: BCL102 # why", "x  # type: ignore # why"),
    ("x  # noqa: E501  # noqa: BCL102", "x  # noqa: E501"),
    ("'''\n'''  # noqa: BCL102", "'''\n'''"),
    ("y = (  # noqa: BCL102\n x)", "y = (\n x)"),
]


@pytest.mark.parametrize(("line", "after"), CASES)
def test_what_silences_nothing_is_removed(line: str, after: str) -> None:
    (message,) = messages(in_loop(line))
    assert message.endswith(("silences nothing here", "silence nothing here"))
    assert fixed(line) == after


@pytest.mark.parametrize(
    "line",
    [
        "math.pi  # noqa: BCL102",
        "math.pi  # noqa: BCL1",
        "x = math.pi + \\\n  1  # noqa: BCL102",
        "x = math.pi, '''\n'''  # noqa: BCL102",
        "x = (math\n     .pi)  # noqa: BCL102",
        "x  # noqa",
        "x  # noqa: BCL1",
        "x  # noqa: BCL",
        "x  # noqa: E501",
        "x  # noqa: BCL998",
        "x  # noqa: BCL103",
        "x  # noqa: BCL001",
        "x  # noqa: BCL102, BCL001",
        "x  # noqa: BCL102  # noqa",
        "x = '# noqa: BCL102'",
        "x = math.sin(math.sin(x)); y = '''\n''', math.sin(x)  # noqa: BCL102",
    ],
)
def test_what_may_silence_something_is_left_alone(line: str) -> None:
    assert messages(in_loop(line)) == []
    assert "# noqa" in fixed(line)


def test_a_finding_that_is_too_small_counts_too() -> None:
    text = in_loop("math.pi  # noqa: BCL102")
    rules = tuple(BY_CODE[code] for code in ALL)
    result = check(Task("a.py", rules, text.encode(), min_gain=100.0), Plan())
    assert result.diagnostics == ()


def test_only_rules_that_ran_are_judged() -> None:
    text = in_loop("x  # noqa: BCL101, BCL102")
    assert messages(text) == ["`BCL101`, `BCL102` silence nothing here"]
    assert messages(text, ("BCL001", "BCL102")) == ["`BCL102` silences nothing here"]
    assert messages(text, ("BCL001",)) == []
    assert messages(text, ("BCL101", "BCL102")) == []


def test_the_place_is_the_code_and_further_codes_are_further_places() -> None:
    text = in_loop("x  # noqa: BCL101, E501, BCL102")
    source = SourceFile("a.py", text.encode())
    (found,) = run(text).diagnostics
    assert [source.slice(span) for span in found.all_places] == ["BCL101", "BCL102"]
    assert found.fix is not None
    assert found.fix.title == "remove `BCL101`, `BCL102` from the comment"


def test_nothing_is_said_where_a_rule_crashed() -> None:
    import dataclasses

    def crash(function: object) -> object:
        raise ValueError("no")

    rules: list[Rule] = [BY_CODE["BCL001"], BY_CODE["BCL101"]]
    rules.append(dataclasses.replace(BY_CODE["BCL102"], check=crash))  # type: ignore[arg-type]
    text = in_loop("math.pi; x  # noqa: BCL101")
    result = check(Task("a.py", tuple(rules), text.encode()), Plan())
    assert len(result.errors) == 1
    assert result.diagnostics == ()


def test_a_skipped_file_is_skipped() -> None:
    assert messages("# bclint: skip-file\n" + in_loop("x  # noqa: BCL102")) == []


def test_fixing_a_loop_does_not_lose_the_comment_of_another() -> None:
    text = in_loop("math.sin(x)  # noqa: BCL102") + in_loop("math.cos(x)").replace(
        "import math", ""
    ).replace("def f", "def g")
    result = run(text, ("BCL001", "BCL102"), fix=True)
    assert result.source is not None
    assert "math.sin(x)  # noqa: BCL102" in result.source.text
    assert "cos = math.cos" in result.source.text
