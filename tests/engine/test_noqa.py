"""Writing comments that silence: anywhere in a file, beside any comment, and only once."""

from __future__ import annotations

import io
import tokenize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bclint.bytecode.compile import compile_source
from bclint.engine.comments import Comments
from bclint.engine.noqa import SilenceError, is_reason, silenced, to_silence, with_noqa
from bclint.engine.registry import load_rules
from bclint.engine.runner import check
from bclint.engine.tasks import FileResult, Plan, Task
from bclint.fix.errors import FixError
from bclint.source import SourceFile
from tests.report.samples import found

RULES = tuple(rule for rule in load_rules() if rule.code in {"BCL001", "BCL101", "BCL102"})
PLAN = Plan(use_pyc=False)


def examine(text: str) -> tuple[FileResult, Task]:
    task = Task("a.py", RULES, text.encode("utf-8", "surrogatepass"))
    return check(task, PLAN), task


def silence(text: str, reason: str = "") -> str:
    """`text` with comments, tried twice: the second run must find nothing to do."""
    result, task = examine(text)
    assert to_silence(result), "nothing to silence"
    assert result.errors == ()
    new = silenced(result, task, PLAN, reason)
    assert compile_source(new) == compile_source(SourceFile("a.py", text.encode()))
    again, _ = examine(new.text)
    assert to_silence(again) == []
    return new.text


def in_loop(*lines: str) -> str:
    return (
        "import math\n\n\ndef f(xs):\n    for x in xs:\n        " + "\n        ".join(lines) + "\n"
    )


PLACES = [
    (["math.pi"], ["math.pi  # noqa: BCL102"]),
    (["math.pi   "], ["math.pi  # noqa: BCL102"]),
    (["math.pi; math.e"], ["math.pi; math.e  # noqa: BCL102"]),
    (["len(math.pi)"], ["len(math.pi)  # noqa: BCL101, BCL102"]),
    (["math.pi  # type: ignore"], ["math.pi  # type: ignore  # noqa: BCL102"]),
    (["math.pi  #"], ["math.pi  #  # noqa: BCL102"]),
    (["math.pi  # noqa: E501"], ["math.pi  # noqa: E501, BCL102"]),
    (["math.pi  #noqa:E501,W1"], ["math.pi  #noqa:E501,W1, BCL102"]),
    (["math.pi  # noqa: E501 why"], ["math.pi  # noqa: E501, BCL102 why"]),
    (["math.pi  # noqa: E501  # why"], ["math.pi  # noqa: E501, BCL102  # why"]),
    (["math.pi  # a  # NOQA: E501"], ["math.pi  # a  # NOQA: E501, BCL102"]),
    (["y = math.pi + \\", "  1"], ["y = math.pi + \\", "  1  # noqa: BCL102"]),
    (["y = 1 + \\", "  \\", "  math.pi"], ["y = 1 + \\", "  \\", "  math.pi  # noqa: BCL102"]),
    (["y = math.pi, '''", "# noqa'''"], ["y = math.pi, '''", "# noqa'''  # noqa: BCL102"]),
    (["y = (math.pi,", "  1)"], ["y = (math.pi,  # noqa: BCL102", "  1)"]),
    (["y = ('''", "''', math.pi,", "  1)"], ["y = ('''", "''', math.pi,  # noqa: BCL102", "  1)"]),
    (["f'''{", "  math.pi", "}'''"], ["f'''{", "  math.pi", "}'''  # noqa: BCL102"]),
    (
        ["y = f'''{x}", " {math.pi}", "''', [", "1]"],
        ["y = f'''{x}", " {math.pi}", "''', [  # noqa: BCL102", "1]"],
    ),
    (["if x: math.pi", "else: pass"], ["if x: math.pi  # noqa: BCL102", "else: pass"]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), PLACES)
def test_places(before: list[str], after: list[str]) -> None:
    assert silence(in_loop(*before)) == in_loop(*after)


