"""BCL104: an attribute that a loop reads, changes and writes back, as in ``self.n += x``.

A local may stand for the attribute during the loop under these conditions. `LoopUpdates` proves or
grades the first three, the fix looks at the way out of the loop:

1. nothing in the loop rebinds the object, and every use of the attribute in the loop goes through
   the same chain;
2. no other code that the loop runs looks at the attribute: certain is that never, so a call of
   unknown code, a suspension, a ``with`` and a handler make the change one to think about;
3. the attribute can be read before the loop and written after it, even if there is no iteration;
4. every way out of the loop passes the write behind it: no ``return``, no ``raise``.

Silent besides: text and containers that grow, and loops whose iterations do so much more that the
change cannot be measured.
"""

from __future__ import annotations

from collections.abc import Iterator

from bclint.api import (
    Attribute,
    Category,
    Finding,
    Function,
    LoopUpdates,
    Needs,
    Operation,
    Rule,
    Saves,
)

_MOST_CALLS = 0
"""Beside a call of an unknown function, what is saved is lost in the noise."""


def check(function: Function) -> Iterator[Finding]:
    """One finding for each attribute and loop."""
    for update in function[LoopUpdates].updates:
        if not isinstance(update.target, Attribute) or not update.pays(_MOST_CALLS):
            continue
        when = "every iteration" if update.every_iteration else "each iteration that gets there"
        yield Finding(
            message=f"attribute `{{expression}}` is read and written back on {when}",
            instruction=update.loads[0],
            verdict=update.verdict,
            loop=update.loop,
            places=(*update.loads[1:], *update.others),
            saves=Saves.UPDATE,
            details={"name": update.target.name},
        )


RULE = Rule(
    code="BCL104",
    name="attribute-updated-in-loop",
    summary="An attribute is read, changed and written back on every iteration",
    category=Category.LOOKUP,
    needs=Needs(any_of=frozenset({Operation.STORE_ATTRIBUTE})),
    check=check,
    package=__package__,
)
