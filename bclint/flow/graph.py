"""The control-flow graph: basic blocks and the edges between them, exceptional ones apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.exceptions import ExceptionRegion
from bclint.bytecode.opcodes import TERMINATORS


@dataclass(frozen=True, slots=True)
class BasicBlock:
    """A run of instructions entered only at its start: half-open, in instruction indices."""

    index: int
    start: int
    end: int
    successors: tuple[int, ...]
    """Blocks that control falls or jumps to, by index."""
    handlers: tuple[int, ...]
    """Blocks that an exception raised here is handled by."""


class ControlFlowGraph:
    """The basic blocks of a function in the order of its instructions; block 0 is the entry."""

    def __init__(self, instructions: Instructions) -> None:
        """Split `instructions` at jumps, targets and the borders of protected regions."""
        self.instructions = instructions
        starts = sorted(_leaders(instructions))
        self._block_at = {start: index for index, start in enumerate(starts)}
        handler_at = _handler_indices(instructions)
        ends = [*starts[1:], len(instructions)]
        self.blocks: list[BasicBlock] = [
            self._block(index, start, end, handler_at)
            for index, (start, end) in enumerate(zip(starts, ends, strict=True))
        ]
        self._block_of: list[int] = []
        for block in self.blocks:
            self._block_of.extend([block.index] * (block.end - block.start))

    @classmethod
    def of(cls, function: Function) -> Self:
        """The graph of one function."""
        return cls(function[Instructions])

    def block_of(self, instruction: Instruction) -> BasicBlock:
        """The block that holds the instruction."""
        return self.blocks[self._block_of[instruction.index]]

    def instructions_of(self, block: BasicBlock) -> list[Instruction]:
        """The block's instructions in order."""
        return self.instructions.sequence[block.start : block.end]

    def edges(self) -> list[tuple[int, ...]]:
        """For each block all blocks that may come next, exceptional ones included."""
        return [block.successors + block.handlers for block in self.blocks]

    def normal_edges(self) -> list[tuple[int, ...]]:
        """For each block the blocks that come next when nothing raises."""
        return [block.successors for block in self.blocks]

    def _block(
        self, index: int, start: int, end: int, handler_at: dict[int, ExceptionRegion]
    ) -> BasicBlock:
        last = self.instructions[end - 1]
        successors = []
        if last.operation not in TERMINATORS and end < len(self.instructions):
            successors.append(self._block_at[end])
        if last.target >= 0:
            successors.append(self._block_at[last.target])
        region = self.instructions.region_of(self.instructions[start])
        handlers: tuple[int, ...] = ()
        if region is not None:
            handlers = tuple(
                self._block_at[handler]
                for handler, covered in handler_at.items()
                if covered.handler == region.handler
            )
        return BasicBlock(index, start, end, tuple(dict.fromkeys(successors)), handlers)


def _leaders(instructions: Instructions) -> set[int]:
    leaders = {0}
    borders = {offset for region in instructions.regions for offset in region[:3]}
    for instruction in instructions:
        if instruction.offset in borders and instruction.leading:
            leaders.add(instruction.index)
        if instruction.target >= 0:
            leaders.add(instruction.target)
        ends_block = instruction.target >= 0 or instruction.operation in TERMINATORS
        if ends_block and instruction.index + 1 < len(instructions):
            leaders.add(instruction.index + 1)
    return leaders


def _handler_indices(instructions: Instructions) -> dict[int, ExceptionRegion]:
    """The instruction index of each handler, with one of its regions."""
    wanted = {region.handler: region for region in instructions.regions}
    return {
        instruction.index: wanted[instruction.offset]
        for instruction in instructions
        if instruction.leading and instruction.offset in wanted
    }
