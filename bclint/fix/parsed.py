"""A text as LibCST sees it: nodes with their ranges and parents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from typing import cast

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from bclint.fix.syntax import is_deep
from bclint.source import Span


@dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """A text parsed by LibCST; lines count from the text's first."""

    module: cst.Module
    parents: dict[cst.CSTNode, cst.CSTNode]
    ranges: dict[cst.CSTNode, CodeRange]
    expressions: dict[Span, cst.BaseExpression]
    """Expressions by their range, with none, some and all of their own parentheses."""


@lru_cache(maxsize=128)
def parse_text(text: str) -> Parsed | None:
    """Parse `text`; None where LibCST cannot, or would not write it back as it stands."""
    if is_deep(text):
        return None
    try:
        module = cst.parse_module(text)
    except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError):
        return None
    # A `\` on an empty line, for one, is dropped by the parser: every later position is wrong.
    if module.code != text:
        return None
    parents, ranges = _parents(module), _ranges(module)
    return Parsed(module, parents, ranges, _expressions(parents, ranges))


def _ranges(module: cst.Module) -> dict[cst.CSTNode, CodeRange]:
    """Where each node stands.

    LibCST's public way walks the tree once more for visitors that we have not, which doubles the
    time; it serves where a future LibCST has renamed the other.
    """
    provider = PositionProvider()
    try:
        provider._gen_impl(module)
        return cast("dict[cst.CSTNode, CodeRange]", provider._computed)
    except AttributeError:
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        return dict(wrapper.resolve(PositionProvider))


def _parents(root: cst.CSTNode) -> dict[cst.CSTNode, cst.CSTNode]:
    """The parent of each node below `root`, outer nodes first.

    A LibCST visitor would take four times as long.
    """
    parents: dict[cst.CSTNode, cst.CSTNode] = {}
    pending = [root]
    for node in pending:
        for child in children(node):
            parents[child] = node
            pending.append(child)
    return parents


_SEQUENCES = (list, tuple)


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The nodes directly below `node`, in no promised order."""
    for name in _field_names(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, _SEQUENCES):
            yield from (child for child in value if isinstance(child, cst.CSTNode))


@cache
def _field_names(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _expressions(
    parents: dict[cst.CSTNode, cst.CSTNode], ranges: dict[cst.CSTNode, CodeRange]
) -> dict[Span, cst.BaseExpression]:
    found: dict[Span, cst.BaseExpression] = {}
    for node in parents:
        if isinstance(node, cst.BaseExpression) and node in ranges:
            found.setdefault(span_of_range(ranges[node]), node)
            # CPython's range of a tuple or a generator expression includes its parentheses.
            for left, right in zip(reversed(node.lpar), node.rpar, strict=True):
                start, end = ranges[left].start, ranges[right].end
                found.setdefault(Span(start.line, start.column, end.line, end.column), node)
        if isinstance(node, cst.GeneratorExp) and not node.lpar:
            found.setdefault(_with_call_parentheses(node, parents, ranges), node)
    return found


def _with_call_parentheses(
    node: cst.GeneratorExp,
    parents: dict[cst.CSTNode, cst.CSTNode],
    ranges: dict[cst.CSTNode, CodeRange],
) -> Span:
    """The range of `node` as CPython has it in ``f(a for a in b)``: with the call's parentheses."""
    span = span_of_range(ranges[node])
    call = parents.get(parents[node])
    if not isinstance(call, cst.Call) or not call.whitespace_before_args.empty:
        return span
    end = ranges[call].end
    return Span(span.start_line, span.start_column - 1, end.line, end.column)


def span_of_range(code_range: CodeRange) -> Span:
    """The range with a half-open end, as everything else of bclint has it."""
    start, end = code_range.start, code_range.end
    return Span(start.line, start.column, end.line, end.column)
