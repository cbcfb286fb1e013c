"""Comparing a drawn module with what its safe fixes make of it."""

from __future__ import annotations

import warnings
from types import CodeType

from bclint.engine.fixing import apply_fixes
from bclint.engine.linter import FileError, lint
from bclint.fix.rounds import Outcome
from bclint.rule import RulePack
from bclint.source import SourceFile
from tests.differential.execution import Endless, Plan, outcome_of

RULES = RulePack.from_package("bclint_rules").rules
PLANS = (
    Plan(items=3, fails_at=-1, rebinds_at=-1),
    Plan(items=0, fails_at=-1, rebinds_at=-1),
    Plan(items=3, fails_at=-1, rebinds_at=5),
    Plan(items=2, fails_at=4, rebinds_at=2),
)


def compiled(source: str) -> CodeType | None:
    """The module's code; None where what was drawn is no Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return compile(source, "drawn.py", "exec", dont_inherit=True)
        except SyntaxError:
            return None


LOOKUPS = frozenset({"BCL101", "BCL102", "BCL107"})
"""Their fixes come first, and leave nothing for others of the same place."""


def fixed(source: str, without: frozenset[str]) -> Outcome:
    """The source with all safe fixes of all rules but those `without`."""
    file = SourceFile("drawn.py", source.encode())
    rules = [rule for rule in RULES if rule.code not in without]
    return apply_fixes(file, rules, unsafe=False, select=lambda _, found: found)


def crashes(source: str) -> tuple[FileError, ...]:
    """What could not be done in checking the source: nothing, if all is well."""
    return lint(SourceFile("drawn.py", source.encode()), RULES).errors


def difference(before: CodeType, after: CodeType, plan: Plan) -> str | None:
    """Where two runs part, told in their last common and first different effects."""
    try:
        expected = outcome_of(before, plan)
    except Endless:
        return None
    try:
        found = outcome_of(after, plan)
    except Endless:
        return f"{plan}: the fixed module does not end"
    if found == expected:
        return None
    common = 0
    while found[common : common + 1] == expected[common : common + 1]:
        common += 1
    lines = [f"  both: {line}" for line in found[max(common - 3, 0) : common]]
    lines += [f"before: {line}" for line in expected[common : common + 3]]
    lines += [f" after: {line}" for line in found[common : common + 3]]
    return "\n".join([str(plan), *lines])
