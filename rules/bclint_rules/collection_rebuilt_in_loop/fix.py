"""The fix of BCL203: build the collection once, before the loop."""

from __future__ import annotations

from bclint.fix.api import Diagnostic, Fix, FixContext, bind_before_loop


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """Bind the display to `types`, `table`, `members` or what else tells its use."""
    return bind_before_loop(context, diagnostic, names=diagnostic.details["names"].split())
