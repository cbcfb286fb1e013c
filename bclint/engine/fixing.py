"""Fixing one file with the engine's own linter: what front ends call."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bclint.engine.function import FunctionView
from bclint.engine.linter import FileReport
from bclint.engine.linter import lint as lint_here
from bclint.fix import rounds
from bclint.fix.rounds import Outcome, Select
from bclint.fix.snapshot import Linter
from bclint.rule import Rule
from bclint.source import SourceFile

Lint = Callable[[SourceFile, Sequence[Rule]], FileReport]


def apply_fixes(
    source: SourceFile,
    rules: Sequence[Rule],
    *,
    unsafe: bool,
    select: Select,
    lint: Lint = lint_here,
) -> Outcome:
    """Fix what `select` leaves of the findings of `rules`, in rounds until nothing changes.

    `unsafe` takes unsafe fixes as well. Nothing is written; a source that does not compile comes
    back as it is. `lint` gives the findings of a source.
    """
    linter = Linter(lint, FunctionView)
    return rounds.apply_fixes(source, rules, unsafe=unsafe, select=select, linter=linter)
