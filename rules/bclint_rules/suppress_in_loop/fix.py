"""The fix of BCL902: ``try`` and ``except`` around the same lines."""

from __future__ import annotations

import libcst as cst

from bclint.fix.api import Diagnostic, Edit, Fix, FixContext, Span


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """``try:`` for ``with suppress(KeyError):``, and ``except KeyError: pass`` below its block.

    None where the ``with`` enters anything else, binds a name, shares its line with its body, or
    where the exceptions are not simply listed.
    """
    call = context.node_at(diagnostic.span)
    caught = _caught(context, call)
    statement = _with_of(context, call) if call else None
    if statement is None or caught is None or context.statement_of(statement) is not statement:
        return None
    body = statement.body.body[0]
    if not isinstance(body, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
        return None
    start, end = context.span_of(statement), context.span_of(statement.items[-1])
    head = Span(start.start_line, start.start_column, end.end_line, end.end_column)
    if "#" in context.text(head):
        return None
    handler = f"except {caught}:\n{context.indentation_of(body)}pass"
    verdict = diagnostic.verdict
    return Fix(
        f"write `try` and `except {caught}`",
        verdict.applicability,
        verdict.reason,
        (Edit(head, "try"), context.insert_line_after(statement, handler)),
    )


def _with_of(context: FixContext, call: cst.BaseExpression) -> cst.With | None:
    """The ``with`` that enters `call` and nothing else."""
    item = context.region.parsed.parents.get(call)
    statement = context.region.parsed.parents.get(item) if item else None
    match statement:
        case cst.With(items=[cst.WithItem(asname=None)], body=cst.IndentedBlock()) if (
            isinstance(statement.lpar, cst.MaybeSentinel) and not call.lpar
        ):
            return statement
        case _:
            return None


def _caught(context: FixContext, call: cst.BaseExpression | None) -> str | None:
    """What ``except`` names: one exception, or a tuple of them."""
    if not isinstance(call, cst.Call) or any(each.star or each.keyword for each in call.args):
        return None
    texts = [context.text(context.span_of(each.value)) for each in call.args]
    if any(each.value.lpar for each in call.args):
        return None
    return f"({', '.join(texts)})" if len(texts) > 1 else texts[0]
