"""The fix of BCL901: call the method through the list, and remove the alias."""

from __future__ import annotations

import libcst as cst

from bclint.fix.api import (
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    FixContext,
    Span,
    Statement,
    Verdict,
    weakest,
)


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """Write ``out.append(x)`` for ``append(x)``; ``append = out.append`` goes if that was all."""
    owner = diagnostic.details["object"]
    aliases = [_called_name(context, span) for span in diagnostic.all_places]
    edits: list[Edit] = []
    for alias in aliases:
        if alias is None:
            return None
        edits.append(context.replace(context.span_of(alias), f"{owner}.append"))
    if not diagnostic.details["kept"]:
        statement = _assignment(context, aliases[0])
        removal = context.remove_line(statement) if statement else None
        if removal is None:
            return None
        edits.append(removal)
    verdict = weakest(diagnostic.verdict, *_watched(context))
    return Fix(
        f"call `{owner}.append` itself",
        verdict.applicability,
        verdict.reason,
        tuple(sorted(edits, key=lambda edit: edit.span)),
    )


def _called_name(context: FixContext, span: Span) -> cst.Name | None:
    """The bare name that is called at `span`."""
    match context.node_at(span):
        case cst.Call(func=cst.Name() as name):
            return name
        case _:
            return None


def _assignment(context: FixContext, use: cst.Name | None) -> Statement | None:
    """The statement ``alias = ….append`` of the scope that `use` is in."""
    for node in context.region.parsed.parents:
        match node:
            case (
                cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))])
                | cst.AnnAssign(target=cst.Name(value=name))
            ) if use and name == use.value and context.scope_of(node) is context.scope_of(use):
                return context.statement_of(node)
    return None


def _watched(context: FixContext) -> list[Verdict]:
    if not context.watches_locals():
        return []
    reason = "the function looks at its local names, of which the alias is one"
    return [Verdict(Applicability.DISPLAY_ONLY, reason)]
