"""The fix of BCL102: bind the attribute to a local before the loop."""

from __future__ import annotations

from bclint.fix.api import Diagnostic, Fix, FixContext, bind_before_loop


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """Bind ``math.sqrt`` to ``sqrt``, or to ``math_sqrt`` where that name is taken."""
    parts = "".join(context.text(diagnostic.span).split()).split(".")
    names = (parts[-1], "_".join(parts[-2:]))
    return bind_before_loop(context, diagnostic, names=names, rebindable=False)
