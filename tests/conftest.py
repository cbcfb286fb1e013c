from __future__ import annotations

import os

from hypothesis import settings

# A shared machine may be slow, and tests leave nothing behind.
settings.register_profile("bclint", deadline=None, database=None, print_blob=True)
settings.load_profile("bclint")

# No test finds what another one left behind, or leaves something itself; those of the cache ask.
os.environ["BCLINT_NO_CACHE"] = "1"
