"""The harness for rule packs, ours and others'.

``run_pack(PACK)`` gives the failures of a pack's pages as texts; an empty list is a pass.
"""

from __future__ import annotations

from bclint.testing.runner import run_pack, run_rule

__all__ = ["run_pack", "run_rule"]
