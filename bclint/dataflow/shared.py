"""Variables that inner functions share: whether they have a value where one is needed."""

from __future__ import annotations

from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.scan import performs
from bclint.dataflow.definitions import parameters
from bclint.flow.dominators import CompletionDominators
from bclint.flow.graph import ControlFlowGraph


class SharedVariables:
    """The variables of one function that functions inside of it see."""

    def __init__(self, function: Function) -> None:
        """Nothing is computed before it is asked for."""
        self._function = function

    @classmethod
    def of(cls, function: Function) -> Self:
        """The shared variables of one function."""
        return cls(function)

    def has_value(self, name: str, at: Instruction) -> bool:
        """Whether `name` is certainly bound when `at` runs.

        Variables of an outer function count as bound: who reads one that is not meets the same
        exception in every scope.
        """
        code = self._function.code
        changes = [
            instruction
            for instruction in self._function[Instructions]
            if instruction.operation in _CHANGES and instruction.name == name
        ]
        if any(change.operation is Operation.DELETE_CELL for change in changes):
            return False
        if name in code.co_cellvars and self._is_deleted_inside(name):
            return False
        if name in code.co_freevars or name in parameters(code):
            return True
        return any(self._precedes(store, at) for store in changes)

    def _is_deleted_inside(self, name: str) -> bool:
        """Whether a function inside of this one may take the value away."""
        waiting = list(self._function.nested)
        while waiting:
            function = waiting.pop()
            if name not in function.code.co_freevars:
                continue
            waiting.extend(function.nested)
            if performs(function.code, _DELETES) and any(
                instruction.operation in _DELETES and instruction.name == name
                for instruction in function[Instructions]
            ):
                return True
        return False

    def _precedes(self, store: Instruction, at: Instruction) -> bool:
        """Whether every way to `at` leads past `store`."""
        graph = self._function[ControlFlowGraph]
        one, other = graph.block_of(store).index, graph.block_of(at).index
        if one == other:
            return store.index < at.index
        return self._function[CompletionDominators].dominates(one, other)


_DELETES = frozenset({Operation.DELETE_CELL})
_CHANGES = frozenset({Operation.STORE_CELL, Operation.DELETE_CELL})
