"""Whether an augmented assignment adds to text or a container, rather than to a number.

``self.text += line`` copies or extends what it adds to; that is a matter of growth, and no local
makes it cheaper by much.
"""

from __future__ import annotations

from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.scan import performs
from bclint.dataflow import values as v
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.stored import StoredValues
from bclint.dataflow.types import KnownTypes
from bclint.dataflow.values import Value

_CONTAINERS = frozenset({str, bytes, bytearray, tuple, list, set, frozenset, dict})
_OWN_NAMES = frozenset({Operation.STORE_NAME})


class Containers:
    """What the targets of one function's augmented assignments hold, as far as it shows."""

    def __init__(self, function: Function) -> None:
        """Types come from the operands, and from all stores of the file."""
        self._function = function
        self._types = function[KnownTypes]
        self._stack = function[OperandStack]
        self._held: dict[tuple[str, str], bool] = {}

    @classmethod
    def of(cls, function: Function) -> Self:
        """The containers that one function adds to."""
        return cls(function)

    def is_added_to(self, target: Value, operation: Instruction) -> bool:
        """Whether the in-place `operation` on `target` takes or changes text or a container."""
        operands = self._stack.operands(operation)
        if operands and self._is_container(self._function, operands[-1].value, operation):
            return True
        return self._function.module[Containers].holds_one(target)

    def holds_one(self, target: Value) -> bool:
        """Whether the file stores a container to `target` somewhere. Ask for it on the module."""
        stored = self._function[StoredValues]
        key = stored.key_of(target)
        if key is not None and key not in self._held:
            self._held[key] = any(
                self._is_container(one.function, one.value, one.instruction)
                for one in stored.of_slot(target)
            ) or (isinstance(target, v.Attribute) and self._is_declared(target.name))
        return key is not None and self._held[key]

    def _is_declared(self, name: str) -> bool:
        """Whether a class body gives the attribute of that name a container: ``text = ""``."""
        waiting = list(self._function.module.nested)
        while waiting:
            function = waiting.pop()
            waiting.extend(function.nested)
            if name in function.code.co_names and performs(function.code, _OWN_NAMES):
                for store in function[Instructions]:
                    if store.operation in _OWN_NAMES and store.argument == name:
                        operands = function[OperandStack].operands(store)
                        if operands and self._is_container(function, operands[0].value, store):
                            return True
        return False

    def _is_container(self, function: Function, value: Value, at: Instruction) -> bool:
        """Whether `value`, or a term of the sum that it is, certainly is one."""
        terms: tuple[Value, ...]
        match value:
            case v.Binary(symbol="+" | "+=", left=left, right=right):
                terms = (left, right)
            case v.Binary(symbol="%", left=left):
                terms = (left,)
            case _:
                return function[KnownTypes].type_of(value, at) in _CONTAINERS
        return any(self._is_container(function, term, at) for term in terms)
