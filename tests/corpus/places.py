"""Whether a diagnostic's ranges are what its message says."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from types import UnionType

from bclint.diagnostics import Diagnostic
from bclint.rule import Category, Rule
from bclint.source import SourceFile, Span
from tests.corpus.tree import Tree, meaning, says_the_same

_LONGEST = 60
_KEYWORD = re.compile("`(?:for|while)`")
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_KINDS: dict[str, type | UnionType] = {
    "attribute": ast.Attribute,
    "global": ast.Name,
    "the function": _FUNCTION,
}
"""What a message calls the range, and what the tree must have there."""


def wrong_places(
    source: SourceFile, diagnostics: Sequence[Diagnostic], rules: Iterable[Rule]
) -> Iterator[tuple[int, str]]:
    """Line and description of everything that is wrong with the ranges of a file's findings."""
    tree = Tree(source.data, source.text)
    lookups = {rule.code for rule in rules if rule.category is Category.LOOKUP}
    for diagnostic in diagnostics:
        line = diagnostic.span.start_line
        for wrong in _wrong(source, tree, diagnostic, same=diagnostic.code in lookups):
            yield line, f"{diagnostic.code} {wrong}"
    for (code, span), count in Counter((one.code, one.span) for one in diagnostics).items():
        if count > 1:
            yield span.start_line, f"{code} is reported {count} times at one range"


def _wrong(source: SourceFile, tree: Tree, diagnostic: Diagnostic, *, same: bool) -> Iterator[str]:
    outside = [span for span in diagnostic.all_places if not is_inside(source, span)]
    if outside:
        yield f"has a range outside of the file or empty: {outside[0]}"
        return
    for span in diagnostic.all_places:
        if not _nodes(source, tree, span):
            text = source.slice(span)
            yield f"has a range that is no expression or statement: {text!r} at {span}"
            return
    for one, other in pairwise(sorted(diagnostic.all_places)):
        if _end(one) > (other.start_line, other.start_column):
            yield f"has places that overlap: {one} and {other}"
    yield from _wrong_name(source, tree, diagnostic)
    if same and len({_meanings(source, tree, span) for span in diagnostic.all_places}) > 1:
        texts = sorted({source.slice(span) for span in diagnostic.all_places})
        yield f"has places that say different things: {texts}"


def _wrong_name(source: SourceFile, tree: Tree, diagnostic: Diagnostic) -> Iterator[str]:
    """The message names the range in its first backticks, and says of what kind it is."""
    message = diagnostic.message
    before, tick, rest = _KEYWORD.sub("", message).partition("`")
    nodes = _nodes(source, tree, diagnostic.span)
    kind = _KINDS.get(before.strip())
    if kind is not None:
        nodes = [node for node in nodes if isinstance(node, kind)]
    name = _shortened(source.slice(diagnostic.span))
    defined = [node.name for node in nodes if isinstance(node, _FUNCTION)]
    if not nodes or not tick or not any(rest.startswith(f"{one}`") for one in [*defined, name]):
        yield f"names something else than its range: {message!r} at {name!r}"


def _nodes(source: SourceFile, tree: Tree, span: Span) -> list[ast.expr | ast.stmt]:
    text = source.slice(span)
    return [node for node in tree.at(span) if says_the_same(text, node)]


def _meanings(source: SourceFile, tree: Tree, span: Span) -> frozenset[str]:
    return frozenset(
        meaning(node) for node in _nodes(source, tree, span) if isinstance(node, ast.expr)
    )


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def is_inside(source: SourceFile, span: Span, *, empty: bool = False) -> bool:
    """Whether a range lies inside the file and is not the wrong way round, or `empty`."""
    ends = [(span.start_line, span.start_column), _end(span)]
    for line, column in ends:
        if line == len(source.lines) + 1 and column == 0 and empty:
            continue  # behind the last newline
        if not 1 <= line <= len(source.lines) or not 0 <= column <= len(source.lines[line - 1]):
            return False
    return ends[0] <= ends[1] if empty else ends[0] < ends[1]


def _end(span: Span) -> tuple[int, int]:
    return span.end_line, span.end_column
