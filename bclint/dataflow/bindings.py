"""Stores in a loop, of ``import`` and ``def`` too: whether the statement may move before it."""

from __future__ import annotations

from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow.definitions import PARAMETER, ReachingDefinitions
from bclint.diagnostics import Applicability, Verdict

MOVABLE_STORES = frozenset({Operation.STORE_LOCAL, Operation.STORE_CELL, Operation.STORE_NAME})
"""How a moved statement may bind its name; ``global`` names are for others to read at any time."""

_REBINDS = MOVABLE_STORES | {
    *(Operation.STORE_GLOBAL, Operation.DELETE_GLOBAL, Operation.DELETE_LOCAL),
    *(Operation.DELETE_CELL, Operation.DELETE_NAME, Operation.LOAD_AND_CLEAR_LOCAL),
}


class Bindings:
    """What one function's stores mean to the rest of it."""

    def __init__(self, function: Function) -> None:
        """Look at stores and loads when asked."""
        self._function = function
        self._instructions = function[Instructions]
        self._definitions = function[ReachingDefinitions]

    @classmethod
    def of(cls, function: Function) -> Self:
        """The bindings of one function."""
        return cls(function)

    def verdict(self, store: Instruction) -> Verdict | None:
        """How far the store may run once before its loop instead; None if others store the name.

        Safe for a local that nothing else binds, and that is read only where it certainly has
        this value: a read behind the loop finds no value when the loop runs no iteration.
        """
        if store.operation not in MOVABLE_STORES or self._is_rebound(store):
            return None
        name = store.name
        if store.operation is not Operation.STORE_LOCAL:
            return Verdict(
                Applicability.UNSAFE,
                f"other code sees `{name}` even if the loop runs no iteration",
            )
        for load in self._loads(name):
            if any(definition < 0 for definition in self._definitions.before(load, name)):
                line = self._instructions.line(load)
                reason = f"`{name}` may have no value yet where line {line} reads it"
                return Verdict(Applicability.UNSAFE, reason)
        return Verdict(Applicability.SAFE, f"nothing else assigns `{name}`")

    def readers(self, store: Instruction) -> list[Instruction]:
        """The loads that may give what `store` put into its local."""
        return [
            load
            for load in self._loads(store.name)
            if store.index in self._definitions.before(load, store.name)
        ]

    def _loads(self, name: str) -> list[Instruction]:
        load_local = Operation.LOAD_LOCAL
        return [
            instruction
            for instruction in self._instructions
            if instruction.operation is load_local and instruction.argument == name
        ]

    def _is_rebound(self, store: Instruction) -> bool:
        """Whether the name is a parameter, or has another store or a deletion in the source.

        The body of a ``finally`` stands twice in the code.
        """
        place = self._instructions.position(store)
        is_parameter = PARAMETER in self._definitions.at_entry(0, store.name)
        return is_parameter or any(
            other.operation in _REBINDS
            and other.argument == store.argument
            and self._instructions.position(other) != place
            for other in self._instructions
        )
