from __future__ import annotations

import dataclasses

import pytest

from bclint.engine.suppression import Suppressions, unsuppressed
from bclint.source import SourceFile, Span
from tests.report.samples import found

SOURCE = SourceFile("a.py", b"value\n")


def is_silent(text: str, *, line: int = 1, end_line: int | None = None) -> bool:
    source = SourceFile("a.py", text.encode())
    diagnostic = dataclasses.replace(
        found(SOURCE, "value", code="BCL101"), span=Span(line, 0, end_line or line, 1)
    )
    return Suppressions.of(source).silence(diagnostic)


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "#noqa",
        "# NoQA",
        "# noqa: BCL101",
        "# noqa:BCL101",
        "# noqa : BCL101",
        "# noqa: bcl101",
        "# noqa: E501,BCL101",
        "# noqa: BCL101 BCL102",
        "# noqa: E501 ,  BCL101, W1",
        "# noqa: BCL1",
        "# noqa: BCL",
        "# noqa: BCL101 the loop is cold",
        "# noqa: the loop is cold",
        "# noqa:",
        "# type: ignore # noqa",
        "# noqa: E501  # noqa: BCL101",
    ],
)
def test_comments_that_silence(comment: str) -> None:
    assert is_silent(f"x = 1  {comment}\n")


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n",
        "x = 1  # noqa: E501\n",
        "x = 1  # noqa: BCL102, BCL2\n",
        "x = 1  # noqable\n",
        "x = 1  # a noqa comment\n",
        "x = '# noqa'\n",
        "x = 1\n# noqa\n",
        "x = '''\n# noqa\n# bclint: skip-file\n'''\n",
        "x = '# bclint: skip-file'\n",
        "x = 1  # bclint: skip-files\n",
    ],
)
def test_text_that_silences_nothing(text: str) -> None:
    assert not is_silent(text)


def test_every_line_of_the_finding_counts() -> None:
    text = "x = [\n    1,\n]  # noqa: BCL101\n"
    assert is_silent(text, line=1, end_line=3)
    assert not is_silent(text, line=1, end_line=2)


@pytest.mark.parametrize("comment", ["# bclint: skip-file", "#bclint:skip-file  because"])
def test_skip_file_anywhere(comment: str) -> None:
    assert Suppressions.of(SourceFile("a.py", f"x = 1\n{comment}\n".encode())).skip_file
    assert is_silent(f"x = 1\n\n\n    {comment}\n")


def test_lines_count_as_the_tokenizer_counts_them() -> None:
    assert is_silent("x = '\x0c\u2028'\r\ny = 1  # noqa\r\n", line=2)


@pytest.mark.parametrize("broken", ["x = (\n", "x = '''\n", "  x\n y\n"])
def test_what_cannot_be_tokenized_is_read_by_lines(broken: str) -> None:
    assert is_silent(f"x = 1  # noqa: BCL101\n{broken}")


def test_order_is_kept() -> None:
    source = SourceFile("a.py", b"aa\nbb  # noqa\ncc\n")
    diagnostics = [found(source, text) for text in ("cc", "bb", "aa")]
    assert unsuppressed(source, diagnostics) == (diagnostics[0], diagnostics[2])
    assert unsuppressed(source, ()) == ()
