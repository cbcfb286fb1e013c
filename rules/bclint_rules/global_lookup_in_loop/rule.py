"""BCL101: a global or a builtin that a loop looks up again although nothing rebinds it.

Sound under these conditions, all of which `Stability` and `LoopLookups` prove or grade:

1. nothing in the loop stores or deletes the global, and no function of this file that does is
   called from it;
2. it is bound before the loop can run: a builtin, or bound before the function is made;
3. it is not followed by an attribute that can be hoisted with it (BCL102, BCL103 say that);
4. it is not ``super`` or another builtin that looks at its caller, and not a builtin that newer
   versions run inline over a generator expression;
5. the loop is in the function's own code: in a generator expression the local would be a cell,
   which is no faster than a global;
6. no local holds the value already (BCL107).
"""

from __future__ import annotations

from collections.abc import Iterator

from bclint.api import (
    Category,
    Finding,
    Function,
    Global,
    KnownTypes,
    LoopLookups,
    Needs,
    Operation,
    Rule,
    Saves,
    frequency,
)


def check(function: Function) -> Iterator[Finding]:
    """One finding for each global and loop."""
    types = function[KnownTypes]
    for lookup in function[LoopLookups].lookups:
        if lookup.alias or not isinstance(lookup.value, Global):
            continue
        yield Finding(
            message=f"global `{{expression}}` is looked up {frequency(lookup)}",
            instruction=lookup.loads[0],
            verdict=lookup.verdict,
            loop=lookup.loop,
            places=lookup.loads[1:],
            saves=Saves.LOOKUP,
            pair="" if types.is_builtin(lookup.value.name) else "global",
            details={"name": lookup.value.name},
        )


RULE = Rule(
    code="BCL101",
    name="global-lookup-in-loop",
    summary="A global or builtin is looked up again on every iteration",
    category=Category.LOOKUP,
    needs=Needs(any_of=frozenset({Operation.LOAD_GLOBAL}), only_lookups=True),
    check=check,
    package=__package__,
)
