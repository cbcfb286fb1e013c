"""Reaching definitions of locals: which stores a load may see.

A store inside a protected region may or may not have run when its handler starts, so a handler
sees what the block started with and every store of the block.
"""

from __future__ import annotations

from bisect import bisect_left
from types import CodeType
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction
from bclint.bytecode.opcodes import Operation
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.values import UNKNOWN, Value
from bclint.flow.dominators import reverse_postorder
from bclint.flow.graph import BasicBlock, ControlFlowGraph

PARAMETER = -1
"""Stands for the value that a parameter has on entry."""
UNBOUND = -2
"""Stands for a local that has no value: before its first store, or after ``del``."""

STORES = frozenset({Operation.STORE_LOCAL, Operation.DELETE_LOCAL, Operation.LOAD_AND_CLEAR_LOCAL})
"""What changes a local; a cleared one is restored by a store after its comprehension."""

Definitions = frozenset[int]
_State = dict[str, Definitions]


class ReachingDefinitions:
    """For each load of a local the definitions that it may see.

    A definition is the index of its storing instruction, or `PARAMETER` or `UNBOUND`.
    """

    def __init__(self, function: Function) -> None:
        """Solve the forward problem over the function's blocks."""
        self.graph = function[ControlFlowGraph]
        self.stack = function[OperandStack]
        self._stores: dict[str, list[int]] = {}
        """Where each local changes, by the indices of the instructions, in order."""
        for instruction in self.graph.instructions:
            if instruction.operation in STORES:
                self._stores.setdefault(instruction.name, []).append(instruction.index)
        self._entry: dict[int, _State] = {0: _initial(function)}
        self._solve()

    @classmethod
    def of(cls, function: Function) -> Self:
        """The reaching definitions of one function."""
        return cls(function)

    def before(self, instruction: Instruction, name: str) -> Definitions:
        """The definitions of local `name` that may hold when `instruction` starts."""
        block = self.graph.block_of(instruction)
        stores = self._stores.get(name, ())
        count = bisect_left(stores, instruction.index)
        if count and stores[count - 1] >= block.start:
            return frozenset({_definition(self.graph.instructions[stores[count - 1]])})
        return self._entry.get(block.index, {}).get(name, frozenset())

    def at_entry(self, block: int, name: str) -> Definitions:
        """The definitions of local `name` that may hold when the block starts."""
        return self._entry.get(block, {}).get(name, frozenset())

    def stored_value(self, definition: int) -> Value:
        """What the store put into the local; unknown for parameters and no value."""
        if definition < 0:
            return UNKNOWN
        operands = self.stack.operands(self.graph.instructions[definition])
        return operands[0].value if operands else UNKNOWN

    def value_of(self, instruction: Instruction, name: str) -> Value:
        """What local `name` holds before `instruction`, if one store alone can be seen there."""
        reaching = self.before(instruction, name)
        if len(reaching) != 1:
            return UNKNOWN
        return self.stored_value(next(iter(reaching)))

    def _solve(self) -> None:
        order = reverse_postorder(self.graph.edges())
        pending = set(order)
        while pending:
            for index in order:
                if index in pending:
                    pending.discard(index)
                    pending |= self._run(self.graph.blocks[index])

    def _run(self, block: BasicBlock) -> set[int]:
        state = dict(self._entry.get(block.index, {}))
        raised = dict(state) if block.handlers else {}
        for instruction in self.graph.instructions_of(block):
            if instruction.operation in STORES:
                new = frozenset({_definition(instruction)})
                state[instruction.name] = new
                if block.handlers:
                    raised[instruction.name] = raised.get(instruction.name, frozenset()) | new
        changed: set[int] = set()
        for successor in block.successors:
            changed |= self._merge(successor, state)
        for handler in block.handlers:
            changed |= self._merge(handler, raised)
        return changed

    def _merge(self, block: int, state: _State) -> set[int]:
        known = self._entry.get(block)
        if known is None:
            self._entry[block] = dict(state)
            return {block}
        changed = False
        for name, definitions in state.items():
            before = known.get(name, frozenset())
            if not definitions <= before:
                known[name] = before | definitions
                changed = True
        return {block} if changed else set()


def _definition(instruction: Instruction) -> int:
    return instruction.index if instruction.operation is Operation.STORE_LOCAL else UNBOUND


def parameters(code: CodeType) -> tuple[str, ...]:
    """The names that have a value on entry, ``*args`` and ``**kwargs`` included."""
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & 0x04) + bool(code.co_flags & 0x08)  # *args, **kwargs
    return code.co_varnames[:count]


def _initial(function: Function) -> _State:
    bound = parameters(function.code)
    return {
        name: frozenset({PARAMETER if name in bound else UNBOUND})
        for name in function.code.co_varnames
    }
