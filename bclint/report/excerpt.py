"""The lines of source around a finding, with carets under its exact range."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from bclint.diagnostics import Diagnostic
from bclint.report.display import DisplayLine, Window
from bclint.report.style import PLAIN, Style
from bclint.source import SourceFile, Span

_TALL = 8
"""More lines than this are not shown in full."""
_NEAR = 3
"""Lines between two shown ones that are shown too, and how far below places are looked for."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is shown of a file for one finding."""

    rows: tuple[str, ...]
    hidden_places: tuple[Span, ...]
    """The further places that no row shows."""


def excerpt(
    source: SourceFile,
    diagnostic: Diagnostic,
    *,
    gutter: int,
    room: int = 160,
    style: Style = PLAIN,
) -> Excerpt:
    """Draw `diagnostic`: `gutter` columns for line numbers, `room` columns for the source."""
    numbers = shown_lines(source, diagnostic)
    shown = frozenset(numbers)
    painter = _Painter(source, diagnostic, gutter, style, _window(source, diagnostic.span, room))
    rows = [painter.margin()]
    for index, number in enumerate(numbers):
        if index and number > numbers[index - 1] + 1:
            rows.append(painter.gap(number))
        rows.extend(painter.line(number))
    hidden = tuple(place for place in diagnostic.places if place.start_line not in shown)
    return Excerpt(tuple(rows), hidden)


def shown_lines(source: SourceFile, diagnostic: Diagnostic) -> list[int]:
    """Return the numbers of the lines to show: the span, its loop's head, places near by."""
    span = diagnostic.span
    lines = set(range(span.start_line, span.end_line + 1))
    if len(lines) > _TALL:
        lines = {*range(span.start_line, span.start_line + _TALL // 2), span.end_line}
    if diagnostic.loop:
        lines.add(min(diagnostic.loop.start_line, span.start_line))
    elif span.start_line > 1 and source.line(span.start_line - 1).strip():
        lines.add(span.start_line - 1)
    first = min(lines)
    for place in diagnostic.places:
        if first <= place.start_line <= max(span.end_line, max(lines)) + _NEAR:
            lines.add(place.start_line)
    ordered = sorted(lines)
    for above, below in pairwise(ordered):
        tall = span.start_line <= above and below <= span.end_line
        if below - above <= (2 if tall else _NEAR):
            lines.update(range(above, below))
    return [line for line in sorted(lines) if 1 <= line <= len(source.lines)]


def _window(source: SourceFile, span: Span, room: int) -> Window:
    line = DisplayLine.of(source.line(span.start_line))
    end = span.end_column if span.end_line == span.start_line else span.start_column
    return Window.around(line.column(span.start_column), line.column(end), room)


@dataclass(slots=True)
class _Painter:
    source: SourceFile
    diagnostic: Diagnostic
    gutter: int
    style: Style
    window: Window
    inside: bool = field(default=False, init=False)
    """Whether the bar beside a range of many lines is being drawn."""

    @property
    def _is_tall(self) -> bool:
        return self.diagnostic.span.end_line > self.diagnostic.span.start_line

    def margin(self, number: int | None = None) -> str:
        """Return the gutter of one row, without space behind it."""
        label = "" if number is None else str(number)
        return self.style.frame(f"{label:>{self.gutter}} |")

    def gap(self, number: int) -> str:
        """Return the row that stands for lines left out above line `number`."""
        span = self.diagnostic.span
        bar = self._is_tall and span.start_line < number <= span.end_line
        return self.style.frame("." * max(3, self.gutter)) + (self.style.mark(" |") if bar else "")

    def line(self, number: int) -> Iterator[str]:
        """Return the rows of line `number`: the source, and what is drawn below it."""
        display = DisplayLine.of(self.source.line(number))
        text = self._window_of(number).clip(display.text)
        if not self._is_tall:
            yield self._row(number, text)
        else:
            yield from self._tall_line(number, text, display)
        marks = self._marks(number, display)
        if marks:
            bar = self._bar("| " if self.inside else "  ") if self._is_tall else ""
            yield f"{self.margin()} {bar}{self._draw(marks)}"

    def _window_of(self, number: int) -> Window:
        """Return the window for line `number`: only what is marked needs to be scrolled to."""
        span = self.diagnostic.span
        if span.start_line <= number <= span.end_line:
            return self.window
        places = [place for place in self.diagnostic.places if place.start_line == number]
        return self.window if places else Window(0, self.window.end - self.window.start)

    def _row(self, number: int | None, text: str) -> str:
        return f"{self.margin(number)} {text}" if text else self.margin(number)

    def _bar(self, text: str) -> str:
        return self.style.mark(text) if text.strip() else text

    def _tall_line(self, number: int, text: str, display: DisplayLine) -> Iterator[str]:
        """Return a line with the bar that leads from the range's start to its end."""
        span = self.diagnostic.span
        if number == span.start_line:
            starts_line = not self.source.line(number)[: span.start_column].strip()
            yield self._row(number, self._bar("/ " if starts_line else "  ") + text)
            if not starts_line:
                column, _ = self.window.clip_range(display.column(span.start_column), 0)
                yield f"{self.margin()} {self._bar(' ' + '_' * (column + 1) + '^')}"
            self.inside = True
            return
        yield self._row(number, self._bar("| " if self.inside else "  ") + text)
        if number == span.end_line:
            _, end = self.window.clip_range(0, display.column(span.end_column))
            yield f"{self.margin()} {self._bar('|' + '_' * max(1, end) + '^')}"
            self.inside = False

    def _marks(self, number: int, display: DisplayLine) -> list[tuple[int, int, str]]:
        """Return the ranges to underline on line `number`, as terminal columns."""
        diagnostic = self.diagnostic
        spans = [(place, "-") for place in diagnostic.places if place.start_line == number]
        if not self._is_tall and diagnostic.span.start_line == number:
            spans.append((diagnostic.span, "^"))
        marks = []
        for span, mark in spans:
            last = len(display.columns) - 1 if span.end_line > number else span.end_column
            first, end = display.column(span.start_column), display.column(last)
            first, end = self.window.clip_range(first, max(end, first + 1))
            if end > first:
                marks.append((first, end, mark))
        return marks

    def _draw(self, marks: list[tuple[int, int, str]]) -> str:
        cells = [" "] * max(end for _, end, _ in marks)
        for first, end, mark in marks:  # the finding's own comes last, and over the others
            cells[first:end] = mark * (end - first)
        row = "".join(cells)
        return self._paint_runs(row)

    def _paint_runs(self, row: str) -> str:
        paints = {"^": self.style.mark, "-": self.style.second_mark}
        painted = []
        start = 0
        for index in range(1, len(row) + 1):
            if index == len(row) or row[index] != row[start]:
                run = row[start:index]
                painted.append(paints[run[0]](run) if run[0] in paints else run)
                start = index
        return "".join(painted)
