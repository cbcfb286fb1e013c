"""The fix of BCL105: a local during the loop, written back behind it."""

from __future__ import annotations

from bclint.fix.api import Diagnostic, Fix, FixContext, update_in_local


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """Keep ``count`` in ``local_count``, and ``COUNT`` in ``count``."""
    name = diagnostic.details["name"].strip("_")
    lowered = name.lower() if name.isupper() else f"local_{name}"
    return update_in_local(context, diagnostic, names=(lowered, f"local_{lowered}"))
