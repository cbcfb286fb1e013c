"""What a file stores under one name, wherever in the file: for attributes, globals and cells.

Locals have reaching definitions; of everything else any function may be the one that stored it, so
all of the file's stores together say what it can hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.scan import performs
from bclint.dataflow import values as v
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.values import Value

_KINDS: dict[Operation, str] = {
    Operation.STORE_ATTRIBUTE: "attribute",
    Operation.DELETE_ATTRIBUTE: "attribute",
    Operation.STORE_CELL: "cell",
    Operation.DELETE_CELL: "cell",
    Operation.STORE_GLOBAL: "global",
    Operation.DELETE_GLOBAL: "global",
    Operation.STORE_NAME: "global",
    Operation.DELETE_NAME: "global",
}
_ALL = frozenset(_KINDS)
_OWN_NAMES = frozenset({Operation.STORE_NAME, Operation.DELETE_NAME})
_CONSTRUCTORS = ("__init__", "__new__", "__post_init__", "<module>")


class Stored(NamedTuple):
    """One store, and the function that does it."""

    function: Function
    instruction: Instruction

    @property
    def target(self) -> Value:
        """What is stored to, as the value that a load of it would be."""
        return target_of(self.function, self.instruction)

    @property
    def value(self) -> Value:
        """What is stored; unknown for a deletion."""
        return stored_by(self.function, self.instruction)


class StoredValues:
    """Every store of a file to a name that is no plain local. Ask for it on the module."""

    def __init__(self, module: Function) -> None:
        """Collect the stores of all functions."""
        self._stores: dict[tuple[str, str], list[Stored]] = {}
        for function in _walk(module):
            if performs(function.code, _ALL):
                self._scan(function, at_module_level=function is module)

    @classmethod
    def of(cls, function: Function) -> Self:
        """The stores of the file that the function belongs to."""
        return cls(function.module)

    def of_slot(self, slot: Value) -> list[Stored]:
        """The stores that may change `slot`: those to any attribute of that name, for one."""
        key = self.key_of(slot)
        return self._stores.get(key, []) if key else []

    def key_of(self, slot: Value) -> tuple[str, str] | None:
        """What slots that the same stores may change have in common; None for other values."""
        match slot:
            case v.Attribute(name=name):
                return "attribute", name
            case v.Cell(name=name):
                return "cell", name
            case v.Global(name=name) | v.Name(name=name):
                return "global", name
            case _:
                return None

    def _scan(self, function: Function, *, at_module_level: bool) -> None:
        for instruction in function[Instructions]:
            kind = _KINDS.get(instruction.operation)
            if kind is None or (instruction.operation in _OWN_NAMES and not at_module_level):
                continue
            self._stores.setdefault((kind, instruction.name), []).append(
                Stored(function, instruction)
            )


def is_constructor(function: Function) -> bool:
    """Whether the function sets an object or the module up, once and before anything uses it."""
    return function.code.co_name in _CONSTRUCTORS


def target_of(function: Function, store: Instruction) -> Value:
    """What an instruction stores to, as the value that a load of it would be."""
    make = _TARGETS.get(store.operation)
    if make is not None:
        return make(store.name)
    operands = [operand.value for operand in function[OperandStack].operands(store)]
    if store.operation is Operation.STORE_ATTRIBUTE and len(operands) == 2:
        return v.Attribute(operands[1], store.name)
    if store.operation is Operation.STORE_SUBSCRIPT and len(operands) == 3:
        return v.Binary("[]", operands[1], operands[2])
    return v.UNKNOWN


def stored_by(function: Function, store: Instruction) -> Value:
    """What an instruction stores; unknown for a deletion."""
    operands = function[OperandStack].operands(store)
    is_store = store.operation in _TARGETS or store.operation in _STORES_INSIDE
    return operands[0].value if operands and is_store else v.UNKNOWN


_STORES_INSIDE = frozenset({Operation.STORE_ATTRIBUTE, Operation.STORE_SUBSCRIPT})
_TARGETS: dict[Operation, Callable[[str], Value]] = {
    Operation.STORE_LOCAL: v.Local,
    Operation.STORE_CELL: v.Cell,
    Operation.STORE_GLOBAL: v.Global,
    Operation.STORE_NAME: v.Name,
}


def _walk(module: Function) -> Iterator[Function]:
    waiting = [module]
    while waiting:
        function = waiting.pop()
        yield function
        waiting.extend(function.nested)
