"""The operand stack: for each instruction the values that it takes and leaves.

Blocks are interpreted in reverse postorder until nothing changes. Where paths meet, a slot keeps
its value if all agree on value and producer, keeps the value alone if only that agrees, and is
unknown otherwise: a lattice of height three, so this ends.
"""

from __future__ import annotations

from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction
from bclint.bytecode.opcodes import Operation
from bclint.dataflow.transfer import Effect, Interpreter, Operand, Stack, is_unknown
from bclint.dataflow.values import NULL, UNKNOWN, Value
from bclint.flow.dominators import reverse_postorder
from bclint.flow.graph import BasicBlock, ControlFlowGraph


class OperandStack:
    """The operands and results of every reachable instruction."""

    def __init__(self, graph: ControlFlowGraph) -> None:
        """Interpret the function over abstract values."""
        self.graph = graph
        self._effects: list[Effect | None] = [None] * len(graph.instructions)
        self._entry: dict[int, Stack] = {0: ()}
        self._consumers: dict[int, list[Instruction]] | None = None
        self._merged: set[int] | None = None
        self._solve()

    @classmethod
    def of(cls, function: Function) -> Self:
        """The operand stack of one function."""
        return cls(function[ControlFlowGraph])

    def operands(self, instruction: Instruction) -> Stack:
        """What the instruction takes, deepest first; empty if it is never reached."""
        effect = self._effects[instruction.index]
        return effect.operands if effect else ()

    def result(self, instruction: Instruction) -> Value:
        """The value that the instruction leaves (the deepest, if it leaves several)."""
        effect = self._effects[instruction.index]
        if effect is not None:
            for operand in effect.results:
                if operand.value is not NULL:
                    return operand.value
        return UNKNOWN

    def depth_before(self, instruction: Instruction) -> int | None:
        """How many values stand on the stack when the instruction starts; None if unreached."""
        block = self.graph.block_of(instruction)
        if block.index not in self._entry:
            return None
        depth = len(self._entry[block.index])
        for earlier in self.graph.instructions_of(block):
            if earlier.index == instruction.index:
                break
            if effect := self._effects[earlier.index]:
                depth += len(effect.results) - len(effect.operands)
        return depth

    def consumers(self, instruction: Instruction) -> list[Instruction]:
        """The instructions that take what this one left (copies and swaps looked through)."""
        if self._consumers is None:
            self._consumers = self._consumed()
        return self._consumers.get(instruction.index, [])

    def _consumed(self) -> dict[int, list[Instruction]]:
        """The instructions that take what each one left."""
        consumers: dict[int, list[Instruction]] = {}
        for consumer, effect in zip(self.graph.instructions.sequence, self._effects, strict=True):
            if effect is None or not effect.operands or consumer.operation in _SHUFFLES:
                continue
            if len(effect.operands) == 1:
                consumers.setdefault(effect.operands[0].producer, []).append(consumer)
            else:
                for producer in {operand.producer for operand in effect.operands}:
                    consumers.setdefault(producer, []).append(consumer)
        return consumers

    def is_merged(self, instruction: Instruction) -> bool:
        """Whether what the instruction left meets another value where paths join.

        ``ys = xs or zs``: then `consumers` does not name the store, which takes either of the two.
        """
        if self._merged is None:
            self._merged = {
                operand.producer
                for block in self.graph.blocks
                if block.index in self._entry
                for successor in block.successors
                for operand, met in zip(
                    self._exit(block), self._entry.get(successor, ()), strict=False
                )
                if operand.producer != met.producer
            }
        return instruction.index in self._merged

    def _exit(self, block: BasicBlock) -> Stack:
        """What stands on the stack when the block falls through."""
        stack = self._entry[block.index]
        for instruction in self.graph.instructions_of(block):
            if effect := self._effects[instruction.index]:
                stack = stack[: max(0, len(stack) - len(effect.operands))] + effect.results
        return stack

    def _solve(self) -> None:
        order = reverse_postorder(self.graph.edges())
        pending = set(order)
        while pending:
            for index in order:
                if index in pending and index in self._entry:
                    pending.discard(index)
                    self._run(self.graph.blocks[index], pending)
            pending &= self._entry.keys()

    def _run(self, block: BasicBlock, pending: set[int]) -> None:
        """Interpret one block; adds the blocks whose entry changed by it to `pending`."""
        if block.handlers:
            self._reach_handlers(block, pending)
        interpreter = Interpreter(list(self._entry[block.index]))
        interpreter.run(self.graph.instructions_of(block), self._effects)
        if not block.successors:
            return
        stack = tuple(interpreter.stack)
        last = self.graph.instructions[block.end - 1]
        if last.target < 0:
            for successor in block.successors:
                self._merge(successor, stack, pending)
            return
        target = self.graph.block_of(self.graph.instructions[last.target]).index
        for successor in block.successors:
            jumps = successor == target
            arriving = tuple(interpreter.stack_along_jump(last)) if jumps else stack
            self._merge(successor, arriving, pending)

    def _reach_handlers(self, block: BasicBlock, pending: set[int]) -> None:
        region = self.graph.instructions.region_of(self.graph.instructions[block.start])
        if region is not None:
            kept = self._entry[block.index][: region.depth]
            pushed = (_UNKNOWN_OPERAND,) * (2 if region.keeps_offset else 1)
            for handler in block.handlers:
                self._merge(handler, kept + pushed, pending)

    def _merge(self, block: int, stack: Stack, pending: set[int]) -> None:
        known = self._entry.get(block)
        if known is None:
            self._entry[block] = stack
            pending.add(block)
        elif known != stack:
            merged = _merged(known, stack)
            if merged != known:
                self._entry[block] = merged
                pending.add(block)


_UNKNOWN_OPERAND = Operand(UNKNOWN, -1)
_SHUFFLES = frozenset({Operation.COPY, Operation.SWAP, Operation.NOTHING})


def _merged(first: Stack, second: Stack) -> Stack:
    """Slot by slot what both agree on, aligned at the bottom (code is verified: equal heights)."""
    return tuple(_meet(one, other) for one, other in zip(first, second, strict=False))


def _meet(one: Operand, other: Operand) -> Operand:
    if one == other:
        return one
    if one.value == other.value and not is_unknown(one.value):
        return Operand(one.value, -1)
    return _UNKNOWN_OPERAND
