"""Fixes as editors apply them: verified as ``bclint --fix`` does, and handed over as edits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial

from bclint.diagnostics import Diagnostic, Edit, Fix
from bclint.engine.fixing import apply_fixes
from bclint.engine.linter import lint
from bclint.engine.runner import check
from bclint.engine.tasks import Plan, Task
from bclint.engine.weigh import scales_for
from bclint.fix.propose import propose
from bclint.frontends.lsp.analysis import Analysis
from bclint.source import SourceFile, Span


@dataclass(frozen=True, slots=True)
class Change:
    """What applying a fix comes to."""

    edits: tuple[Edit, ...] = ()
    refusal: str = ""
    """Why there are no edits."""


def proposed(analysis: Analysis, found: Sequence[Diagnostic]) -> list[Fix | None]:
    """Return the fix of each of `found`, not verified yet."""
    source = analysis.document.source
    return [each.fix for each in propose(source, found, analysis.scope.rules)]


def fix_one(analysis: Analysis, wanted: Diagnostic) -> Change:
    """Apply the fix of one finding, safe or not, and verify what comes of it."""
    source = analysis.document.source

    def only_this(now: SourceFile, found: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
        if now.data != source.data:
            return ()
        return [each for each in found if (each.code, each.span) == (wanted.code, wanted.span)]

    rules, scales = analysis.scope.rules, scales_for(analysis.scope.targets)
    weighed = partial(lint, scales=scales)
    outcome = apply_fixes(source, rules, unsafe=True, select=only_this, lint=weighed)
    for applied in outcome.applied:
        if applied.fix is not None:
            return Change(applied.fix.edits)
    reasons = [reason for _, reason in outcome.rejected]
    reasons += [problem.message for problem in outcome.problems]
    return Change(refusal=reasons[0] if reasons else "it has no fix that can be applied")


def fix_all(analysis: Analysis) -> Change:
    """Apply all safe fixes, as ``bclint --fix`` does with the same text."""
    source, scope = analysis.document.source, analysis.scope
    task = Task(source.path, scope.rules, source.data, scope.min_gain, scope.targets)
    result = check(task, Plan(fix=True, write=False, recheck=False))
    if result.source is None or result.original is None:
        refusal = result.errors[0].message if result.errors else "no safe fix can be applied"
        return Change(refusal=refusal)
    return Change(tuple(_line_edits(source, result.source)))


def _line_edits(before: SourceFile, after: SourceFile) -> Iterator[Edit]:
    """The edits of whole lines that lead from `before` to `after`."""
    matcher = SequenceMatcher(None, before.lines, after.lines, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            span = Span(start + 1, 0, end + 1, 0)
            yield Edit(span, "".join(after.lines[new_start:new_end]))
