"""BCL103: an attribute of an object that a loop reads again although nothing rebinds it.

Sound under these conditions, all of which `Stability` and `LoopLookups` prove or grade:

1. the chain starts from a local, a cell, or a global that is no module (BCL102);
2. nothing in the loop stores or deletes the root or an attribute of that name, on any object:
   another name may stand for the same object;
3. what is hoisted is the object, never a bound method: an alias of a bound method is slower;
4. it is never called safe: any attribute may be a property, and reading it early may raise;
5. no local holds the value already (BCL107).
"""

from __future__ import annotations

from collections.abc import Iterator

from bclint.api import (
    Attribute,
    Category,
    Effects,
    Finding,
    Function,
    LoopLookups,
    Needs,
    Operation,
    Rule,
    Saves,
    frequency,
    root,
)


def check(function: Function) -> Iterator[Finding]:
    """One finding for each chain and loop."""
    effects = function[Effects]
    for lookup in function[LoopLookups].lookups:
        start = root(lookup.value)
        if lookup.alias or not isinstance(lookup.value, Attribute):
            continue
        if effects.is_module(start):
            continue
        yield Finding(
            message=f"attribute `{{expression}}` is read {frequency(lookup)}",
            instruction=lookup.loads[0],
            verdict=lookup.verdict,
            loop=lookup.loop,
            places=lookup.loads[1:],
            saves=Saves.LOOKUP,
        )


RULE = Rule(
    code="BCL103",
    name="attribute-lookup-in-loop",
    summary="An attribute that nothing rebinds is read again on every iteration",
    category=Category.LOOKUP,
    needs=Needs(
        any_of=frozenset({Operation.LOAD_ATTRIBUTE, Operation.LOAD_METHOD}), only_lookups=True
    ),
    check=check,
    package=__package__,
)