def test_newlines_marks_and_missing_ends_stay() -> None:
    text = "\ufeffimport math\r\ndef f(y):\r\n  for x in y:\r\n    math.pi\r\n    math.e"
    assert silence(text) == text.removeprefix("\ufeff").replace(
        "math.pi", "math.pi  # noqa: BCL102"
    ).replace("math.e", "math.e  # noqa: BCL102")


def test_a_reason() -> None:
    assert "math.pi  # noqa: BCL102  # cold\n" in silence(in_loop("math.pi"), "cold")
    text = in_loop("math.pi  # noqa: E501  # cold")
    assert "# noqa: E501, BCL102  # cold\n" in silence(text, "cold")
    assert "# noqa: E501, BCL102  # cold  # old\n" in silence(text, "old")


@pytest.mark.parametrize("text", ["startup only", "see #12: BCL102, I think", "été", "no QA"])
def test_reasons(text: str) -> None:
    assert is_reason(text)
    assert silence(in_loop("math.pi"), text).count("noqa") == 1


@pytest.mark.parametrize(
    "text",
    ["", "  ", "a\nb", "a\rb", "\x1b", "# noqa", "noqa: E501", "bclint: skip-file", "\udc80"],
)
def test_what_is_no_reason(text: str) -> None:
    assert not is_reason(text)


def test_a_reason_that_the_file_cannot_hold() -> None:
    source = SourceFile("a.py", "# coding: latin-1\nx = 1\n".encode("latin-1"))
    with pytest.raises(FixError, match="which iso-8859-1 cannot encode"):
        with_noqa(source, [found(source, "x")], "日")


def test_text_without_tokens_is_left_alone() -> None:
    source = SourceFile("a.py", b"x = (\n")
    with pytest.raises(SilenceError, match="cannot be told from strings"):
        with_noqa(source, [found(source, "x")])


STATEMENTS = st.sampled_from(
    [
        "math.pi",
        "x = math.sin(x)",
        "x = [math.e,\n  len(xs)]",
        "x = math.pi + \\\n  math.e",
        "x = '''\n  # noqa\n''' + str(math.pi)",
        "x = f'''{math.pi:>{len(xs)}}\n  {math.e!r}'''",
        "if len(xs): x = '\\\n' + math.inf",
        "x = (\n  math.pi  # noqa: E501\n  # alone\n  , len)",
        "print('# noqa: BCL102', math.tau)",
        "x = lambda: math.pi",
        "pass",
    ]
)
ENDS = st.sampled_from(
    [
        "",
        "  ",
        "  # a",
        "  # noqa: E501",
        "#noqa:W1 why",
        "  # type: ignore  # noqa: BCL101",
        "  # noqa",
    ]
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(STATEMENTS, ENDS), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n"])
)
def test_any_program(parts: list[tuple[str, str]], newline: str) -> None:
    lines = [f"        {statement}{end}" for statement, end in parts]
    text = "import math\ndef f(xs):\n    for x in xs:\n" + "\n".join(lines) + "\n"
    text = text.replace("\n", newline)
    result, _ = examine(text)
    if to_silence(result):
        new = silence(text)
        assert without_comments(new) == without_comments(text)


def without_comments(text: str) -> list[tuple[int, str]]:
    tokens = tokenize.generate_tokens(io.StringIO(text, newline="").readline)
    return [(each.type, each.string) for each in tokens if each.type != tokenize.COMMENT]


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("a\nb\n", ()),
        ("a = \\\n1\nb\n", ((1, 2),)),
        ("a = (1,\n 2)\n", ()),
        ("a = ('''\n\n''',\n 2)\n", ((1, 3),)),
        ("if a:\n  '''\n  '''\nb\n", ((2, 3),)),
        ("a = f'''{\nb\n}\n''' + (\nc)\n", ((1, 4),)),
        ("a = f'''{f'''\n'''}'''\n", ((1, 2),)),
    ],
)
def test_joined_lines(text: str, joined: tuple[tuple[int, int], ...]) -> None:
    try:
        compile_source(SourceFile("a.py", text.encode()))
    except Exception:
        pytest.skip("f-strings in f-strings of the same quotes are 3.12's")
    assert Comments.of(SourceFile("a.py", text.encode())).joined == joined
