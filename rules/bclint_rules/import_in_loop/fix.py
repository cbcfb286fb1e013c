"""The fix of BCL201: move the statement, with its comments, before the loop."""

from __future__ import annotations

import libcst as cst

from bclint.fix.api import Diagnostic, Fix, FixContext, insertion_point, move_before, weakest


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """Move it where nothing shares its line, and the loop's body has other statements."""
    loop = context.loop_of(diagnostic)
    statement = _statement_at(context, diagnostic)
    if loop is None or statement is None:
        return None
    point = insertion_point(context, loop, rebindable=False)
    edits = move_before(context, statement, point.statement) if point else None
    if point is None or edits is None:
        return None
    verdict = weakest(diagnostic.verdict, *point.verdicts)
    title = f"move `{' '.join(context.text(diagnostic.span).split())}` before the loop"
    return Fix(title, verdict.applicability, verdict.reason, edits)


_IMPORTS = (cst.Import, cst.ImportFrom)


def _statement_at(context: FixContext, diagnostic: Diagnostic) -> cst.SimpleStatementLine | None:
    for node in context.region.parsed.parents:
        if isinstance(node, _IMPORTS) and (context.span_of(node) == diagnostic.span):
            line = next(context.ancestors(node))
            return line if isinstance(line, cst.SimpleStatementLine) else None
    return None
