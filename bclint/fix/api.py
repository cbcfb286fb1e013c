"""All that a rule's ``fix.py`` imports of bclint (LibCST beside it, where nodes are looked at)."""

from __future__ import annotations

from bclint.diagnostics import Applicability, Diagnostic, Edit, Fix, Verdict, weakest
from bclint.fix.context import FixContext, Loop, Scope, Statement, ranges_of
from bclint.fix.hoist import bind_before_loop
from bclint.fix.lines import move_before
from bclint.fix.moves import InsertionPoint, insertion_point
from bclint.fix.places import names_of, read_at
from bclint.source import SourceFile, Span

__all__ = [
    "Applicability",
    "Diagnostic",
    "Edit",
    "Fix",
    "FixContext",
    "InsertionPoint",
    "Loop",
    "Scope",
    "SourceFile",
    "Span",
    "Statement",
    "Verdict",
    "bind_before_loop",
    "insertion_point",
    "move_before",
    "names_of",
    "ranges_of",
    "read_at",
    "weakest",
]
