"""For tests: assertions about functions, and the harness for rule packs, ours and others'.

``assert_clean(function)`` and ``assert_loop_cost(function, at_most=40)`` keep what was gained.
``run_pack(PACK)`` gives the failures of a pack's pages as texts; an empty list is a pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bclint.testing.assertions import assert_clean, assert_loop_cost
    from bclint.testing.runner import run_pack, run_rule

__all__ = ["assert_clean", "assert_loop_cost", "run_pack", "run_rule"]


def __getattr__(name: str) -> object:
    """Import what is asked for: the harness loads LibCST, which the assertions seldom need."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module = "assertions" if name.startswith("assert_") else "runner"
    return getattr(import_module(f"{__name__}.{module}"), name)
