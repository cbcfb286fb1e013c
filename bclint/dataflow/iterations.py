"""How often a loop can run at most, where its source says so: ``range(8)``, ``(a, b)``, ``"abc"``.

Growth by copying over eight iterations is no growth, and what a comprehension saves over three is
less than what it costs to start one.
"""

from __future__ import annotations

from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction
from bclint.bytecode.opcodes import Operation
from bclint.dataflow import values as v
from bclint.dataflow.definitions import ReachingDefinitions
from bclint.dataflow.module import ModuleFacts
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.types import KnownTypes
from bclint.dataflow.values import Value
from bclint.flow.loops import Loop, LoopForest

_SAME_LENGTH = frozenset(
    {"dict", "enumerate", "frozenset", "iter", "list", "reversed", "set", "sorted", "tuple"}
)
_VIEWS = frozenset({"copy", "items", "keys", "values"})
_SIZED = (str, bytes, tuple, frozenset)
_DEEPEST = 6


class Iterations:
    """Upper bounds of the loops of one function."""

    def __init__(self, function: Function) -> None:
        """Look at what each loop iterates over when it is asked for."""
        self._loops = function[LoopForest]
        self._stack = function[OperandStack]
        self._types = function[KnownTypes]
        self._definitions = function[ReachingDefinitions]
        self._facts = function[ModuleFacts]

    @classmethod
    def of(cls, function: Function) -> Self:
        """The iterations of one function's loops."""
        return cls(function)

    def most(self, loop: Loop) -> int | None:
        """No more iterations than this are possible; None where nothing bounds them."""
        for instruction in self._loops.graph.instructions_of(self._loops.graph.blocks[loop.header]):
            if instruction.operation is Operation.FOR_ITERATE:
                operands = self._stack.operands(instruction)
                iterator = operands[0].value if operands else v.UNKNOWN
                if isinstance(iterator, v.Iterator):
                    return self._length(iterator.base, instruction, 0)
        return None

    def may_reach(self, loop: Loop, count: int) -> bool:
        """Whether `count` iterations are possible, as far as the source tells."""
        most = self.most(loop)
        return most is None or most >= count

    def _length(self, value: Value, at: Instruction, depth: int) -> int | None:
        """At most so many items are in `value`."""
        if depth > _DEEPEST:
            return None
        match value:
            case v.Constant(value=content) if isinstance(content, _SIZED):
                return len(content)
            case v.Display(kind=kind, elements=elements):
                return _displayed(kind, elements)
            case v.Local(name=name):
                stored = self._definitions.value_of(at, name)
                is_tuple = isinstance(stored, v.Display) and stored.kind is tuple
                fixed = isinstance(stored, v.Constant) or _is_call_of(stored, "range") or is_tuple
                return self._length(stored, at, depth + 1) if fixed else None
            case v.Global(name=name) | v.Name(name=name):
                return self._global_length(name, at, depth)
            case v.Call(function=v.Attribute(base=base, name=name), arguments=()):
                return self._length(base, at, depth + 1) if name in _VIEWS else None
            case v.Call(function=v.Global(name=name) | v.Name(name=name), arguments=arguments):
                return self._called_length(name, arguments, at, depth)
            case _:
                return None

    def _global_length(self, name: str, at: Instruction, depth: int) -> int | None:
        """A table of the module that is bound once; that nothing fills it later is likely."""
        values = self._facts.values_of(name)
        if len(values) != 1 or name in self._facts.rebound_by_functions:
            return None
        is_table = isinstance(values[0], v.Constant | v.Display)
        # An empty list or dict at module level is there to be filled.
        return (self._length(values[0], at, depth + 1) or None) if is_table else None

    def _called_length(
        self, name: str, arguments: tuple[Value, ...], at: Instruction, depth: int
    ) -> int | None:
        if not self._types.is_builtin(name) or not arguments:
            return None
        if name == "range":
            return _range_length([self._number(argument, at) for argument in arguments])
        if name in _SAME_LENGTH:
            return self._length(arguments[0], at, depth + 1)
        if name == "zip":
            lengths = [self._length(argument, at, depth + 1) for argument in arguments]
            return min((length for length in lengths if length is not None), default=None)
        return None

    def _number(self, value: Value, at: Instruction) -> int | None:
        if isinstance(value, v.Local):
            value = self._definitions.value_of(at, value.name)
        match value:
            case v.Constant(value=int() as number):
                return number
            case v.Call(function=v.Global(name="len"), arguments=(argument,)):
                return self._length(argument, at, 1)
            case v.Unary(symbol="-", operand=v.Constant(value=int() as number)):
                return -number
            case _:
                return None


def _range_length(numbers: list[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    if len(known) != len(numbers) or len(known) > 3 or (len(known) == 3 and not known[2]):
        return None
    return len(range(*known))


def _displayed(kind: type, elements: tuple[Value, ...]) -> int | None:
    if any(isinstance(element, v.Unknown) for element in elements):
        return None  # `*more`, or an element that nothing is known of
    return len(elements) // 2 if kind is dict else len(elements)


def _is_call_of(value: Value, name: str) -> bool:
    return isinstance(value, v.Call) and value.function == v.Global(name)
