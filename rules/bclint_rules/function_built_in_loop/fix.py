"""The fix of BCL202: bind a ``lambda`` before the loop, move a ``def`` there."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from bclint.fix.api import (
    Diagnostic,
    Edit,
    Fix,
    FixContext,
    Span,
    Statement,
    bind_before_loop,
    insertion_point,
    move_before,
    weakest,
)


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """A ``lambda`` is named after the keyword that it is passed as, `function` without one."""
    definition = _definition_at(context, diagnostic.span)
    if definition is not None:
        return _move(context, diagnostic, definition, definition.name.value)
    assignment = _assignment_of(context, diagnostic.span) if diagnostic.details["moves"] else None
    if assignment is not None:
        return _move(context, diagnostic, *assignment)
    keyword = diagnostic.details["name"]
    names = (keyword, f"{keyword}_function") if keyword else ("function",)
    return bind_before_loop(context, diagnostic, names=(*names, "function"))


def _definition_at(context: FixContext, span: Span) -> cst.FunctionDef | None:
    return next(
        (
            node
            for node in context.region.parsed.parents
            if isinstance(node, cst.FunctionDef) and context.span_of(node) == span
        ),
        None,
    )


def _assignment_of(context: FixContext, span: Span) -> tuple[cst.SimpleStatementLine, str] | None:
    """The line ``name = lambda: …`` and its name."""
    node = context.node_at(span)
    around = list(context.ancestors(node))[:2] if node else []
    match around:
        case [
            cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]),
            cst.SimpleStatementLine() as line,
        ]:
            return line, name
        case _:
            return None


def _move(
    context: FixContext, diagnostic: Diagnostic, definition: Statement, name: str
) -> Fix | None:
    loop = context.loop_of(diagnostic)
    point = insertion_point(context, loop) if loop else None
    edits = move_before(context, definition, point.statement) if point else None
    if point is None or edits is None:
        return None
    if not point.assigned.isdisjoint(context.names_below(definition)):
        return None
    verdict = weakest(diagnostic.verdict, *point.verdicts)
    if isinstance(definition, cst.FunctionDef):
        edits = _with_blank_line(context, edits[0]), _with_blank_lines(context, edits[1])
    title = f"move the function `{name}` before the loop"
    return Fix(title, verdict.applicability, verdict.reason, edits)


def _with_blank_line(context: FixContext, inserted: Edit) -> Edit:
    """A blank line behind the definition, and one before it where it does not open a block."""
    newline = context.source.newline
    above = context.source.line(inserted.span.start_line - 1).strip()
    before = newline if above and not above.endswith(":") else ""
    return replace(inserted, replacement=f"{before}{inserted.replacement}{newline}")


def _with_blank_lines(context: FixContext, removed: Edit) -> Edit:
    """The blank lines that stood between the definition and what follows go with it."""
    end = removed.span.end_line
    while end < len(context.source.lines) and not context.source.line(end).strip():
        end += 1
    span = removed.span
    return Edit(Span(span.start_line, span.start_column, end, 0), removed.replacement)
