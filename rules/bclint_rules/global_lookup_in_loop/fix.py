"""The fix of BCL101: bind the global to a local before the loop."""

from __future__ import annotations

from bclint.fix.api import Diagnostic, Fix, FixContext, bind_before_loop


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """Bind ``len`` to ``len_``, a constant ``LIMIT`` to ``limit``."""
    name = context.text(diagnostic.span)
    lowered = name.lower().strip("_") if name.isupper() else name
    return bind_before_loop(
        context, diagnostic, names=(lowered, f"{lowered}_", f"local_{name}"), rebindable=False
    )
