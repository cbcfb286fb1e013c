"""BCL107: a lookup in a loop whose value a local already holds.

Sound under these conditions:

1. the local's only definition at the loop is a store of the same chain, from the same root, and
   nothing in the loop assigns the local;
2. the value is stable over the loop as for the other lookups (`Stability`);
3. what runs between that store and the loop does not rebind the value either: certain only for
   what nothing can rebind, so an attribute of an object is never safe.
"""

from __future__ import annotations

from collections.abc import Iterator

from bclint.api import (
    Category,
    Finding,
    Function,
    LoopLookups,
    Needs,
    Operation,
    Rule,
    Saves,
    frequency,
)


def check(function: Function) -> Iterator[Finding]:
    """One finding for each value that has a local, and loop."""
    for lookup in function[LoopLookups].lookups:
        if lookup.alias is None:
            continue
        yield Finding(
            message=f"`{{expression}}` is looked up {frequency(lookup)}, "
            f"although the local `{lookup.alias}` holds it",
            instruction=lookup.loads[0],
            verdict=lookup.verdict,
            loop=lookup.loop,
            places=lookup.loads[1:],
            saves=Saves.LOOKUP,
            details={"alias": lookup.alias},
        )


RULE = Rule(
    code="BCL107",
    name="missed-local-alias",
    summary="A value that a local already holds is looked up again on every iteration",
    category=Category.LOOKUP,
    needs=Needs(
        any_of=frozenset({Operation.LOAD_GLOBAL, Operation.LOAD_ATTRIBUTE, Operation.LOAD_METHOD}),
        only_lookups=True,
    ),
    check=check,
    package=__package__,
)
