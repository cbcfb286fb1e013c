"""Which rules run: selectors are codes, the beginnings of codes, names, and ``ALL``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bclint.engine.spelling import suggestion
from bclint.rule import Rule

ALL = "ALL"
_EXACT = 100
"""Stronger than any prefix: no code is as long."""


class SelectionError(Exception):
    """A selector that no rule answers to; one line says which, and what comes near."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What one place, a file or the command line, says about rules."""

    select: tuple[str, ...] | None = None
    """None: keep what stood before; otherwise start from no rule at all."""
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    extend_ignore: tuple[str, ...] = ()


def choose(rules: Iterable[Rule], layers: Sequence[Selection]) -> tuple[Rule, ...]:
    """Return the rules that `layers` leave, in their order; the later layers beat the earlier ones.

    Without any selection every rule runs. Inside a layer the more exact selector wins, so that
    ``--select BCL1 --ignore BCL`` keeps BCL101; of equals, ignoring wins.
    """
    return tuple(rule for rule in rules if _is_chosen(rule, layers))


def matches(selectors: Iterable[str], rule: Rule) -> bool:
    """Whether any of `selectors` speaks of `rule`."""
    return _strength(selectors, rule) >= 0


def require_known(selectors: Iterable[str], rules: Sequence[Rule]) -> None:
    """Raise `SelectionError` for the first of `selectors` that speaks of none of `rules`."""
    for selector in selectors:
        if not any(matches((selector,), rule) for rule in rules) and selector.upper() != ALL:
            known = [identity for rule in rules for identity in (rule.code, rule.name)]
            hint = suggestion(selector, [*known, ALL]) or "; `bclint rules` lists all of them"
            raise SelectionError(f"no rule is called `{selector}`{hint}")


def _is_chosen(rule: Rule, layers: Sequence[Selection]) -> bool:
    chosen = True
    for layer in layers:
        if layer.select is not None:
            chosen = False
        wanted = _strength((*(layer.select or ()), *layer.extend_select), rule)
        unwanted = _strength((*layer.ignore, *layer.extend_ignore), rule)
        if wanted > unwanted:
            chosen = True
        elif unwanted >= 0:
            chosen = False
    return chosen


def _strength(selectors: Iterable[str], rule: Rule) -> int:
    """How exactly one of `selectors` names `rule`: -1 not at all, 0 by ``ALL``."""
    return max((_strength_of(selector, rule) for selector in selectors), default=-1)


def _strength_of(selector: str, rule: Rule) -> int:
    if selector.lower() == rule.name:
        return _EXACT
    folded = selector.upper()
    if folded == ALL:
        return 0
    if folded == rule.code:
        return _EXACT
    return len(folded) if folded and rule.code.startswith(folded) else -1
