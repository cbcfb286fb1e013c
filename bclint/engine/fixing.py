"""Fixing one file with the engine's own linter: what front ends call."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bclint.engine.function import FunctionView
from bclint.engine.linter import lint
from bclint.engine.weigh import Scales
from bclint.fix import rounds
from bclint.fix.rounds import Outcome, Select
from bclint.fix.snapshot import Linter
from bclint.rule import Rule
from bclint.source import SourceFile


def apply_fixes(
    source: SourceFile,
    rules: Sequence[Rule],
    *,
    unsafe: bool,
    select: Select,
    scales: Scales | None = None,
) -> Outcome:
    """Fix what `select` leaves of the findings of `rules`, in rounds until nothing changes.

    `unsafe` takes unsafe fixes as well. Nothing is written; a source that does not compile comes
    back as it is. With `scales` the findings that `select` gets are weighed.
    """
    linter = Linter(partial(lint, scales=scales), FunctionView)
    return rounds.apply_fixes(source, rules, unsafe=unsafe, select=select, linter=linter)
