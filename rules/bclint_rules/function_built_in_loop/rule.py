"""BCL202: a ``def`` or ``lambda`` that is made again on every iteration, and is always the same.

Sound under these conditions:

1. the loop stores none of the variables that the function closes over (a closure sees a variable,
   not its value; still, a function that captures what the loop assigns is left alone);
2. its defaults and annotations are constants, names or attributes that nothing in the loop can
   rebind; a default that is a new list, set or dict each time is left alone;
3. a ``def`` binds a local that nothing else assigns and that is read only where it has a value;
   it has no decorator, which may count or register what it is given;
4. each iteration has an object of its own. That does not matter where the function is only called:
   by the loop, or by a builtin that calls its argument and keeps no other use of it
   (``sorted(key=…)``, ``map``). Passed to unknown code is unsafe, kept or compared display only.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from bclint.api import (
    Applicability,
    Binary,
    Bindings,
    Category,
    Finding,
    Function,
    FunctionUses,
    Hoisting,
    Instruction,
    Loop,
    LoopForest,
    MadeFunction,
    MadeFunctions,
    Needs,
    OperandStack,
    Operation,
    Rule,
    Value,
    Verdict,
    weakest,
)

_CELL_STORES = frozenset({Operation.STORE_CELL, Operation.DELETE_CELL})


def check(function: Function) -> Iterator[Finding]:
    """One finding for each ``def`` and ``lambda``."""
    search = _Search(function)
    for made in function[MadeFunctions].made:
        if search.hoisting.is_repeated(made.makes) and (finding := search.finding(made)):
            yield finding


class _Search:
    """The analyses that judging one function needs."""

    def __init__(self, function: Function) -> None:
        self.hoisting = function[Hoisting]
        self._loops = function[LoopForest]
        self._stack = function[OperandStack]
        self._bindings = function[Bindings]
        self._uses = function[FunctionUses]

    def finding(self, made: MadeFunction) -> Finding | None:
        """The finding of one function that a loop makes, if its author would want to know."""
        store = self._definition(made)
        if store is None and not made.is_lambda:
            return None  # a decorator or a class takes it
        best = self.hoisting.best(made.makes, lambda loop: self._judge(made, store, loop))
        if best is None:
            return None
        name = "`{expression}`" if made.is_lambda else f"the function `{made.code.co_name}`"
        return Finding(
            message=f"{name} is made again on every iteration",
            instruction=made.makes,
            verdict=best.verdict,
            loop=best.loop,
            details=MappingProxyType(
                {"name": self._uses.keyword(made) or "", "moves": self._moves(made)}
            ),
        )

    def _definition(self, made: MadeFunction) -> Instruction | None:
        """The store of a ``def`` without decorators."""
        consumers = self._stack.consumers(made.complete)
        is_store = len(consumers) == 1 and consumers[0].name == made.code.co_name
        return consumers[0] if is_store and not made.is_lambda else None

    def _moves(self, made: MadeFunction) -> str:
        """Whether ``name = lambda: …`` may move as a whole, as a ``def`` does."""
        consumers = self._stack.consumers(made.complete)
        verdict = self._bindings.verdict(consumers[0]) if len(consumers) == 1 else None
        is_safe = verdict is not None and verdict.applicability is Applicability.SAFE
        return "yes" if is_safe and made.is_lambda else ""

    def _judge(self, made: MadeFunction, store: Instruction | None, loop: Loop) -> Verdict | None:
        if not self._stores(loop).isdisjoint(made.cells):
            return None
        verdicts = [
            self._uses.verdict(made),
            self.hoisting.verdict(made.defaults, loop, [made.makes]),
            *(self._judge_annotation(value, loop, made.makes) for value in made.annotations),
            *([self._bindings.verdict(store)] if store else []),
        ]
        found = [verdict for verdict in verdicts if verdict is not None]
        return weakest(*found) if len(found) == len(verdicts) else None

    def _stores(self, loop: Loop) -> set[str]:
        return {
            instruction.name
            for instruction in self._loops.instructions_of(loop)
            if instruction.operation in _CELL_STORES
        }

    def _judge_annotation(self, value: Value, loop: Loop, at: Instruction) -> Verdict | None:
        """``list[int]`` and ``int | None`` give equal objects every time, from stable parts."""
        if not isinstance(value, Binary):
            return self.hoisting.verdict([value], loop, [at])
        parts = [self._judge_annotation(part, loop, at) for part in (value.left, value.right)]
        found = [verdict for verdict in parts if verdict is not None]
        once = Verdict(Applicability.UNSAFE, "its annotations are evaluated before the loop")
        return weakest(once, *found) if len(found) == len(parts) else None


RULE = Rule(
    code="BCL202",
    name="function-built-in-loop",
    summary="A function that is always the same is made again on every iteration",
    category=Category.ALLOCATION,
    needs=Needs(any_of=frozenset({Operation.MAKE_FUNCTION})),
    check=check,
    package=__package__,
)
