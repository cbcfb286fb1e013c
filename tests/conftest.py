from __future__ import annotations

from hypothesis import settings

# A shared machine may be slow, and tests leave nothing behind.
settings.register_profile("bclint", deadline=None, database=None, print_blob=True)
settings.load_profile("bclint")
