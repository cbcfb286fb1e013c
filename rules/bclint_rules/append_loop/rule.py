"""BCL302: a list built empty and then only appended to by the loop that follows.

`AppendLoops` matches the two statements. A comprehension (or ``list()``) in their place does the
same under these conditions:

1. the loop's variables are read nowhere else as the loop left them: a comprehension leaves none.
   Every local that the item reads has a value, since a missing one is another exception there;
2. nobody sees a half-filled list: no handler that an exception in the loop goes to leads to a load
   of it. A ``with`` that suppresses the exception may, which makes the change unsafe, and one
   that is named after that is left alone;
3. nothing looks at the function's locals as a whole;
4. ``list(xs)`` also asks `xs` for its length, which only builtin types certainly answer in peace.

Loops with a condition are left alone: a filter that lets little through gains nothing, on any
version. So are comprehensions for loops inside other loops, and for loops known to be short: on
3.11 a comprehension is a call of its own, which twenty iterations do not earn back.
"""

from __future__ import annotations

from collections.abc import Iterator

from bclint.api import (
    AppendLoop,
    AppendLoops,
    Applicability,
    Attribute,
    Call,
    Category,
    Finding,
    Function,
    FunctionObject,
    Iterations,
    KnownTypes,
    Leftovers,
    Needs,
    Operation,
    RawLoops,
    Rule,
    Verdict,
    WarmCode,
    described,
    known,
    weakest,
)

FEWEST_ITERATIONS = 20
_BUILTIN_ITERABLES = frozenset(
    {str, bytes, bytearray, list, tuple, dict, set, frozenset, range, enumerate, zip}
)


def check(function: Function) -> Iterator[Finding]:
    """One finding for each loop that only appends."""
    for found in function[AppendLoops].found:
        verdict = _verdict(function, found) if _pays(function, found) else None
        if verdict is None:
            continue
        does = "copies" if found.copies else "fills"
        yield Finding(
            message=f"`{{expression}}` is called on every iteration of a loop that only {does} "
            f"{'what it iterates over' if found.copies else f'`{found.name}`'}",
            instruction=found.call,
            verdict=verdict,
            loop=found.loop,
            pair="copy" if found.copies else "",
            details={"name": found.name, "copies": "yes" if found.copies else ""},
        )


def _pays(function: Function, found: AppendLoop) -> bool:
    is_long = function[Iterations].may_reach(found.loop, FEWEST_ITERATIONS)
    is_inner = found.loop.depth > 1 and not found.copies
    return is_long and not is_inner and function[WarmCode].runs(found.call)


def _verdict(function: Function, found: AppendLoop) -> Verdict | None:
    """How far the loop may become a comprehension; None where it may not."""
    left = function[Leftovers]
    if not known.WATCHERS.isdisjoint(function.code.co_names):
        return None
    if left.reads_variable(found.targets, found.body) or left.may_be_unbound(found.body):
        return None
    seen = left.seen_half_done(found.made, found.call)
    if seen is None or (seen.applicability is Applicability.UNSAFE and _suppresses(function)):
        return None
    return weakest(seen, _copied(function, found)) if found.copies else seen


def _suppresses(function: Function) -> bool:
    """Whether a ``with`` of the function seems to be there for the exception: ``assertRaises``."""
    return any("raises" in name.lower() or "suppress" in name for name in function.code.co_names)


def _copied(function: Function, found: AppendLoop) -> Verdict:
    """How far ``list(xs)`` does what a loop over `xs` does."""
    iterated = found.iterated
    kind = function[KnownTypes].type_of(iterated, found.header)
    is_view = (
        isinstance(iterated, Call)
        and isinstance(iterated.function, Attribute)
        and iterated.function.name in {"items", "keys", "values"}
        and function[KnownTypes].type_of(iterated.function.base, found.header) is dict
    )
    is_generator = (
        isinstance(iterated, Call)
        and isinstance(iterated.function, FunctionObject)
        and iterated.function.code.co_name == "<genexpr>"
    )
    if kind in _BUILTIN_ITERABLES or is_view or is_generator:
        return Verdict(Applicability.SAFE, "`list()` iterates over a builtin as the loop does")
    text = described(iterated)
    reason = f"`list()` also asks `{text}` for its length, whose type is not known"
    return Verdict(Applicability.UNSAFE, reason)


_FOR = frozenset({Operation.FOR_ITERATE})
_TAKES_ITEM = frozenset(
    {*(Operation.STORE_LOCAL, Operation.UNPACK, Operation.LOAD_LOCAL), Operation.NOTHING}
)
_METHOD = frozenset({Operation.LOAD_METHOD})


def _may_start_with_append(function: Function) -> bool:
    """Whether a loop's first statement calls a method of a local."""
    return any(True for _ in function[RawLoops].followed(_FOR, _TAKES_ITEM, _METHOD))


RULE = Rule(
    code="BCL302",
    name="append-loop",
    summary="A loop does nothing but append to a list that was built empty just before it",
    category=Category.GROWTH,
    needs=Needs(any_of=_METHOD, names=frozenset({"append"}), raw=_may_start_with_append),
    check=check,
    package=__package__,
)
