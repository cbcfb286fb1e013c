"""Reaching definitions of locals: which stores a load may see.

A store inside a protected region may or may not have run when its handler starts, so a handler
sees what the block started with and every store of the block.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from types import CodeType
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction
from bclint.bytecode.opcodes import Operation
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.values import UNKNOWN, Value
from bclint.flow.dominators import reverse_postorder
from bclint.flow.graph import ControlFlowGraph

PARAMETER = -1
"""Stands for the value that a parameter has on entry."""
UNBOUND = -2
"""Stands for a local that has no value: before its first store, or after ``del``."""

STORES = frozenset({Operation.STORE_LOCAL, Operation.DELETE_LOCAL, Operation.LOAD_AND_CLEAR_LOCAL})
"""What changes a local; a cleared one is restored by a store after its comprehension."""

Definitions = frozenset[int]
_NONE: Definitions = frozenset()


class ReachingDefinitions:
    """For each load of a local the definitions that it may see.

    A definition is the index of its storing instruction, or `PARAMETER` or `UNBOUND`.
    """

    def __init__(self, function: Function) -> None:
        """Collect the stores; each local is solved for when it is asked for."""
        self.graph = function[ControlFlowGraph]
        self.stack = function[OperandStack]
        self._stores: dict[str, list[int]] = {}
        """Where each local changes, by the indices of the instructions, in order."""
        for instruction in self.graph.instructions:
            if instruction.operation in STORES:
                self._stores.setdefault(instruction.name, []).append(instruction.index)
        self._parameters = frozenset(parameters(function.code))
        self._variables = frozenset(function.code.co_varnames)
        self._entry: dict[str, dict[int, Definitions]] = {}
        """For each local that was asked for, what may hold at the entries of the blocks."""

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
        return self.at_entry(block.index, name)

    def at_entry(self, block: int, name: str) -> Definitions:
        """The definitions of local `name` that may hold when the block starts."""
        entries = self._entry.get(name)
        if entries is None:
            entries = self._entry[name] = self._solved(name)
        return entries.get(block, _NONE)

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

    def _solved(self, name: str) -> dict[int, Definitions]:
        """The definitions of one local at the entry of each block that is reached."""
        stores = self._stores_by_block(name)
        if not stores and name not in self._variables:
            return {}
        first = PARAMETER if name in self._parameters else UNBOUND
        initial = frozenset({first}) if name in self._variables else _NONE
        if not stores:
            return dict.fromkeys(self._order, initial)
        entries = {0: initial}
        pending = set(self._order)
        while pending:
            for index in self._order:
                if index in pending:
                    pending.discard(index)
                    pending |= self._passed_on(index, stores.get(index, []), entries)
        return entries

    def _passed_on(
        self, index: int, made: list[Definitions], entries: dict[int, Definitions]
    ) -> set[int]:
        """Add what holds after a block, which stores `made`; the blocks that this changes."""
        block = self.graph.blocks[index]
        before = entries.get(index, _NONE)
        after = made[-1] if made else before
        changed = {each for each in block.successors if _merge(entries, each, after)}
        if block.handlers:
            raised = before.union(*made)
            changed.update(each for each in block.handlers if _merge(entries, each, raised))
        return changed

    @cached_property
    def _order(self) -> list[int]:
        return reverse_postorder(self.graph.edges())

    def _stores_by_block(self, name: str) -> dict[int, list[Definitions]]:
        """What each block stores to the local, in order."""
        found: dict[int, list[Definitions]] = {}
        for index in self._stores.get(name, ()):
            definition = frozenset({_definition(self.graph.instructions[index])})
            found.setdefault(self.graph.block_indices[index], []).append(definition)
        return found


def _merge(entries: dict[int, Definitions], block: int, more: Definitions) -> bool:
    """Add `more` to what may hold when the block starts; whether that was new."""
    known = entries.get(block)
    if known is None:
        entries[block] = more
        return True
    if more <= known:
        return False
    entries[block] = known | more
    return True


def _definition(instruction: Instruction) -> int:
    return instruction.index if instruction.operation is Operation.STORE_LOCAL else UNBOUND


def parameters(code: CodeType) -> tuple[str, ...]:
    """The names that have a value on entry, ``*args`` and ``**kwargs`` included."""
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & 0x04) + bool(code.co_flags & 0x08)  # *args, **kwargs
    return code.co_varnames[:count]
