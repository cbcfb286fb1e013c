"""Source text as a terminal shows it: tabs, wide characters, and nothing that controls it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

TAB_STOP = 4
"""Columns from one tab stop to the next."""
_JOINERS = "\u200c\u200d"
"""Format characters that emoji and scripts need, and that do no harm."""
_ESCAPED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Categories that could move the cursor, turn the writing around or break the line."""


def escape(text: str) -> str:
    r"""Return `text` in one line, with control characters such as ``\x1b`` spelled out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_escape_character, text))


def escape_path(path: str) -> str:
    """Return `path` escaped to stand first in a line, where no CI server takes it for a command."""
    text = escape(path)
    return f"./{text}" if text.lstrip().startswith("::") else text


def width(text: str) -> int:
    """Return the columns that `text`, already escaped, takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(map(_character_width, text))


def _escape_character(character: str) -> str:
    if unicodedata.category(character) not in _ESCAPED or character in _JOINERS:
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def _character_width(character: str) -> int:
    if character in _JOINERS or unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


@dataclass(frozen=True, slots=True)
class DisplayLine:
    """One line of source, ready to be shown."""

    text: str
    columns: tuple[int, ...]
    """Where each code point of the source starts on the terminal, and at last the whole width."""

    @classmethod
    def of(cls, line: str) -> DisplayLine:
        """Lay out `line`, which has no newline."""
        if line.isascii() and line.isprintable():
            return cls(line, tuple(range(len(line) + 1)))
        parts: list[str] = []
        columns = [0]
        for character in line:
            start = columns[-1]
            part = " " * (TAB_STOP - start % TAB_STOP) if character == "\t" else escape(character)
            parts.append(part)
            columns.append(start + width(part))
        return cls("".join(parts), tuple(columns))

    def column(self, index: int) -> int:
        """Return the terminal column of code point `index`; the line's end for those past it."""
        return self.columns[min(index, len(self.columns) - 1)]


@dataclass(frozen=True, slots=True)
class Window:
    """The columns of the terminal through which long lines are seen."""

    start: int
    end: int

    @classmethod
    def around(cls, first: int, last: int, room: int) -> Window:
        """Return a window of `room` columns that shows columns `first` to `last`, if it can."""
        if last < room:
            return cls(0, room)
        # A third of the room before what matters, so that its surroundings are seen too.
        start = max(0, min(first - room // 3, last + 1 - room * 2 // 3))
        start = min(start, first)
        return cls(start, start + room)

    def clip(self, text: str) -> str:
        """Return what is seen of `text`, with ``…`` where it goes on."""
        if self.start == 0 and width(text) <= self.end:
            return text
        shown: list[str] = []
        column = 0
        for character in text:
            next_column = column + _character_width(character)
            if column >= self.start and next_column <= self.end:
                shown.append(character)
            elif column < self.end and next_column > self.start:
                shown.append(" ")  # half of a wide character
            column = next_column
            if column > self.end:
                break  # what follows is not seen, and may be long
        return self._with_ellipses("".join(shown), column)

    def _with_ellipses(self, shown: str, whole: int) -> str:
        if self.start and shown:
            shown = "…" + " " * (_character_width(shown[0]) - 1) + shown[1:]
        if whole > self.end and shown:
            shown = shown[:-1] + " " * (_character_width(shown[-1]) - 1) + "…"
        return shown.rstrip()

    def clip_range(self, first: int, last: int) -> tuple[int, int]:
        """Return columns `first` to `last` (half-open) as they lie in the window."""
        room = self.end - self.start
        return (
            max(0, min(first - self.start, room)),
            max(0, min(last - self.start, room)),
        )
