"""Places as clients count them: lines from 0, columns in the unit that was agreed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lsprotocol import types

from bclint.source import Span

_BYTES_PER_UNIT = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


@dataclass(frozen=True, slots=True)
class Columns:
    """Converts columns between code points and the client's unit."""

    encoding: str = "utf-16"
    """``utf-8``, ``utf-16`` or ``utf-32``: what a column counts units of."""

    def to_client(self, line: str, column: int) -> int:
        """Units before code point `column` (from 0) of `line`."""
        if line.isascii():
            return min(column, len(line))
        return self._units(line[:column])

    def from_client(self, line: str, units: int) -> int:
        """Code points before unit `units` (from 0) of `line`; its length for those past the end."""
        if line.isascii():
            return max(0, min(units, len(line)))
        before = 0
        for index, character in enumerate(line):
            if before >= units:
                return index
            before += self._units(character)
        return len(line)

    def range_of(self, lines: Sequence[str], span: Span) -> types.Range:
        """The client's range of `span` in a text of `lines`."""
        start = self._position(lines, span.start_line, span.start_column)
        return types.Range(start, self._position(lines, span.end_line, span.end_column))

    def place_of(self, lines: Sequence[str], position: types.Position) -> tuple[int, int]:
        """The line (from 1) and column (code points) of `position`, moved into the text."""
        if position.line >= len(lines):
            return len(lines), len(_content(lines[-1])) if lines else 0
        number = max(position.line, 0)
        return number + 1, self.from_client(_content(lines[number]), position.character)

    def _position(self, lines: Sequence[str], line: int, column: int) -> types.Position:
        text = _content(lines[line - 1]) if line <= len(lines) else ""
        return types.Position(line - 1, self.to_client(text, column))

    def _units(self, text: str) -> int:
        codec, size = _BYTES_PER_UNIT[self.encoding]
        return len(text.encode(codec, "surrogatepass")) // size


def _content(line: str) -> str:
    """`line` without its ending."""
    return line.rstrip("\r\n")
