"""Which code runs when nothing goes wrong: handlers are cold, and not worth a finding.

A ``finally`` is warm in all its copies, that in the handler too: a fix changes them all.
"""

from __future__ import annotations

from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction
from bclint.dataflow.copies import Copies
from bclint.flow.dominators import reverse_postorder
from bclint.flow.graph import ControlFlowGraph


class WarmCode:
    """The blocks of a function that are reached without an exception."""

    def __init__(self, function: Function) -> None:
        """Follow the edges that no exception takes."""
        self._function = function
        self._graph = function[ControlFlowGraph]
        self._blocks = frozenset(reverse_postorder(self._graph.normal_edges()))

    @classmethod
    def of(cls, function: Function) -> Self:
        """The warm code of one function."""
        return cls(function)

    def runs(self, instruction: Instruction) -> bool:
        """Whether the instruction, or a copy of it, is reached without an exception."""
        return self._reaches(instruction) or any(
            map(self._reaches, self._function[Copies].others(instruction))
        )

    def _reaches(self, instruction: Instruction) -> bool:
        return self._graph.block_of(instruction).index in self._blocks
