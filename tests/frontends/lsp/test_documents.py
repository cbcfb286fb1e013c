"""Texts and places: against the plain definition of each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from bclint.frontends.lsp.documents import Document
from bclint.frontends.lsp.positions import Columns
from bclint.source import SourceError, Span

TEXTS = st.text(st.sampled_from("ab é日🎈\n\r\f\u2028\x1c"), max_size=30)
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-32"])


def place(text: str, offset: int, columns: Columns) -> types.Position:
    """Where a client that knows only the protocol's line ends sees an offset."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    line = before.rpartition("\n")[2]
    return types.Position(before.count("\n"), columns.to_client(line, len(line)))


@given(TEXTS, TEXTS, ENCODINGS, st.data())
def test_a_change_is_made_where_the_client_means_it(
    text: str, new: str, encoding: str, data: st.DataObject
) -> None:
    columns = Columns(encoding)
    inside = [n for n in range(len(text) + 1) if text[n - 1 : n + 1] != "\r\n"]
    start, end = sorted(data.draw(st.sampled_from(inside)) for _ in range(2))
    span = types.Range(place(text, start, columns), place(text, end, columns))
    change = types.TextDocumentContentChangePartial(span, new)
    changed = Document("file:///a.py", 1, text).changed(2, [change], columns)
    assert (changed.text, changed.version) == (text[:start] + new + text[end:], 2)


@given(TEXTS, st.integers(0, 40), st.integers(0, 40), ENCODINGS)
def test_any_place_is_moved_into_the_text(
    text: str, line: int, character: int, encoding: str
) -> None:
    at = types.Position(line, character)
    change = types.TextDocumentContentChangePartial(types.Range(at, at), "X")
    changed = Document("file:///a.py", 1, text).changed(2, [change], Columns(encoding))
    assert changed.text.replace("X", "", 1) == text


@given(st.text(st.sampled_from("aé日🎈"), max_size=8), ENCODINGS)
def test_columns_there_and_back(line: str, encoding: str) -> None:
    columns = Columns(encoding)
    for column in range(len(line) + 1):
        units = columns.to_client(line, column)
        codec = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(encoding, encoding)
        width = {"utf-16": 2, "utf-32": 4}.get(encoding, 1)
        assert units * width == len(line[:column].encode(codec))
        assert columns.from_client(line, units) == column


def test_a_range_behind_the_last_line() -> None:
    document = Document("file:///a.py", 1, "x")
    found = Columns().range_of(document.lines, Span(1, 0, 2, 0))
    assert found == types.Range(types.Position(0, 0), types.Position(1, 0))


def test_the_source_is_what_would_be_saved() -> None:
    assert Document("file:///a.py", 1, "# coding: latin-1\né").source.data.endswith(b"\xe9")
    assert Document("file:///a.py", 1, "é").source.data == b"\xc3\xa9"
    with pytest.raises(SourceError, match=r"a\.py:2:1: cannot be encoded as iso-8859-1"):
        _ = Document("file:///a.py", 1, "# coding: latin-1\n日").source
    assert Document("untitled:one", 1, "").path is None
