"""BCL904: ``x in {a, b}`` of variables in a loop, where a tuple is faster.

A set of constants is made once, by the compiler; one of variables is made again for every test.
Where nothing in the loop changes its elements it can be made before the loop, which is what BCL203
says; this rule is for the others.

Sound under these conditions:

1. the set is built for one test and for nothing else, of two to eight elements without ``*``. More
   were not measured, and one is a comparison;
2. a set hashes its elements and what is looked for, and compares what has the same hash; a tuple
   compares with each until one is equal. Safe only where all of them are certainly numbers,
   strings, bytes or None, for which both tell the same and run no code. Bytes among others are
   compared under ``python -b`` with a warning, which a set leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bclint.api import (
    UNKNOWN,
    Applicability,
    Category,
    Display,
    Finding,
    Function,
    Hoisting,
    Instruction,
    Instructions,
    Iterations,
    KnownTypes,
    LoopForest,
    Needs,
    OperandStack,
    Operation,
    Rule,
    Value,
    Verdict,
    described,
)

FEWEST_ITERATIONS = 8
_MEASURED = range(2, 9)
_FEW = 4
"""With more elements than this the second pair of the page is the one that was measured."""
_PLAIN = frozenset({int, float, complex, bool, str, bytes, type(None)})
_WARNED_OF = frozenset({int, bool, str})
"""What ``python -b`` warns of if it is compared with bytes; a set seldom compares them."""


class _Test(NamedTuple):
    """A set that is built, and what is looked for in it."""

    builds: Instruction
    elements: tuple[Value, ...]
    wanted: Value


def check(function: Function) -> Iterator[Finding]:
    """One finding for each set that is built for a test in a loop."""
    for contains in function[Instructions]:
        test = _test(function, contains)
        if test is None or not _is_worth_it(function, test):
            continue
        yield Finding(
            message="`{expression}` is a new set for each test, which is slower than a tuple",
            instruction=test.builds,
            verdict=_verdict(function, (test.wanted, *test.elements), contains),
            loop=function[LoopForest].loop_of(test.builds),
            pair="eight" if len(test.elements) > _FEW else "",
        )


def _test(function: Function, contains: Instruction) -> _Test | None:
    """What the instruction tests, if it is the only one that is given the set."""
    stack = function[OperandStack]
    operands = stack.operands(contains) if contains.operation is Operation.CONTAINS else ()
    match operands:
        case (wanted, (Display(kind=kind, elements=elements), producer)) if (
            kind is set and producer >= 0 and len(elements) in _MEASURED
        ):
            builds = function[Instructions][producer]
        case _:
            return None
    if UNKNOWN in elements and builds.number != len(elements):
        return None  # `*more`
    if stack.consumers(builds) != [contains] or stack.is_merged(builds):
        return None
    return _Test(builds, elements, wanted.value)


def _is_worth_it(function: Function, test: _Test) -> bool:
    """Whether the loop runs often, and the set cannot be made before it."""
    hoisting, loop = function[Hoisting], function[LoopForest].loop_of(test.builds)
    if loop is None or not hoisting.is_repeated(test.builds):
        return False
    if not function[Iterations].may_reach(loop, FEWEST_ITERATIONS):
        return False
    return hoisting.verdict(test.elements, loop, [test.builds]) is None


def _verdict(function: Function, values: Sequence[Value], at: Instruction) -> Verdict:
    kinds = [function[KnownTypes].type_of(value, at) for value in values]
    for value, kind in zip(values, kinds, strict=True):
        if kind not in _PLAIN:
            reason = f"`{described(value)}` may have an `__eq__` that its hash does not agree with"
            return Verdict(Applicability.UNSAFE, reason)
    if bytes in kinds and not _WARNED_OF.isdisjoint(kinds):
        reason = "`python -b` warns where bytes are compared with anything else"
        return Verdict(Applicability.UNSAFE, reason)
    return Verdict(Applicability.SAFE, "all of them are numbers, strings or None")


RULE = Rule(
    code="BCL904",
    name="set-display-membership",
    summary="A set of variables that is built for one test is slower than a tuple",
    category=Category.FOLKLORE,
    needs=Needs(any_of=frozenset({Operation.BUILD_SET})),
    check=check,
    package=__package__,
)
