"""BCL903: a generator expression in a loop whose consumer takes all of it, where a list is faster.

Each element of a generator costs a switch into its frame and back; a comprehension stays in one.
What runs once is left alone, since nobody would notice.

Sound under these conditions:

1. the consumer takes every element before it returns: ``str.join``, ``sorted``, ``tuple``, ``sum``,
   ``min``, ``max`` and ``list.extend``. ``any`` and ``all`` stop early, and are never reported;
2. every iteration gives an element: what a condition leaves out gains nothing;
3. the element is cheap and its code is known: it calls builtins and methods of builtin types, not
   ``next`` and no function that could raise StopIteration, which a generator turns into
   RuntimeError: a method of an unknown object, other than those of text, is unsafe. It binds
   nothing outside of itself and does not look at its frame;
4. ``str.join``, ``sorted`` and ``tuple`` put all elements into a list before they look at one. The
   others work on each before they take the next, and ``sum`` and ``max`` keep none: never safe;
5. what is passed behind the generator is evaluated before its elements, and then behind them: safe
   only where that cannot be seen;
6. variables of the function around it have a value: a missing one is a NameError in the generator
   and an UnboundLocalError in a comprehension.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType
from typing import NamedTuple

from bclint.api import (
    Applicability,
    Attribute,
    Call,
    Category,
    Finding,
    Function,
    FunctionObject,
    Global,
    Instruction,
    Instructions,
    Iterations,
    KnownTypes,
    Loop,
    LoopForest,
    Needs,
    OperandStack,
    Operation,
    Origins,
    Rule,
    SharedVariables,
    Value,
    Verdict,
    WarmCode,
    weakest,
)
from bclint_rules.generator_consumed_whole.elements import Elements
from bclint_rules.generator_consumed_whole.order import is_evaluated_unseen

FEWEST_ITERATIONS = 8
_GLOBALS = frozenset({Operation.LOAD_GLOBAL, Operation.STORE_GLOBAL, Operation.DELETE_GLOBAL})
_CALLS = frozenset({Operation.CALL, Operation.CALL_KEYWORDS})
_PAIRS = {
    "builtins.sorted": "sorted",
    "builtins.tuple": "tuple",
    "builtins.sum": "sum",
    "builtins.max": "max",
    "builtins.min": "max",
}
_ONE_BY_ONE = {
    "sum": "the list holds all elements at once, and all are computed before the first addition",
    "max": "the list holds all elements at once, and all are computed before any is compared",
    "extend": "if an element raises, those before it are in the list already",
}
"""What may be seen of a change where the consumer works on an element before it takes the next."""
_FUNCTION_FLAG = 0x01  # inspect.CO_OPTIMIZED


class _Consumer(NamedTuple):
    """A call that takes all of a generator expression."""

    pair: str
    code: CodeType
    others: tuple[Value, ...]
    """The arguments behind the generator."""


def check(function: Function) -> Iterator[Finding]:
    """One finding for each call that consumes a generator expression whole."""
    if not function.code.co_flags & _FUNCTION_FLAG:
        return
    inner = {nested.code: nested for nested in function.nested}
    outer = {i.name for i in function[Instructions] if i.operation in _GLOBALS}
    for call in function[Instructions]:
        consumer = _consumer(function, call) if call.operation in _CALLS else None
        loop = function[LoopForest].loop_of(call)
        if consumer is None or not _is_worth_it(function, loop, call):
            continue
        elements = Elements(inner[consumer.code])
        shares = elements.makes_functions or not elements.variables.isdisjoint(outer)
        if elements.are_cheap:
            yield Finding(
                message="`{expression}` takes all of a generator, which is slower than a list",
                instruction=call,
                verdict=weakest(_verdict(function, call, consumer), _called(elements)),
                loop=loop,
                pair=consumer.pair,
                details={"shared": "yes" if shares else ""},
            )


def _consumer(function: Function, call: Instruction) -> _Consumer | None:
    value = function[OperandStack].result(call)
    if not isinstance(value, Call) or value.unpacked or not value.arguments:
        return None
    match value.arguments[0]:
        case Call(function=FunctionObject(code=code), arguments=(_,)) if (
            code.co_name == "<genexpr>"
        ):
            pair = _pair(function, value, call)
        case _:
            return None
    return _Consumer(pair, code, value.arguments[1:]) if pair is not None else None


def _pair(function: Function, value: Call, call: Instruction) -> str | None:
    """The name of the measured pair for what is called; None for all that is not known."""
    match value.function:
        case Attribute(base=base, name="join") if len(value.arguments) == 1:
            kind = function[KnownTypes].type_of(base, call)
            return "" if kind in (str, bytes) else None
        case Attribute(base=base, name="extend") if len(value.arguments) == 1:
            return "extend" if function[KnownTypes].type_of(base, call) is list else None
        case Global():
            return _PAIRS.get(function[Origins].dotted(value.function, call) or "")
        case _:
            return None


def _is_worth_it(function: Function, loop: Loop | None, call: Instruction) -> bool:
    """Whether a loop makes the call when nothing goes wrong, and more often than a few times."""
    if loop is None or not function[WarmCode].runs(call):
        return False
    return function[Iterations].may_reach(loop, FEWEST_ITERATIONS)


def _called(elements: Elements) -> Verdict:
    """How far it is known that no element raises StopIteration."""
    method = elements.unfamiliar_method
    if method is None:
        return Verdict(Applicability.SAFE, "")
    reason = f"`{method}` may raise StopIteration, which a generator turns into RuntimeError"
    return Verdict(Applicability.UNSAFE, reason)


def _verdict(function: Function, call: Instruction, consumer: _Consumer) -> Verdict:
    found = [Verdict(Applicability.SAFE, "every element is taken before anything else runs")]
    if consumer.pair in _ONE_BY_ONE:
        found.append(Verdict(Applicability.UNSAFE, _ONE_BY_ONE[consumer.pair]))
    for name in consumer.code.co_freevars:
        if not function[SharedVariables].has_value(name, call):
            reason = f"`{name}` may have no value yet, which is another exception in a list"
            found.append(Verdict(Applicability.UNSAFE, reason))
    if not all(is_evaluated_unseen(function, other, call) for other in consumer.others):
        reason = "the other arguments are evaluated before the elements"
        found.append(Verdict(Applicability.UNSAFE, reason))
    return weakest(*found)


RULE = Rule(
    code="BCL903",
    name="generator-consumed-whole",
    summary="A generator expression is slower than a list where all of it is taken at once",
    category=Category.FOLKLORE,
    needs=Needs(any_of=frozenset({Operation.MAKE_FUNCTION})),
    check=check,
    package=__package__,
)
