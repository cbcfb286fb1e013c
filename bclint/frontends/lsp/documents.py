"""Open documents: the text as the client has it, which need not be that of any file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from lsprotocol import types
from pygls.uris import to_fs_path

from bclint.frontends.lsp.positions import Columns
from bclint.source import SourceFile


@dataclass(frozen=True)
class Document:
    """One state of a document."""

    uri: str
    version: int
    text: str

    @property
    def path(self) -> str | None:
        """The file that the document is of; None where it is of none, or not saved yet."""
        return to_fs_path(self.uri)

    @cached_property
    def lines(self) -> list[str]:
        r"""The lines with their endings, split at \n, \r\n and \r alone, as the protocol says."""
        return _split(self.text)

    @cached_property
    def source(self) -> SourceFile:
        """The source that would be saved. Raises `SourceError` where it cannot be encoded."""
        return SourceFile.of_text(self.path or self.uri, self.text)

    def changed(
        self,
        version: int,
        changes: Sequence[types.TextDocumentContentChangeEvent],
        columns: Columns,
    ) -> Document:
        """The next state; places that the text does not have are moved into it."""
        text = self.text
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                text = _replaced(text, change, columns)
            else:
                text = change.text
        return replace(self, version=version, text=text)


def _split(text: str) -> list[str]:
    return list(io.StringIO(text, newline=""))


def _replaced(text: str, change: types.TextDocumentContentChangePartial, columns: Columns) -> str:
    lines = _split(text)
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")  # where the cursor stands behind the last newline
    start, end = sorted(
        _offset(lines, columns.place_of(lines, position))
        for position in (change.range.start, change.range.end)
    )
    return text[:start] + change.text + text[end:]


def _offset(lines: Sequence[str], place: tuple[int, int]) -> int:
    line, column = place
    return sum(map(len, lines[: line - 1])) + column
