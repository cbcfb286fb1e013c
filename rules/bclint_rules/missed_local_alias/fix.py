"""The fix of BCL107: use the local that is there."""

from __future__ import annotations

from bclint.fix.api import Diagnostic, Fix, FixContext, read_at


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """Replace every place by the local's name."""
    alias = diagnostic.details["alias"]
    nodes = [read_at(context, span) for span in diagnostic.all_places]
    if any(node is None for node in nodes):
        return None
    edits = [context.replace(span, alias) for span in sorted(diagnostic.all_places)]
    return Fix(
        f"use the local `{alias}`",
        diagnostic.verdict.applicability,
        diagnostic.verdict.reason,
        tuple(edits),
    )
