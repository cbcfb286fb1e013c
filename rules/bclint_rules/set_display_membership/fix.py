"""The fix of BCL904: parentheses for the braces."""

from __future__ import annotations

import libcst as cst

from bclint.fix.api import Diagnostic, Edit, Fix, FixContext, Span


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """``x in (a, b)`` for ``x in {a, b}``."""
    node = context.node_at(diagnostic.span)
    if not isinstance(node, cst.Set):
        return None
    span, verdict = context.span_of(node), diagnostic.verdict
    first = Span(span.start_line, span.start_column, span.start_line, span.start_column + 1)
    last = Span(span.end_line, span.end_column - 1, span.end_line, span.end_column)
    return Fix(
        "test a tuple",
        verdict.applicability,
        verdict.reason,
        (Edit(first, "("), Edit(last, ")")),
    )
