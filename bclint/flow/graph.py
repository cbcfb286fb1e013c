"""The control-flow graph: basic blocks and the edges between them, exceptional ones apart."""

from __future__ import annotations

from functools import cached_property
from itertools import chain, repeat
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.layout import BasicBlock, Layout

__all__ = ["BasicBlock", "ControlFlowGraph"]


class ControlFlowGraph:
    """The basic blocks of a function in the order of its instructions; block 0 is the entry."""

    def __init__(self, function: Function) -> None:
        """Read the blocks from the raw bytes; the instructions are decoded when asked for."""
        self._function = function
        self.layout = Layout(function.code)
        self.blocks: list[BasicBlock] = self.layout.blocks

    @classmethod
    def of(cls, function: Function) -> Self:
        """The graph of one function."""
        return cls(function)

    @cached_property
    def instructions(self) -> Instructions:
        """The instructions that the blocks are made of. May raise `DecodeError`."""
        return self._function[Instructions]

    @cached_property
    def block_indices(self) -> list[int]:
        """For each instruction the index of its block."""
        parts = (repeat(block.index, block.end - block.start) for block in self.blocks)
        return list(chain.from_iterable(parts))

    def block_of(self, instruction: Instruction) -> BasicBlock:
        """The block that holds the instruction."""
        return self.blocks[self.block_indices[instruction.index]]

    def instructions_of(self, block: BasicBlock) -> list[Instruction]:
        """The block's instructions in order."""
        return self.instructions.sequence[block.start : block.end]

    def edges(self) -> list[tuple[int, ...]]:
        """For each block all blocks that may come next, exceptional ones included."""
        return [block.successors + block.handlers for block in self.blocks]

    def normal_edges(self) -> list[tuple[int, ...]]:
        """For each block the blocks that come next when nothing raises."""
        return [block.successors for block in self.blocks]
