"""Bind the constant before the loop; some names ask for a fix that must be rolled back."""

from __future__ import annotations

from bclint.fix.api import Diagnostic, Edit, Fix, FixContext, Span, bind_before_loop


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """What the name asks for, else a good fix."""
    name = context.text(diagnostic.span)
    start = Span(diagnostic.span.start_line, 0, diagnostic.span.start_line, 0)
    bad = {
        "CRASH": (),
        "SYNTAX": (Edit(start, "(\n"),),
        "NOTHING": (Edit(start, "\n"),),
        "ENCODING": (context.replace(diagnostic.span, "日本"),),
    }
    if name == "CRASH":
        raise KeyError(name)
    if name in bad:
        return Fix("bad", diagnostic.verdict.applicability, "because", bad[name])
    return bind_before_loop(context, diagnostic, names=[name.lower()], rebindable=False)
