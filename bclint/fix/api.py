"""All that a rule's ``fix.py`` imports from bclint: the other half of `bclint.api`."""

from __future__ import annotations

from bclint.diagnostics import Applicability, Diagnostic, Edit, Fix, Verdict, weakest
from bclint.fix.context import FixContext, Loop, Scope, Statement
from bclint.fix.hoist import bind_before_loop
from bclint.fix.lines import move_before
from bclint.fix.moves import InsertionPoint, insertion_point
from bclint.fix.places import read_at
from bclint.fix.write_back import update_in_local
from bclint.source import Span

__all__ = [
    "Applicability",
    "Diagnostic",
    "Edit",
    "Fix",
    "FixContext",
    "InsertionPoint",
    "Loop",
    "Scope",
    "Span",
    "Statement",
    "Verdict",
    "bind_before_loop",
    "insertion_point",
    "move_before",
    "read_at",
    "update_in_local",
    "weakest",
]
