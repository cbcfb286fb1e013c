"""A listing as text: source at the left, what the interpreter runs for it at the right."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from bclint.engine.listing import Line, Listing, Row
from bclint.evidence.cost import ITERATIONS
from bclint.report.display import DisplayLine, Window, escape, width
from bclint.report.style import Style
from bclint.report.text import Layout
from bclint.report.worth import nanoseconds, worth

_BAR = 6
"""Columns of the bar that shows a line's heat."""
_NARROWEST, _WIDEST = 20, 48
_RIGHT = 2 + 3 + 7 + 3 + 24 + 1 + 16
"""Columns of loop depth, cost, name and argument, with what stands between."""


def listed(listing: Listing, layout: Layout) -> Iterator[str]:
    """Yield the lines of `listing` as they look under `layout`."""
    style = layout.style
    heading = f"{escape(listing.path)}::{escape(listing.function)}"
    yield f"{style.strong(heading)}  CPython {listing.python}"
    whole = sum(line.heat for line in listing.lines) or 1.0
    numbers = max((len(str(line.number)) for line in listing.lines), default=1)
    left = min(max(layout.width - numbers - _BAR - _RIGHT - 36, _NARROWEST), _WIDEST)
    room = max(layout.width - numbers - left - _BAR - _RIGHT - 8, 8)
    names = f"{'':>{numbers}}  {'source':<{left}}  {'heat':<{_BAR + 6}}"
    titles = f"{names}  in {'ns':>6}   {'instruction':<24} {'argument':<16}  specialised for"
    yield style.quiet(titles.rstrip())
    for line in listing.lines:
        yield from _line(line, line.heat / whole, numbers, left, room, style)
    yield ""
    yield style.quiet("in: loops around; ns: one hot run, + where it calls code that is not known;")
    yield style.quiet(
        f"heat: share of the function's time, where every loop runs {ITERATIONS:.0f} times."
    )


def _line(
    line: Line, share: float, numbers: int, left: int, room: int, style: Style
) -> Iterator[str]:
    """The rows of one line of source, and under them its findings."""
    text = Window(0, left).clip(DisplayLine.of(line.text.rstrip()).text)
    number = str(line.number) if line.number else ""
    first = (
        f"{style.frame(f'{number:>{numbers}}')}  {text}{' ' * (left - width(text))}  "
        f"{_heat(share, style)}"
    )
    others = " " * (numbers + 2 + left + 2 + _BAR + 6)
    for start, row in zip_longest([first], line.rows):
        if row is not None:
            yield f"{start or others}  {_row(row, room, style)}".rstrip()
    for finding in line.findings:
        message = style.quoted(escape(finding.message))
        saved = worth(finding)
        yield f"{'':>{numbers}}  {style.mark('^')} {style.code(finding.code)} {message}"
        if saved:
            yield f"{'':>{numbers}}    {style.quiet(saved)}"


def _heat(share: float, style: Style) -> str:
    bar = "█" * round(share * _BAR)
    return f"{100 * share:>3.0f} % " + style.error(f"{bar:<{_BAR}}")


def _row(row: Row, room: int, style: Style) -> str:
    depth = str(row.depth) if row.depth else ""
    cost = nanoseconds(row.cost) if row.cost else ""
    argument = Window(0, 16).clip(escape(row.argument))
    padding = " " * (16 - width(argument))
    forms = Window(0, room).clip(", ".join(row.forms))
    bound = "+" if row.is_bound else " "
    return f"{depth:>2} {cost:>6}{bound}  {row.name:<24} {argument}{padding}  {style.quiet(forms)}"
