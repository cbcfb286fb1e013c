"""The fix of BCL104: a local during the loop, written back behind it."""

from __future__ import annotations

from bclint.fix.api import Diagnostic, Fix, FixContext, update_in_local


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """Keep ``self.count`` in ``count``, or in ``local_count`` where that name is taken."""
    name = diagnostic.details["name"].lstrip("_")
    lowered = name.lower() if name.isupper() else name
    return update_in_local(context, diagnostic, names=(lowered, f"local_{lowered}"))
