"""The change that a fix proposes, as a small diff numbered like the source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bclint.diagnostics import Edit
from bclint.source import SourceFile


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One line of a proposed change."""

    number: int | None
    """The line of the source (from 1) that it is, replaces or stands before."""
    sign: str
    """``-`` for a line that goes, ``+`` for one that comes, a space for one that stays."""
    text: str


def change(source: SourceFile, edits: Sequence[Edit]) -> list[ChangeLine]:
    """Return the lines that `edits` of `source` take away and add.

    An insertion is followed by the line that it stands before, so that its place is seen.
    """
    lines: list[ChangeLine] = []
    for first, last, group in _groups(edits):
        hunk = _hunk(source, first, last, group)
        if lines and hunk and lines[-1].sign == " " and lines[-1].number == hunk[0].number:
            lines.pop()  # what stands behind the insertion is seen in this hunk
        lines.extend(hunk)
    return lines


def _groups(edits: Sequence[Edit]) -> Iterator[tuple[int, int, list[Edit]]]:
    """Yield the edits that touch the same lines together, with the first and last of these.

    Whole lines that are inserted touch none.
    """
    first = last = 0
    group: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: edit.span):
        start, end = edit.span.start_line, edit.span.end_line
        if group and (start > last or (len(group) == 1 and _inserts_lines(group[0]))):
            yield first, last, group
            group = []
        if not group:
            first = last = start
        last = max(last, end)
        group.append(edit)
    if group:
        yield first, last, group


def _inserts_lines(edit: Edit) -> bool:
    span = edit.span
    is_empty = (span.start_line, span.start_column) == (span.end_line, span.end_column)
    return is_empty and span.start_column == 0 and edit.replacement.endswith(("\n", "\r"))


def _hunk(source: SourceFile, first: int, last: int, edits: list[Edit]) -> list[ChangeLine]:
    count = len(source.lines)
    old = [source.line(number) for number in range(first, min(last, count) + 1)]
    new = _lines(_applied(source, first, last, edits))
    before = common_prefix(old, new)
    after = common_prefix(old[before:][::-1], new[before:][::-1])
    removed, added = old[before : len(old) - after], new[before : len(new) - after]
    start = first + before
    lines = [ChangeLine(start + index, "-", text) for index, text in enumerate(removed)]
    for index, text in enumerate(added):
        is_counterpart = index < len(removed) or index == 0
        lines.append(ChangeLine(start + index if is_counterpart else None, "+", text))
    if added and not removed and start <= count:
        lines.append(ChangeLine(start, " ", source.line(start)))
    return lines


def _applied(source: SourceFile, first: int, last: int, edits: list[Edit]) -> str:
    """Return lines `first` to `last` with `edits` applied."""
    parts: list[str] = []
    position = source.offset(first, 0)
    end = source.offset(last + 1, 0) if last < len(source.lines) else len(source.text)
    for edit in edits:
        start = source.offset(edit.span.start_line, edit.span.start_column)
        parts += [source.text[position:start], edit.replacement]
        position = source.offset(edit.span.end_line, edit.span.end_column)
    return "".join([*parts, source.text[position:end]])


def _lines(text: str) -> list[str]:
    r"""Split at \n, \r\n and \r only, as the source is; no line stands behind the last ending."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def common_prefix(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many items (lines, or characters) at the start of both are equal."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
