"""Places of a finding: whether the expression there may be replaced by a name.

``f"{x + 1=}"`` and ``t"{x + 1}"`` keep the text of their expressions, which the program sees: no
fix changes a part of it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

import libcst as cst

from bclint.diagnostics import Edit
from bclint.fix.context import FixContext
from bclint.fix.syntax import parse_quietly
from bclint.source import Span


def names_of(expression: str) -> frozenset[str]:
    """The variables that an expression mentions; none where it does not parse."""
    tree = parse_quietly(expression)
    nodes = ast.walk(tree) if tree else iter(())
    return frozenset(node.id for node in nodes if isinstance(node, ast.Name))


def read_at(context: FixContext, span: Span) -> cst.BaseExpression | None:
    """The expression at `span`, None unless it is only read there and a name may stand there."""
    node = context.node_at(span)
    if node is None:
        return None
    inner: cst.CSTNode = node
    may_be_target = True
    for outer in context.ancestors(node):
        if _keeps_its_text(outer):
            return None
        if may_be_target and _is_written(inner, outer):
            return None
        if inner is node and isinstance(outer, _PATTERN_VALUES):
            return None  # `case a.b:` compares, but `case b:` binds
        # `a.b, c = …` writes `a.b`, but `a.b[i] = …` only reads it.
        may_be_target = may_be_target and isinstance(outer, _TARGET_LISTS)
        inner = outer
    return node


def changes_kept_text(context: FixContext, edits: Iterable[Edit]) -> bool:
    """Whether an edit changes a part of an expression whose text the program sees."""
    fields = [
        context.span_of(node) for node in context.region.parsed.parents if _keeps_its_text(node)
    ]
    return bool(fields) and any(
        field.contains(edit.span) and field != edit.span for edit in edits for field in fields
    )


def _keeps_its_text(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.FormattedStringExpression):
        return node.equal is not None
    return isinstance(node, cst.TemplatedStringExpression)


_PATTERN_VALUES = (cst.MatchValue, cst.MatchMappingElement)


_TARGET_LISTS = (cst.Tuple, cst.List, cst.Element, cst.StarredElement)


def _is_written(node: cst.CSTNode, parent: cst.CSTNode) -> bool:
    """Whether `parent` assigns to, deletes or loops over `node` as a target."""
    if isinstance(parent, (cst.AssignTarget, cst.AugAssign, cst.AnnAssign, cst.NamedExpr)):
        return parent.target is node
    if isinstance(parent, (cst.For, cst.CompFor)):
        return parent.target is node
    return isinstance(parent, cst.Del)
