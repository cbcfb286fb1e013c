"""BCL203: a tuple, list, set or dict that a loop builds again from what does not change.

Sound under these conditions:

1. every element is a constant, or a name or attribute that nothing in the loop can rebind
   (`Hoisting.verdict` proves or grades that); no element is itself a list, set or dict, which the
   loop could get out and change, and none comes from ``*`` or ``**``;
2. the collection is used once, where nobody can keep or change it: behind ``in``, as what
   ``isinstance`` tests for, iterated, subscripted, or asked by ``.get``;
3. a set and a dict hash their elements or keys when they are built: safe only where all of those
   are certainly numbers, strings, bytes, None or builtins, whose hashing runs nothing and raises
   nothing;
4. a collection of constants that the compiler folds never shows up: nothing builds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from types import MappingProxyType

from bclint.api import (
    Applicability,
    Category,
    Display,
    Finding,
    Function,
    Hoist,
    Hoisting,
    Instruction,
    Instructions,
    KnownTypes,
    Loop,
    Needs,
    Operation,
    Origins,
    RawLoops,
    Rule,
    Value,
    Verdict,
    described,
    weakest,
)
from bclint_rules.collection_rebuilt_in_loop.uses import CLASSES, USES, Uses, names_for

_HASHED_QUIETLY = frozenset({int, float, complex, bool, str, bytes, type(None)})


def check(function: Function) -> Iterator[Finding]:
    """One finding for all equal displays of a loop that are used alike."""
    hoisting, uses = function[Hoisting], Uses(function)
    groups: dict[tuple[Display, str, int], list[tuple[Instruction, Hoist]]] = {}
    for use in function[Instructions]:
        built = uses.built_for(use) if use.operation in USES else None
        if built is None or not hoisting.is_repeated(built[1]):
            continue
        display, builds = built
        if best := hoisting.best(builds, partial(_judge, function, display, builds)):
            key = display, names_for(display, use), best.loop.header
            groups.setdefault(key, []).append((builds, best))
    for (display, names, _), group in groups.items():
        (first, best), *others = group
        yield Finding(
            message="`{expression}` is built again on every iteration",
            instruction=first,
            verdict=weakest(best.verdict, *(other.verdict for _, other in others)),
            loop=best.loop,
            places=tuple([builds for builds, _ in others]),
            pair="classes" if names == CLASSES else display.kind.__name__,
            details=MappingProxyType({"names": names}),
        )


def _judge(function: Function, display: Display, builds: Instruction, loop: Loop) -> Verdict | None:
    """How far building the collection before `loop` is proved."""
    verdict = function[Hoisting].verdict(display.elements, loop, [builds])
    if verdict is None or display.kind not in (set, dict):
        return verdict
    for value in display.elements[:: 2 if display.kind is dict else 1]:
        if not _hashes_quietly(function, value, builds):
            reason = f"`{described(value)}` is hashed before the loop, which may run code or raise"
            return weakest(verdict, Verdict(Applicability.UNSAFE, reason))
    return verdict


def _hashes_quietly(function: Function, value: Value, at: Instruction) -> bool:
    origins = function[Origins]
    if (origins.dotted(value, at) or "").startswith("builtins."):
        return True  # a function or class of the interpreter
    constant = origins.constant(value, at)
    kind = constant.kind if constant else function[KnownTypes].type_of(value, at)
    return kind in _HASHED_QUIETLY


_BUILDS = frozenset(
    {
        *(Operation.BUILD_TUPLE, Operation.BUILD_LIST, Operation.BUILD_SET),
        *(Operation.BUILD_MAP, Operation.BUILD_CONSTANT_KEY_MAP),
    }
)
_FILLS = frozenset(
    {
        *(Operation.LOAD_LOCAL, Operation.LOAD_GLOBAL, Operation.LOAD_NAME, Operation.LOAD_CELL),
        *(Operation.LOAD_CONSTANT, Operation.LIST_APPEND, Operation.SET_ADD, Operation.MAP_ADD),
        *(Operation.LIST_EXTEND, Operation.SET_UPDATE, Operation.MAP_UPDATE),
        *(Operation.LIST_TO_TUPLE, Operation.NOTHING),
    }
)
"""What puts more elements than `_BUILDS` takes at once into a collection."""
_TAKES = frozenset({Operation.CONTAINS, Operation.GET_ITERATOR, Operation.LOAD_METHOD})
_SUBSCRIPT = frozenset({Operation.LOAD_SUBSCRIPT})
_IN_INDEX = frozenset(Operation) - frozenset(
    {
        *(Operation.STORE_LOCAL, Operation.STORE_CELL, Operation.STORE_GLOBAL),
        *(Operation.STORE_NAME, Operation.STORE_ATTRIBUTE, Operation.STORE_SUBSCRIPT),
        *(Operation.POP, Operation.RETURN, Operation.RAISE, Operation.FOR_ITERATE),
        *(Operation.LOAD_SUBSCRIPT, Operation.GET_ITERATOR),
    }
)
"""An index in which something is assigned or iterated is not looked at."""
_CALL = frozenset({Operation.CALL})
_CLASS_TESTS = frozenset({"isinstance", "issubclass"})


def _may_use_what_it_builds(function: Function) -> bool:
    """Whether a loop may do with what it has just built what `Uses` takes for harmless."""
    raw = function[RawLoops]
    uses = [(_FILLS, _TAKES), (_IN_INDEX, _SUBSCRIPT)]
    if not _CLASS_TESTS.isdisjoint(function.code.co_names):
        uses.append((_FILLS, _CALL))
    return any(True for between, use in uses for _ in raw.followed(_BUILDS, between, use))


RULE = Rule(
    code="BCL203",
    name="collection-rebuilt-in-loop",
    summary="A collection of elements that do not change is built again on every iteration",
    category=Category.ALLOCATION,
    needs=Needs(any_of=_BUILDS, raw=_may_use_what_it_builds),
    check=check,
    package=__package__,
)
