"""The fix of BCL103: bind the object to a local before the loop."""

from __future__ import annotations

from bclint.fix.api import Diagnostic, Fix, FixContext, bind_before_loop


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """Bind ``self.items`` to ``items``, or to ``self_items`` where that name is taken."""
    parts = "".join(context.text(diagnostic.span).split()).split(".")
    last = parts[-1].lower() if parts[-1].isupper() else parts[-1]
    names = (last.lstrip("_"), "_".join(part.strip("_") for part in parts[-2:]))
    return bind_before_loop(context, diagnostic, names=names)
