"""Edits to a new file, and where a place of the old one is afterwards."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from bclint.diagnostics import Edit
from bclint.fix.errors import FixError
from bclint.source import SourceFile, Span

_Change = tuple[int, int, str]


def apply_edits(source: SourceFile, edits: Iterable[Edit]) -> SourceFile:
    """The source with `edits` made; nothing else of its bytes changes.

    Raises `FixError` where edits overlap, or the text cannot be written in the file's encoding.
    Edits that insert at one place keep their order.
    """
    if not source.is_faithful:
        raise FixError(f"the encoding {source.encoding} would write the rest of it in another way")
    parts: list[str] = []
    position = 0
    for start, end, replacement in _changes(source, edits):
        if start < position:
            line = source.text.count("\n", 0, start) + 1
            raise FixError(f"two edits overlap on line {line}")
        parts += source.text[position:start], replacement
        position = end
    parts.append(source.text[position:])
    try:
        return SourceFile(source.path, source.encode("".join(parts)))
    except UnicodeEncodeError as error:
        character = error.object[error.start]
        raise FixError(
            f"the new text has {character!r}, which {source.encoding} cannot encode"
        ) from error


def overlap(first: Sequence[Edit], second: Sequence[Edit]) -> bool:
    """Whether an edit of one and an edit of the other are about the same text.

    Two insertions at one point are not: both stand, one after the other.
    """
    return any(_touch(one.span, other.span) for one in first for other in second)


def apart(first: Sequence[Edit], second: Sequence[Edit]) -> bool:
    """Whether all of one lies before all of the other."""
    starts = [min(_bounds(edit.span)[0] for edit in edits) for edits in (first, second)]
    ends = [max(_bounds(edit.span)[1] for edit in edits) for edits in (first, second)]
    return ends[0] < starts[1] or ends[1] < starts[0]


def _touch(one: Span, other: Span) -> bool:
    one_start, one_end = _bounds(one)
    other_start, other_end = _bounds(other)
    if one_start == one_end and other_start == other_end:
        return False
    if one_start == one_end or other_start == other_end:
        return one_start <= other_end and other_start <= one_end
    return one_start < other_end and other_start < one_end


def _bounds(span: Span) -> tuple[tuple[int, int], tuple[int, int]]:
    return (span.start_line, span.start_column), (span.end_line, span.end_column)


def _changes(source: SourceFile, edits: Iterable[Edit]) -> list[_Change]:
    """The edits as ranges of the text, in order (a stable sort keeps equal ones as given)."""
    changes = [
        (
            source.offset(edit.span.start_line, edit.span.start_column),
            source.offset(edit.span.end_line, edit.span.end_column),
            edit.replacement,
        )
        for edit in edits
    ]
    return sorted(changes, key=lambda change: change[:2])


class Moved:
    """Where offsets of the old text are in the new one."""

    def __init__(self, source: SourceFile, edits: Iterable[Edit]) -> None:
        """Prepare for `edits` of `source`, which do not overlap."""
        self._source = source
        self._starts: list[int] = []
        self._shifts: list[int] = [0]
        self._ends: list[int] = []
        for start, end, replacement in _changes(source, edits):
            self._starts.append(start)
            self._ends.append(end)
            self._shifts.append(self._shifts[-1] + len(replacement) - (end - start))

    def start_of(self, span: Span) -> int:
        """The offset in the new text of the start of `span`.

        What stood behind an insertion is behind it still; the start of what was replaced is the
        start of its replacement.
        """
        offset = self._source.offset(span.start_line, span.start_column)
        index = bisect_right(self._starts, offset)
        if index and self._ends[index - 1] > offset:
            return self._starts[index - 1] + self._shifts[index - 1]
        return offset + self._shifts[index]
