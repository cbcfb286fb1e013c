"""What becomes of a function just made: whether it is only called, or somebody may keep it.

Two functions made from one ``lambda`` are equal in all but identity. Code that only calls what it
is given cannot tell them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow import values as v
from bclint.dataflow.bindings import Bindings
from bclint.dataflow.effects import Effects
from bclint.dataflow.made_functions import MadeFunction
from bclint.dataflow.origins import Origins
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.types import KnownTypes
from bclint.diagnostics import Applicability, Verdict, weakest

CALLERS: dict[str, frozenset[int | str]] = {
    **dict.fromkeys(("builtins.sorted", "builtins.min", "builtins.max"), frozenset({"key"})),
    **dict.fromkeys(("heapq.nlargest", "heapq.nsmallest", "heapq.merge"), frozenset({"key"})),
    **dict.fromkeys(("bisect.bisect", "bisect.bisect_left", "bisect.insort"), frozenset({"key"})),
    **dict.fromkeys(("builtins.map", "builtins.filter", "functools.reduce"), frozenset({0})),
    **dict.fromkeys(("itertools.takewhile", "itertools.dropwhile"), frozenset({0})),
    **dict.fromkeys(("itertools.starmap", "itertools.filterfalse"), frozenset({0})),
    **dict.fromkeys(("itertools.groupby", "itertools.accumulate"), frozenset({1, "key", "func"})),
    **dict.fromkeys(("re.sub", "re.subn"), frozenset({1, "repl"})),
}
"""Functions that only call an argument, by its position or keyword. What ``map`` returns keeps its
function, but only to call it."""

_CALLS = frozenset({Operation.CALL, Operation.CALL_KEYWORDS})
_KEEPING_METHODS = frozenset({"append", "appendleft", "add", "insert", "setdefault", "put"})
_KEEPS = frozenset(
    {
        *(Operation.BUILD_TUPLE, Operation.BUILD_LIST, Operation.BUILD_SET, Operation.BUILD_MAP),
        *(Operation.BUILD_CONSTANT_KEY_MAP, Operation.LIST_APPEND, Operation.SET_ADD),
        *(Operation.MAP_ADD, Operation.STORE_SUBSCRIPT, Operation.STORE_ATTRIBUTE),
        *(Operation.STORE_CELL, Operation.STORE_GLOBAL, Operation.SET_FUNCTION_ATTRIBUTE),
        *(Operation.YIELD, Operation.RETURN, Operation.IS, Operation.COMPARE),
    }
)
"""Uses of a function that is meant to be one of its own: it is kept, compared, or set up."""
_CALLED = Verdict(
    Applicability.SAFE, "it captures nothing that the loop changes, and is only called"
)


class FunctionUses:
    """The uses of the functions that one function makes."""

    def __init__(self, function: Function) -> None:
        """Follow uses when asked."""
        self._stack = function[OperandStack]
        self._types = function[KnownTypes]
        self._effects = function[Effects]
        self._origins = function[Origins]
        self._bindings = function[Bindings]
        self._instructions = function[Instructions]
        self._followed: set[int] = set()

    @classmethod
    def of(cls, function: Function) -> Self:
        """The uses of what one function makes."""
        return cls(function)

    def keyword(self, made: MadeFunction) -> str | None:
        """The keyword under which the function is passed on: ``key`` for ``sorted(key=…)``."""
        for consumer in self._stack.consumers(made.complete):
            place = self._argument(consumer, made.complete)
            if isinstance(place, str):
                return place
        return None

    def verdict(self, made: MadeFunction) -> Verdict | None:
        """Safe where the function is only called, None where it is kept or compared."""
        self._followed.clear()
        return self._of_uses(made.complete)

    def _of_uses(self, producer: Instruction) -> Verdict | None:
        if producer.index in self._followed:
            return _CALLED  # `f = f`: judged already
        self._followed.add(producer.index)
        consumers = self._stack.consumers(producer)
        if not consumers:
            return Verdict(Applicability.UNSAFE, "it is not known what uses it")
        return _all_of([self._of_use(consumer, producer) for consumer in consumers])

    def _of_use(self, use: Instruction, producer: Instruction) -> Verdict | None:
        line = self._instructions.line(use)
        if use.operation is Operation.STORE_LOCAL:
            return _all_of([_CALLED, *map(self._of_uses, self._bindings.readers(use))])
        if use.operation is Operation.POP:
            return _CALLED
        if use.operation in _CALLS:
            return self._of_call(use, producer)
        if use.operation is Operation.STORE_NAME:
            return Verdict(Applicability.UNSAFE, f"other code sees `{use.name}`")
        if use.operation in _KEEPS:
            return None
        return Verdict(Applicability.UNSAFE, f"line {line} may tell one object from another")

    def _of_call(self, call: Instruction, producer: Instruction) -> Verdict | None:
        place = self._argument(call, producer)
        result = self._stack.result(call)
        if place is None or not isinstance(result, v.Call):
            return _CALLED
        line = self._instructions.line(call)
        called = result.function
        if place in CALLERS.get(self._origins.dotted(called, call) or "", ()):
            return _CALLED
        if isinstance(called, v.Attribute):
            if called.name == "sort" and self._types.type_of(called.base, call) is list:
                return _CALLED
            if called.name in _KEEPING_METHODS:
                return None
        told = self._effects.callee(call)
        name = f"`{told}`" if told else "what is called"
        return Verdict(Applicability.UNSAFE, f"{name} on line {line} may keep or compare it")

    def _argument(self, call: Instruction, producer: Instruction) -> int | str | None:
        """Where `call` takes what `producer` left: a position, a keyword; None if it is called."""
        result = self._stack.result(call)
        if call.operation not in _CALLS or not isinstance(result, v.Call):
            return None
        operands = self._stack.operands(call)
        taken = [operand.producer for operand in operands].index(producer.index)
        if taken < 2:
            # A callable that stands above NULL, or a decorated function in the place of `self`.
            return None if v.NULL in (operands[0].value, operands[1].value) or not taken else 0
        position = taken - 2
        keywords = result.keywords
        count = len(operands) - 2 - (call.operation is Operation.CALL_KEYWORDS)
        by_keyword = position - (count - len(keywords))
        return keywords[by_keyword] if by_keyword >= 0 else position


def _all_of(verdicts: Sequence[Verdict | None]) -> Verdict | None:
    found = [verdict for verdict in verdicts if verdict is not None]
    return weakest(*found) if len(found) == len(verdicts) else None
