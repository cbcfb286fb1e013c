"""Which code runs when nothing goes wrong: handlers are cold, and not worth a finding."""

from __future__ import annotations

from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction
from bclint.flow.dominators import reverse_postorder
from bclint.flow.graph import ControlFlowGraph


class WarmCode:
    """The blocks of a function that are reached without an exception."""

    def __init__(self, graph: ControlFlowGraph) -> None:
        """Follow the edges of `graph` that no exception takes."""
        self._graph = graph
        self._blocks = frozenset(reverse_postorder(graph.normal_edges()))

    @classmethod
    def of(cls, function: Function) -> Self:
        """The warm code of one function."""
        return cls(function[ControlFlowGraph])

    def runs(self, instruction: Instruction) -> bool:
        """Whether the instruction is reached without an exception."""
        return self._graph.block_of(instruction).index in self._blocks
