"""Diagnostics by hand: in a small source, «…» marks each place and ⟦…⟧ the loop."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from bclint.diagnostics import Applicability, Diagnostic, Edit, Fix, Verdict
from bclint.fix.context import FixContext
from bclint.fix.edits import apply_edits
from bclint.source import SourceFile, Span

SAFE = Verdict(Applicability.SAFE, "nothing in the loop rebinds it")
_MARKS = re.compile("[«»⟦⟧]")


def dedented(text: str) -> str:
    return textwrap.dedent(text).removeprefix("\n")


def marked(
    text: str,
    *,
    newline: str = "\n",
    encoding: str = "utf-8",
    function: str = "f",
    verdict: Verdict = SAFE,
    code: str = "BCL999",
) -> tuple[SourceFile, Diagnostic]:
    """The source without its marks, and the finding that they describe."""
    text = dedented(text).replace("\n", newline)
    source = SourceFile("example.py", _MARKS.sub("", text).encode(encoding))
    places = _spans(source, text, "«", "»")
    loops = _spans(source, text, "⟦", "⟧")
    diagnostic = Diagnostic(
        code=code,
        name="made-by-hand",
        message="found by hand",
        path=source.path,
        span=places[0],
        places=tuple(places[1:]),
        function=function,
        verdict=verdict,
        loop=loops[0] if loops else None,
    )
    return source, diagnostic


def _spans(source: SourceFile, text: str, left: str, right: str) -> list[Span]:
    return [
        Span(
            *_position(source, _unmarked(text, match.start(1))),
            *_position(source, _unmarked(text, match.end(1))),
        )
        for match in re.finditer(f"{left}([^{right}]*){right}", text)
    ]


def _unmarked(text: str, offset: int) -> int:
    return offset - len(_MARKS.findall(text[:offset]))


def _position(source: SourceFile, offset: int) -> tuple[int, int]:
    for number, line in enumerate(source.lines, 1):
        if offset < len(line) or number == len(source.lines):
            return number, offset
        offset -= len(line)
    raise AssertionError("the source is empty")


def context_of(source: SourceFile, diagnostic: Diagnostic) -> FixContext:
    context = FixContext.of(source, diagnostic)
    assert context is not None
    return context


def applied(source: SourceFile, edits: Sequence[Edit] | Fix) -> str:
    sequence = edits.edits if isinstance(edits, Fix) else edits
    return apply_edits(source, sequence).text
