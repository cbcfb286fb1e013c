"""The fix of BCL903: brackets around the expression make a list of it."""

from __future__ import annotations

import libcst as cst

from bclint.fix.api import Diagnostic, Edit, Fix, FixContext, Span


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """``", ".join([str(x) for x in xs])`` for ``", ".join(str(x) for x in xs)``.

    None where a variable of the expression is shared with a function inside of it, or is a global
    of the function around it.
    """
    generator = _generator(context.node_at(diagnostic.span))
    if generator is None or diagnostic.details["shared"]:
        return None
    first, last = _brackets(context, generator)
    verdict = diagnostic.verdict
    return Fix(
        "make a list of the elements",
        verdict.applicability,
        verdict.reason,
        (Edit(first, "["), Edit(last, "]")),
    )


def _generator(call: cst.BaseExpression | None) -> cst.GeneratorExp | None:
    match call:
        case cst.Call(args=[cst.Arg(value=cst.GeneratorExp() as generator), *_]):
            return generator
        case _:
            return None


def _brackets(context: FixContext, generator: cst.GeneratorExp) -> tuple[Span, Span]:
    """Its innermost parentheses, or where brackets go if it stands in those of the call."""
    size = 1 if generator.lpar else 0
    first = context.span_of(generator.lpar[-1] if size else generator)
    last = context.span_of(generator.rpar[0] if size else generator)
    return (
        Span(first.start_line, first.start_column, first.start_line, first.start_column + size),
        Span(last.end_line, last.end_column - size, last.end_line, last.end_column),
    )
