"""BCL102: a chain of attributes that starts from an imported module, looked up in a loop.

Sound under these conditions, all of which `Stability` and `LoopLookups` prove or grade:

1. the root certainly is a module: a global or local that only import statements bind;
2. nothing in the loop rebinds the root or an attribute of the chain;
3. the part that is hoisted is no bound method: what is called on an object stays in the loop;
4. no local holds the value already (that is BCL107's to say).
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
        if not effects.is_module(start):
            continue
        yield Finding(
            message=f"`{{expression}}` is looked up {frequency(lookup)}",
            instruction=lookup.loads[0],
            verdict=lookup.verdict,
            loop=lookup.loop,
            places=lookup.loads[1:],
            saves=Saves.LOOKUP,
        )


RULE = Rule(
    code="BCL102",
    name="module-attribute-in-loop",
    summary="An attribute of an imported module is looked up again on every iteration",
    category=Category.LOOKUP,
    needs=Needs(
        any_of=frozenset({Operation.LOAD_ATTRIBUTE, Operation.LOAD_METHOD}), only_lookups=True
    ),
    check=check,
    package=__package__,
)
