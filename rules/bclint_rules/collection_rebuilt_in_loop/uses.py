"""Where a collection is used and cannot get away: nobody can keep or change it there."""

from __future__ import annotations

from bclint.api import (
    Call,
    Constant,
    Display,
    Function,
    Instruction,
    Instructions,
    OperandStack,
    Operation,
    Origins,
    Value,
)

_CLASS_TESTS = frozenset({"builtins.isinstance", "builtins.issubclass"})
_COLLECTION_OPERAND: dict[Operation, int] = {
    Operation.CONTAINS: 1,
    Operation.CALL: -1,
    Operation.GET_ITERATOR: 0,
    Operation.LOAD_SUBSCRIPT: 0,
    Operation.LOAD_METHOD: 0,
}
CLASSES = "types classes"
"""What is tested for by `isinstance`."""
USES = frozenset(_COLLECTION_OPERAND)


class Uses:
    """The uses of what one function builds."""

    def __init__(self, function: Function) -> None:
        """Look at uses when asked."""
        self._instructions = function[Instructions]
        self._stack = function[OperandStack]
        self._origins = function[Origins]

    def built_for(self, use: Instruction) -> tuple[Display, Instruction] | None:
        """The collection that `use` alone is given, and the instruction that builds it."""
        operands = self._stack.operands(use)
        if not operands or not self._is_harmless(use):
            return None
        display, producer = operands[_COLLECTION_OPERAND[use.operation]]
        if not isinstance(display, Display) or producer < 0 or not display.elements:
            return None
        builds = self._instructions[producer]
        return (display, builds) if self._stack.consumers(builds) == [use] else None

    def _is_harmless(self, use: Instruction) -> bool:
        if use.operation is Operation.CALL:
            return self._is_class_test(self._stack.result(use), use)
        if use.operation is Operation.LOAD_SUBSCRIPT:
            return not self._is_slice(use)  # `(a, b)[:]` is the tuple itself
        return use.operation is not Operation.LOAD_METHOD or use.argument == "get"

    def _is_slice(self, subscript: Instruction) -> bool:
        _, index = self._stack.operands(subscript)
        if isinstance(index.value, Constant):
            return index.value.kind is slice
        made = self._instructions[index.producer] if index.producer >= 0 else None
        return made is not None and made.operation is Operation.BUILD_SLICE

    def _is_class_test(self, call: Value, at: Instruction) -> bool:
        if not isinstance(call, Call) or len(call.arguments) != 2 or call.keywords:
            return False
        return self._origins.dotted(call.function, at) in _CLASS_TESTS


def names_for(display: Display, use: Instruction) -> str:
    """What the collection may be called, by its use."""
    if use.operation is Operation.CALL:
        return CLASSES
    if display.kind is dict:
        return "table mapping"
    if use.operation is Operation.CONTAINS:
        return "members choices"
    return "items elements" if use.operation is Operation.GET_ITERATOR else "choices options"
