"""BCL301: a value that a loop grows by copying all of it on every iteration.

`Growths` finds the statements, under these conditions:

1. the new value holds the old one exactly once, in a sum or an f-string, and is stored where the
   old one was read from: a local, cell or global, an attribute or a constant key of an object that
   the loop does not change;
2. the old value is certainly a str, bytes, tuple or list: all that else stores to it says so, or
   nothing contradicts that a str is added to it. A list that ``+=`` extends is no copy, nor is a
   local str that grows at its end, for which CPython resizes it in place;
3. nothing in the loop sets the value anew, and no function of the file that does may be called from
   it, so that it survives from one iteration to the next;
4. the loop is not known to run fewer than fifty times, and its test does not bound the value;
5. the statement runs when nothing goes wrong: handlers are cold.

Two changes are proved. A list grows in place when nothing else can refer to it (`Escapes`). A
local str that takes several terms in one statement can take their sum, if all are certainly str:
then CPython resizes it in place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter

from bclint.api import (
    Applicability,
    Binary,
    Category,
    Constant,
    Escapes,
    Finding,
    Function,
    Growth,
    Growths,
    KnownTypes,
    Local,
    Needs,
    Operation,
    RawLoops,
    Rule,
    Value,
    Verdict,
    described,
)


def check(function: Function) -> Iterator[Finding]:
    """One finding for each value and loop."""
    groups: dict[tuple[object, int], list[Growth]] = {}
    for growth in function[Growths].found:
        groups.setdefault((growth.slot, growth.loop.header), []).append(growth)
    for group in groups.values():
        group.sort(key=attrgetter("operation.index"))
        yield _finding(function, group)


def _finding(function: Function, group: Sequence[Growth]) -> Finding:
    first = group[0]
    change, verdict = _change(function, group)
    return Finding(
        message=f"`{{expression}}` copies all of `{_name(first.slot)}` on every iteration: "
        "the time grows quadratically",
        instruction=first.operation,
        verdict=verdict,
        loop=first.loop,
        places=tuple(growth.operation for growth in group[1:]),
        pair=first.kind.__name__,
        details={"kind": first.kind.__name__, "change": change, "name": _name(first.slot)},
    )


def _name(slot: Value) -> str:
    match slot:
        case Binary(left=base, right=Constant(value=key)):
            return f"{described(base)}[{key!r}]"
        case _:
            return described(slot)


def _change(function: Function, group: Sequence[Growth]) -> tuple[str, Verdict]:
    """What may be written instead, and how far it is proved."""
    first = group[0]
    appends = all(growth.appends for growth in group)
    if not appends or not isinstance(first.slot, Local):
        reason = f"the loop has to be rewritten around {_INSTEAD[first.kind]}"
        return "append" if appends else "prepend", Verdict(Applicability.DISPLAY_ONLY, reason)
    if first.kind is list:
        stores = [growth.store for growth in group]
        return "in place", function[Escapes].verdict(first.slot.name, stores)
    if first.kind is str:
        return "sum", _sum_verdict(function, group)
    reason = f"the loop has to be rewritten around {_INSTEAD[first.kind]}"
    return "append", Verdict(Applicability.DISPLAY_ONLY, reason)


def _sum_verdict(function: Function, group: Sequence[Growth]) -> Verdict:
    """``s = s + a + b`` gives what ``s += a + b`` gives if `a` and `b` are str, and no others."""
    types = function[KnownTypes]
    for growth in group:
        for term in growth.terms[1:]:
            formats = growth.operation.operation is Operation.BUILD_STRING
            if not formats and types.type_of(term, growth.store) is not str:
                reason = f"`{described(term)}` may be no str, and add up in another way"
                return Verdict(Applicability.UNSAFE, reason)
    return Verdict(Applicability.SAFE, "sums of str are the same however they are grouped")


_INSTEAD: dict[type, str] = {
    str: "a list of parts",
    bytes: "a bytearray",
    tuple: "a list",
    list: "a list that grows in place",
}

_GROWING = frozenset({Operation.BINARY_OPERATION, Operation.BUILD_STRING})
_BETWEEN = frozenset(
    {
        *(Operation.LOAD_LOCAL, Operation.LOAD_CELL, Operation.LOAD_GLOBAL, Operation.LOAD_NAME),
        *(Operation.LOAD_ATTRIBUTE, Operation.LOAD_SUBSCRIPT, Operation.LOAD_CONSTANT),
        *(Operation.COPY, Operation.SWAP, Operation.NOTHING),
    }
)
_STORES = frozenset(
    {
        *(Operation.STORE_LOCAL, Operation.STORE_CELL, Operation.STORE_GLOBAL),
        *(Operation.STORE_NAME, Operation.STORE_ATTRIBUTE, Operation.STORE_SUBSCRIPT),
    }
)


def _stores_what_may_grow(function: Function) -> bool:
    """Whether a loop stores an f-string, or a sum that ends in no number (``i += 1``)."""
    raw = function[RawLoops]
    for unit in raw.followed(_GROWING, _BETWEEN, _STORES):
        symbol = raw.symbol(unit)
        is_number = isinstance(raw.constant_before(unit), int | float | complex)
        if symbol in {"", "+", "+="} and not (symbol and is_number):
            return True
    return False


RULE = Rule(
    code="BCL301",
    name="quadratic-growth",
    summary="A loop grows a string, bytes, tuple or list by copying it on every iteration",
    category=Category.GROWTH,
    needs=Needs(any_of=_GROWING, raw=_stores_what_may_grow),
    check=check,
    package=__package__,
)
