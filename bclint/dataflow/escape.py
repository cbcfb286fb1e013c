"""Escape: whether a list that a local holds may have a second name when it grows in place.

``xs = xs + [x]`` makes a new list and ``xs.append(x)`` changes the old one. Nobody can tell them
apart when `xs` alone leads to the list:

1. every definition that reaches a growing place stored a list that was just made there, and stored
   it nowhere else: ``ys = xs = []`` and a parameter may have other names;
2. every load of `xs`, from which a growing place can be reached before `xs` is bound anew, only
   looks at the list: it lets no reference out;
3. the local is no cell, and nothing looks at the function's locals as a whole.

A loop over the list looks at it as long as it runs, so no growing place may be in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow import known
from bclint.dataflow import values as v
from bclint.dataflow.definitions import STORES, ReachingDefinitions
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.types import KnownTypes
from bclint.diagnostics import Applicability, Verdict
from bclint.flow.graph import ControlFlowGraph
from bclint.flow.loops import LoopForest

_LOOKS = frozenset(
    {
        *(Operation.TO_BOOL, Operation.NOT, Operation.JUMP_IF, Operation.IS, Operation.FORMAT),
        *(Operation.UNPACK, Operation.LIST_EXTEND, Operation.SET_UPDATE, Operation.LOAD_SLICE),
        *(Operation.DELETE_SUBSCRIPT, Operation.POP),
    }
)
"""What reads a list and keeps no reference to it, whichever operand it is."""

_CONTAINER_OPERAND: dict[Operation, int] = {
    Operation.LOAD_SUBSCRIPT: 0,
    Operation.STORE_SUBSCRIPT: 1,
    Operation.STORE_SLICE: 1,
    Operation.CONTAINS: 1,
}
"""What reads or changes the list that is this operand; as another operand the list is let out."""

_METHODS = frozenset(
    {
        *("append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove"),
        *("reverse", "sort"),
    }
)
_LOOKING_BUILTINS = frozenset(
    {"all", "any", "bool", "frozenset", "len", "list", "max", "min", "repr", "set", "sorted"}
    | {"str", "sum", "tuple"}
)
_FRESH_CALLS = frozenset({"list", "sorted"})


class Escapes:
    """Whether the lists of one function's locals may have other names."""

    def __init__(self, function: Function) -> None:
        """Nothing is computed before it is asked for."""
        self._function = function
        self._instructions = function[Instructions]
        self._graph = function[ControlFlowGraph]
        self._stack = function[OperandStack]
        self._loops = function[LoopForest]
        self._definitions = function[ReachingDefinitions]
        self._types = function[KnownTypes]

    @classmethod
    def of(cls, function: Function) -> Self:
        """The escapes of one function."""
        return cls(function)

    def verdict(self, name: str, growing: Sequence[Instruction]) -> Verdict:
        """How far changing the list in local `name` in place at the stores `growing` is proved."""
        if not known.WATCHERS.isdisjoint(self._function.code.co_names):
            return _refused(
                "the function looks at its local names (`locals()`, `eval` or the like)"
            )
        if any(not self._is_fresh(name, store, set()) for store in growing):
            return _refused(f"the list in `{name}` may have another name before the loop")
        for load in self._instructions:
            if load.operation is not Operation.LOAD_LOCAL or load.name != name:
                continue
            if self._only_looks(load, growing) or not self._is_grown_after(load, growing):
                continue
            line = self._instructions.line(load)
            where = f"line {line}" if line else "the loop"
            return _refused(f"{where} may keep a reference to the list in `{name}`")
        return Verdict(Applicability.SAFE, f"nothing else refers to the list in `{name}`")

    # -- where the list comes from

    def _is_fresh(self, name: str, at: Instruction, seen: set[int]) -> bool:
        """Whether all definitions that reach `at` stored a list that nothing else refers to."""
        for definition in self._definitions.before(at, name):
            if definition in seen:
                continue
            seen.add(definition)
            if definition < 0 or not self._is_fresh_store(name, definition, seen):
                return False
        return True

    def _is_fresh_store(self, name: str, definition: int, seen: set[int]) -> bool:
        store = self._instructions[definition]
        operand = self._stack.operands(store)[0]
        if self._types.type_of(operand.value, store) is not list or operand.producer < 0:
            return False
        made = self._instructions[operand.producer]
        if self._stack.consumers(made) != [store]:
            return False
        match operand.value:
            case v.Display(kind=kind):
                return kind is list
            case v.Binary(symbol="+=", left=v.Local(name=same)):
                return same == name and self._is_fresh(name, store, seen)
            case v.Binary(symbol="+" | "*"):
                return True
            case v.Call(function=v.Global(name=called)):
                return called in _FRESH_CALLS
            case _:
                return False

    # -- what happens to it

    def _only_looks(self, load: Instruction, growing: Sequence[Instruction]) -> bool:
        return not self._stack.is_merged(load) and all(
            self._is_look(load, consumer, growing) for consumer in self._stack.consumers(load)
        )

    def _is_look(
        self, load: Instruction, consumer: Instruction, growing: Sequence[Instruction]
    ) -> bool:
        operation = consumer.operation
        operands = self._stack.operands(consumer)
        if operation in _LOOKS:
            return consumer.shape.jump_pushes is None  # `a or b` (3.11) leaves what it looked at
        if operation in _CONTAINER_OPERAND:
            index = load.index
            own = [i for i, operand in enumerate(operands) if operand.producer == index]
            return own == [_CONTAINER_OPERAND[operation]]
        if operation is Operation.BINARY_OPERATION:
            return self._is_list_operation(consumer)
        if operation in {Operation.LOAD_METHOD, Operation.LOAD_ATTRIBUTE}:
            return consumer.name in _METHODS and self._is_called(consumer)
        if operation is Operation.CALL:
            return self._is_looking_call(load, consumer)
        if operation is Operation.GET_ITERATOR:
            return self._is_finished_loop(consumer, growing)
        return False

    def _is_list_operation(self, operation: Instruction) -> bool:
        """``+``, ``+=`` and ``*`` of exact builtin types call no code that gets the list.

        ``xs += ys`` leaves the list itself, so that what takes the result must be a store to it.
        """
        operands = [operand.value for operand in self._stack.operands(operation)]
        kinds = [self._types.type_of(operand, operation) for operand in operands]
        if operation.argument == "+":
            return kinds == [list, list]
        if operation.argument == "*":
            return sorted(str(kind) for kind in kinds) == [str(int), str(list)]
        if operation.argument != "+=" or kinds != [list, list]:
            return False
        consumers = self._stack.consumers(operation)
        return (
            len(consumers) == 1
            and consumers[0].operation is Operation.STORE_LOCAL
            and operands[0] == v.Local(consumers[0].name)
            and operands[1] != operands[0]
        )

    def _is_called(self, method: Instruction) -> bool:
        """Whether the bound method is called at once, and kept nowhere."""
        consumers = self._stack.consumers(method)
        return not self._stack.is_merged(method) and all(
            consumer.operation in _CALLS
            and all(
                operand.producer != method.index for operand in self._stack.operands(consumer)[2:]
            )
            for consumer in consumers
        )

    def _is_looking_call(self, load: Instruction, call: Instruction) -> bool:
        result = self._stack.result(call)
        if not isinstance(result, v.Call) or len(result.arguments) != 1 or result.keywords:
            return False
        match result.function:
            case v.Global(name=name):
                return name in _LOOKING_BUILTINS and self._types.is_builtin(name)
            case v.Attribute(base=v.Constant(kind=kind), name="join"):
                return kind in (str, bytes) and result.arguments[0] == v.Local(load.name)
            case _:
                return False

    def _is_finished_loop(self, iteration: Instruction, growing: Sequence[Instruction]) -> bool:
        """Whether a loop over the list is over when the list grows."""
        return all(
            consumer.operation in _ENDS_OF_LOOPS
            or self._is_comprehension(consumer)
            or self._is_second(consumer, growing)
            or self._is_loop_without(consumer, growing)
            for consumer in self._stack.consumers(iteration)
        )

    def _is_second(self, consumer: Instruction, growing: Sequence[Instruction]) -> bool:
        """Whether the iterator is asked for its iterator, as comprehensions of 3.13 do."""
        is_iteration = consumer.operation is Operation.GET_ITERATOR
        return is_iteration and self._is_finished_loop(consumer, growing)

    def _is_comprehension(self, call: Instruction) -> bool:
        """Whether a comprehension that is a function of its own (3.11) takes the iterator."""
        result = self._stack.result(call)
        function = result.function if isinstance(result, v.Call) else v.UNKNOWN
        return isinstance(function, v.FunctionObject) and function.code.co_name in _COMPREHENSIONS

    def _is_loop_without(self, header: Instruction, growing: Sequence[Instruction]) -> bool:
        block = self._graph.block_of(header).index
        loop = next((loop for loop in self._loops.loops if loop.header == block), None)
        return (
            loop is not None
            and header.operation is Operation.FOR_ITERATE
            and all(self._graph.block_of(store).index not in loop.blocks for store in growing)
        )

    # -- whether it still matters

    def _is_grown_after(self, load: Instruction, growing: Sequence[Instruction]) -> bool:
        """Whether a path leads from `load` to a growing place past no new binding of the local."""
        targets = {store.index for store in growing}
        seen: set[int] = set()
        waiting = [(self._graph.block_of(load).index, load.index + 1)]
        while waiting:
            index, start = waiting.pop()
            block = self._graph.blocks[index]
            waiting.extend((handler, -1) for handler in block.handlers if handler not in seen)
            seen.update(block.handlers)
            for instruction in self._instructions.sequence[max(start, block.start) : block.end]:
                if instruction.index in targets:
                    return True
                if self._binds_anew(instruction, load.name):
                    break
            else:
                waiting.extend((s, -1) for s in block.successors if s not in seen)
                seen.update(block.successors)
        return False

    def _binds_anew(self, instruction: Instruction, name: str) -> bool:
        if instruction.operation not in STORES or instruction.name != name:
            return False
        operands = self._stack.operands(instruction)
        value = operands[0].value if operands else v.UNKNOWN
        return not (isinstance(value, v.Binary) and value.symbol == "+=")


_ENDS_OF_LOOPS = frozenset({Operation.POP_ITERATOR, Operation.POP, Operation.END_FOR})
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})
_CALLS = frozenset({Operation.CALL, Operation.CALL_KEYWORDS, Operation.CALL_UNPACKED})


def _refused(reason: str) -> Verdict:
    return Verdict(Applicability.DISPLAY_ONLY, reason)
