"""Rules that find nothing, for tests of all that stands around rules."""

from __future__ import annotations

from collections.abc import Iterator

from bclint.bytecode.analysis import Function
from bclint.rule import Category, Finding, Needs, Rule


def find_nothing(function: Function) -> Iterator[Finding]:
    return iter(())


def silent_rule(code: str, name: str) -> Rule:
    needs = Needs(any_of=frozenset(), in_loop=False)
    return Rule(code, name, "a rule for tests", Category.LOOKUP, needs, find_nothing, __name__)


RULES = (
    silent_rule("BCL101", "global-lookup-in-loop"),
    silent_rule("BCL102", "module-attribute-in-loop"),
    silent_rule("BCL201", "import-in-loop"),
    silent_rule("XYZ901", "bound-method-alias"),
)
