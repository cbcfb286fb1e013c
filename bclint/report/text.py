"""Findings for people: `full` with source and proposed change, `concise` in one line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bclint.diagnostics import Applicability, Diagnostic, Fix
from bclint.engine.linter import FileError
from bclint.engine.tasks import FileResult, Report
from bclint.report.change import ChangeLine, change, common_prefix
from bclint.report.display import DisplayLine, Window, escape, escape_path, width
from bclint.report.excerpt import excerpt, shown_lines
from bclint.report.style import PLAIN, Style
from bclint.report.summary import count
from bclint.report.worth import worth
from bclint.source import Span

_MOST_PLACES = 6
"""More further places than these are counted only."""
_MOST_GONE = 20
"""More entries of a baseline than these are counted only."""
_MOST_CHANGES = 30
"""More lines of a proposed change than these are counted only."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How text is written: its colours, and the width of the terminal in columns."""

    style: Style = PLAIN
    width: int = 160


def concise(report: Report, layout: Layout) -> Iterator[str]:
    """Yield one line for each finding."""
    for diagnostic in report.diagnostics:
        found_on = ", ".join(diagnostic.found_on)
        where = layout.style.quiet(f" (found on CPython {found_on})") if found_on else ""
        yield headline(diagnostic, layout.style, mark_fixable=True) + where


def full(report: Report, layout: Layout) -> Iterator[str]:
    """Yield each finding with its source, what is known of it, and the proposed change."""
    for result in report.files:
        for diagnostic in result.diagnostics:
            yield from _finding(result, diagnostic, layout)
            yield ""


def statistics(report: Report, names: Mapping[str, str]) -> Iterator[str]:
    """Yield the number of findings of each rule, the most frequent first; `names` by code."""
    counts = Counter(diagnostic.code for diagnostic in report.diagnostics)
    widest = len(str(max(counts.values(), default=0)))
    for code, number in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])):
        yield f"{number:>{widest}}  {code}  {names.get(code, '')}".rstrip()


def gone(report: Report) -> Iterator[str]:
    """Yield what the baseline holds and is no longer found; nothing where it is as it says."""
    entries = sorted(report.gone)
    if not entries:
        return
    found = f"{count(len(entries), 'finding')} of the baseline {_is(len(entries))} gone"
    yield f"bclint: {found} (`--write-baseline` forgets {_them(len(entries))}):"
    for entry in entries[:_MOST_GONE]:
        where = "" if entry.function == "<module>" else f" in `{entry.function}`"
        path = escape_path(entry.path)
        yield f"  {path}: {entry.code} " + escape(f"`{entry.expression}`{where}")
    if len(entries) > _MOST_GONE:
        yield f"  and {len(entries) - _MOST_GONE:,} more"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _them(number: int) -> str:
    return "it" if number == 1 else "them"


def headline(diagnostic: Diagnostic, style: Style = PLAIN, *, mark_fixable: bool = False) -> str:
    """Return ``path:line:column: CODE message``, the column from 1 in code points.

    With `mark_fixable`, ``[*]`` stands before the message where a fix can be applied.
    """
    span = diagnostic.span
    place = style.quiet(f":{span.start_line}:{span.start_column + 1}:")
    fix, mark = diagnostic.fix, ""
    if mark_fixable and fix and fix.applicability is not Applicability.DISPLAY_ONLY:
        mark = style.quiet("[*] ")
    message = style.quoted(escape(diagnostic.message))
    path = style.strong(escape_path(diagnostic.path))
    return f"{path}{place} {style.code(diagnostic.code)} {mark}{message}"


def error_line(error: FileError, style: Style = PLAIN) -> str:
    """Return one line for what could not be done, with its place."""
    place = f":{error.line}:{error.column}:" if error.line else ":"
    return (
        f"{style.strong(escape_path(error.path))}{style.quiet(place)} {style.error('error:')} "
        + escape(error.message)
    )


def _finding(result: FileResult, diagnostic: Diagnostic, layout: Layout) -> Iterator[str]:
    style = layout.style
    yield headline(diagnostic, style)
    source = result.source
    if source is None:
        return
    proposed = change(source, diagnostic.fix.edits) if diagnostic.fix else []
    numbers = [*shown_lines(source, diagnostic), *(line.number or 0 for line in proposed)]
    gutter = len(str(max(numbers, default=1)))
    room = max(20, layout.width - gutter - 5)
    drawn = excerpt(source, diagnostic, gutter=gutter, room=room, style=style)
    yield from drawn.rows
    notes = list(_notes(diagnostic, drawn.hidden_places, style))
    for note in notes:
        yield f"{'':>{gutter}} {style.frame('=')} {note}"
    if diagnostic.fix:
        yield f"{style.help('help:')} {style.quoted(escape(diagnostic.fix.title))}"
        yield from _change(proposed, gutter, room, style)


def _notes(diagnostic: Diagnostic, hidden: tuple[Span, ...], style: Style) -> Iterator[str]:
    if hidden:
        yield _also_here(hidden)
    if diagnostic.found_on:
        yield f"found on CPython {', '.join(diagnostic.found_on)}, not on the others"
    saved = worth(diagnostic)
    if saved:
        yield saved
    verdict: Fix | None = diagnostic.fix
    applicability = (verdict or diagnostic.verdict).applicability
    reason = style.quoted(escape((verdict or diagnostic.verdict).reason))
    if verdict or applicability is Applicability.DISPLAY_ONLY:
        yield f"{style.grade(applicability)}: {reason}"
    else:
        # Without a fix there is nothing that could be called safe.
        yield reason


def _also_here(places: tuple[Span, ...]) -> str:
    shown = ", ".join(
        f"{place.start_line}:{place.start_column + 1}" for place in places[:_MOST_PLACES]
    )
    more = len(places) - _MOST_PLACES
    return f"also here: {shown}" + (f" and {more} more" if more > 0 else "")


def _change(lines: list[ChangeLine], gutter: int, room: int, style: Style) -> Iterator[str]:
    for line in lines[:_MOST_CHANGES]:
        label = "" if line.number is None else str(line.number)
        text = _window(line, lines, room).clip(DisplayLine.of(line.text).text)
        if line.sign == " ":
            yield f"{style.frame(f'{label:>{gutter}} |')} {text}".rstrip()
            continue
        paint = style.added if line.sign == "+" else style.removed
        yield f"{style.frame(f'{label:>{gutter}}')} {paint(f'{line.sign} {text}'.rstrip())}"
    if len(lines) > _MOST_CHANGES:
        yield f"{'':>{gutter}} " + style.quiet(f"… {len(lines) - _MOST_CHANGES} more lines")


def _window(line: ChangeLine, lines: list[ChangeLine], room: int) -> Window:
    """Return what is seen of `line`: where a long one starts to differ from its counterpart."""
    versions = [
        DisplayLine.of(other.text).text
        for other in lines
        if other.number == line.number and other.sign != " "
    ]
    if len(versions) < 2 or line.sign == " ":
        return Window(0, room)
    same = width(versions[0][: common_prefix(versions[0], versions[1])])
    return Window.around(same, same, room)
