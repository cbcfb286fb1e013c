from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bclint.source import SourceError, SourceFile, Span

WIDE = "é日本🐍\t= math.pi\n"
"""Characters of two, three and four bytes of UTF-8, of one and two units of UTF-16, and a tab."""


def source(text: str, newline: str = "\n") -> SourceFile:
    return SourceFile("a.py", text.replace("\n", newline).encode())


def test_span_from_utf8_bytes() -> None:
    file = source(f"x = 1\n{WIDE}")
    start = len("é日本🐍\t= ".encode())
    span = file.span_from_utf8(2, 2, start, start + len("math.pi"))
    assert span == Span(2, 7, 2, 14)
    assert file.slice(span) == "math.pi"


@pytest.mark.parametrize("prefix", ["é", "日本", "🐍", "\t", "e\u0301", "\U0001f1e9\U0001f1ea"])
def test_an_expression_is_found_behind_any_character(prefix: str) -> None:
    text = f's = "{prefix}"; math.pi\n'
    file = source(text)
    column = len(text[: text.index("math")].encode())
    span = file.span_from_utf8(1, 1, column, column + 7)
    assert file.slice(span) == "math.pi"


def test_utf16_columns() -> None:
    file = source(WIDE)
    assert [file.column_to_utf16(1, column) for column in range(6)] == [0, 1, 2, 3, 5, 6]
    assert [file.column_from_utf16(1, column) for column in (0, 1, 2, 3, 5, 6)] == [
        0,
        1,
        2,
        3,
        4,
        5,
    ]


def test_utf16_columns_past_the_line_are_its_end() -> None:
    assert source("ab\n").column_from_utf16(1, 99) == 2


@given(st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"])))
def test_column_units_convert_there_and_back(line: str) -> None:
    file = SourceFile("a.py", codecs.BOM_UTF8 + line.encode())
    for column in range(len(line) + 1):
        assert file.column_from_utf8(1, len(line[:column].encode())) == column
        units = len(line[:column].encode("utf-16-le")) // 2
        assert file.column_to_utf16(1, column) == units
        assert file.column_from_utf16(1, units) == column


def test_slice_over_several_lines() -> None:
    assert source("f(é,\n  b)\nc\n").slice(Span(1, 2, 2, 3)) == "é,\n  b"


def test_spans_contain_themselves_and_what_is_inside() -> None:
    outer = Span(1, 4, 3, 2)
    assert outer.contains(outer)
    assert outer.contains(Span(2, 0, 2, 80))
    assert not outer.contains(Span(1, 3, 3, 2))
    assert not outer.contains(Span(1, 4, 3, 3))


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_newlines_are_kept(newline: str) -> None:
    file = source("a\nb\n", newline)
    assert file.newline == newline
    assert file.lines == [f"a{newline}", f"b{newline}"]
    assert [file.line(number) for number in range(4)] == ["", "a", "b", ""]
    assert file.slice(Span(2, 0, 2, 1)) == "b"
    assert file.encode(file.text) == file.data


@pytest.mark.parametrize("text", ["", "a"])
def test_without_any_newline_new_lines_end_in_a_line_feed(text: str) -> None:
    assert source(text).newline == "\n"


@pytest.mark.parametrize("separator", ["\f", "\v", "\x1c", "\x85", "\u2028"])
def test_lines_end_only_where_the_tokenizer_ends_them(separator: str) -> None:
    file = source(f"{separator}a = '{separator}'\nb\n")
    assert file.lines == [f"{separator}a = '{separator}'\n", "b\n"]


def test_a_byte_order_mark_is_no_part_of_the_text_and_survives() -> None:
    file = SourceFile("a.py", codecs.BOM_UTF8 + "é = 1\n".encode())
    assert file.has_byte_order_mark
    assert file.encoding == "utf-8"
    assert file.text == "é = 1\n"
    assert file.column_from_utf8(1, 2) == 1
    assert file.encode(file.text) == file.data


@pytest.mark.parametrize("line", [0, 1])
def test_a_cookie_names_the_encoding(line: int) -> None:
    data = b"#!/bin/python\n" * line + "# coding: latin-1\ns = 'é'\n".encode("latin-1")
    file = SourceFile("a.py", data)
    assert file.encoding == "iso-8859-1"
    assert "é" in file.text
    assert file.encode(file.text) == data


def test_columns_are_those_of_utf8_whatever_the_encoding() -> None:
    """The compiler recodes to UTF-8 first, so that its columns never count latin-1 bytes."""
    text = "# coding: latin-1\ns = 'é'; math.pi\n"
    file = SourceFile("a.py", text.encode("latin-1"))
    column = len("s = 'é'; ".encode())
    assert file.slice(file.span_from_utf8(2, 2, column, column + 7)) == "math.pi"


def test_a_cookie_in_the_third_line_is_a_comment() -> None:
    assert SourceFile("a.py", b"\n\n# coding: latin-1\n").encoding == "utf-8"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"# coding: no-such-codec\n", "unknown encoding"),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", "cannot be decoded"),
        (b"\xff = 1\n", "cannot be decoded"),
    ],
)
def test_an_encoding_that_contradicts_itself_is_an_error(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message) as raised:
        _ = SourceFile("a.py", data).text
    assert str(raised.value).startswith("a.py:1:1: ")


@pytest.mark.parametrize("codec", ["hex", "rot13", "undefined"])
def test_a_codec_that_makes_no_text_is_an_error(codec: str) -> None:
    with pytest.raises(SourceError, match=r"^a\.py:1:1: cannot be decoded"):
        _ = SourceFile("a.py", f"# coding: {codec}\n".encode()).text


def test_a_codec_that_says_no_place_is_an_error() -> None:
    data = b"# coding: idna\n\nx = '\xe9'\n"
    with pytest.raises(SourceError, match="cannot be decoded as idna: "):
        _ = SourceFile("a.py", data).text


def test_the_span_of_a_line_is_what_stands_on_it() -> None:
    source = SourceFile("a.py", "a\n\t\u00e9 = 1  \n".encode())
    assert source.slice(source.span_of_line(2)) == "\u00e9 = 1"


def test_undecodable_bytes_are_reported_on_their_line() -> None:
    with pytest.raises(SourceError, match=r"^a\.py:4:1: cannot be decoded as utf-8"):
        _ = SourceFile("a.py", b"a\nb\nc\nd = '\xe9'\n").text


def test_reading_gives_the_bytes_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"\xef\xbb\xbfa\r\n")
    assert SourceFile.read(str(path)).data == b"\xef\xbb\xbfa\r\n"


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        SourceFile.read(str(tmp_path / "absent.py"))


def test_a_cookie_counts_where_only_carriage_returns_end_lines() -> None:
    source = SourceFile("a.py", b"# first\r# coding: latin-1\rx = '\xe9'\r")
    assert source.encoding == "iso-8859-1"
    assert source.text.endswith("x = '\u00e9'\r")
