"""The fix of BCL602: the constant as a float."""

from __future__ import annotations

import libcst as cst

from bclint.fix.api import Diagnostic, Edit, Fix, FixContext, Span


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """``2.0`` for ``2``; None where it is computed, written to another base, or ``-0``."""
    number = _number(context.node_at(diagnostic.span))
    if number is None or not number.value.replace("_", "").isdecimal():
        return None
    span, verdict = context.span_of(number), diagnostic.verdict
    end = Span(span.end_line, span.end_column, span.end_line, span.end_column)
    title = f"write `{context.text(diagnostic.span)}.0`"
    return Fix(title, verdict.applicability, verdict.reason, (Edit(end, ".0"),))


def _number(node: cst.BaseExpression | None) -> cst.Integer | None:
    """The digits of a number, which may have a sign."""
    match node:
        case cst.Integer():
            return node
        case cst.UnaryOperation(operator=cst.Minus(), expression=cst.Integer() as number):
            return number if number.evaluated_value else None  # `-0` is 0, and `-0.0` is not
        case _:
            return None
