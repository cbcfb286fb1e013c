"""What is shown where the pointer rests: the reason of a finding, and the bytecode under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types

from bclint.bytecode.decode import Instructions, Position
from bclint.bytecode.listing import listing
from bclint.diagnostics import Diagnostic
from bclint.engine.function import FunctionView
from bclint.frontends.lsp.analysis import Analysis
from bclint.frontends.lsp.presentation import page_uri
from bclint.report.worth import worth
from bclint.rule import Rule
from bclint.source import SourceFile, Span


def hover(analysis: Analysis, rules: Sequence[Rule], line: int, column: int) -> str | None:
    """Return Markdown about the findings at `line` (from 1) and `column`; None without any."""
    point = Span(line, column, line, column)
    texts = [
        "\n".join(_explained(analysis, rules, found, place))
        for found in analysis.diagnostics
        for place in found.all_places
        if place.contains(point)
    ]
    return "\n\n---\n\n".join(texts) or None


def plain(markdown: str) -> str:
    """Return `markdown` for a client that shows text alone."""
    lines = markdown.splitlines()
    return "\n".join(line for line in lines if not line.startswith("```")).replace("**", "")


def hover_content(markdown: str, formats: Sequence[types.MarkupKind] | None) -> types.MarkupContent:
    """Return `markdown` in the first of the client's `formats`."""
    if formats and types.MarkupKind.Markdown not in formats:
        return types.MarkupContent(types.MarkupKind.PlainText, plain(markdown))
    return types.MarkupContent(types.MarkupKind.Markdown, markdown)


def _explained(
    analysis: Analysis, rules: Sequence[Rule], found: Diagnostic, place: Span
) -> Iterator[str]:
    rule = next((rule for rule in rules if rule.code == found.code), None)
    name = f"[{found.code} {found.name}]({page_uri(rule)})" if rule else found.code
    yield f"**{name}**: {found.message}"
    yield ""
    if text := worth(found):
        yield f"{text}  "
    yield f"{found.verdict.applicability.value}: {found.verdict.reason}"
    yield ""
    yield "```text"
    yield from _instructions(analysis, found, place)
    yield "```"


def _instructions(analysis: Analysis, found: Diagnostic, place: Span) -> Iterator[str]:
    module = analysis.history.module
    if module is None:
        return
    source = analysis.document.source
    for function in module.walk():
        if function.code.co_qualname == found.function:
            offsets = _offsets_inside(function, source, place)
            for instruction in listing(function.code):
                if instruction.offset in offsets:
                    yield f"{instruction.name:<24} {instruction.argument}".rstrip()


def _offsets_inside(function: FunctionView, source: SourceFile, place: Span) -> set[int]:
    instructions = function[Instructions]
    return {
        instruction.offset
        for instruction in instructions
        if (at := instructions.position(instruction)) and _is_inside(source, place, at)
    }


def _is_inside(source: SourceFile, place: Span, at: Position) -> bool:
    if not place.start_line <= at.line <= at.end_line <= place.end_line:
        return False
    span = source.span_from_utf8(at.line, at.end_line, at.column, at.end_column)
    return place.contains(span)
