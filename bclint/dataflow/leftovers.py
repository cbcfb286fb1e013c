"""What a function can see of a loop besides its result: what it leaves behind.

A comprehension in the place of a loop leaves no variables behind, and when an exception ends it,
no half-filled list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow.definitions import UNBOUND, ReachingDefinitions
from bclint.dataflow.shared import SharedVariables
from bclint.dataflow.stack import OperandStack
from bclint.diagnostics import Applicability, Verdict
from bclint.flow.graph import ControlFlowGraph

_READS = frozenset({Operation.LOAD_LOCAL, Operation.DELETE_LOCAL})


class Leftovers:
    """What the code of one function can see of what its loops leave behind."""

    def __init__(self, function: Function) -> None:
        """Nothing is computed before it is asked for."""
        self._instructions = function[Instructions]
        self._graph = function[ControlFlowGraph]
        self._stack = function[OperandStack]
        self._definitions = function[ReachingDefinitions]
        self._shared = function[SharedVariables]

    @classmethod
    def of(cls, function: Function) -> Self:
        """The leftovers of one function's loops."""
        return cls(function)

    def reads_variable(self, stores: Sequence[Instruction], body: range) -> bool:
        """Whether code outside of `body` may read a loop's variable, as `stores` left it.

        A read that may find the variable without a value counts too: if the loop's stores are the
        only ones, the name is no local any more without them.
        """
        left = {store.index for store in stores}
        names = {store.name for store in stores}
        for read in self._instructions:
            if read.operation not in _READS or read.name not in names or read.index in body:
                continue
            reaching = self._definitions.before(read, read.name)
            if UNBOUND in reaching or reaching & left:
                return True
            if any(self._restores(definition) for definition in reaching):
                return True
        return False

    def _restores(self, definition: int) -> bool:
        """Whether the store gives a variable back what it held before a comprehension (3.12)."""
        if definition < 0:
            return False
        operands = self._stack.operands(self._instructions[definition])
        producer = operands[0].producer if operands else -1
        cleared = Operation.LOAD_AND_CLEAR_LOCAL
        return producer < 0 or self._instructions[producer].operation is cleared

    def may_be_unbound(self, body: range) -> bool:
        """Whether a variable of the function that `body` reads may have no value there.

        One that functions share is free in a comprehension of 3.11: that is another exception.
        """
        return any(self._may_have_none(self._instructions[index]) for index in body)

    def _may_have_none(self, load: Instruction) -> bool:
        if load.operation is Operation.LOAD_CELL:
            return not self._shared.has_value(load.name, load)
        return load.operation is Operation.LOAD_LOCAL and UNBOUND in self._definitions.before(
            load, load.name
        )

    def seen_half_done(self, made: Instruction, last: Instruction) -> Verdict | None:
        """Whether an exception from `made` to `last` may show what `made` stored so far.

        None where a handler leads to a load of it. Unsafe where only a ``with`` does, which
        goes on behind its block if it suppresses the exception.
        """
        handlers = {
            handler
            for index in range(made.index + 1, last.index + 1)
            for handler in self._graph.block_of(self._instructions[index]).handlers
        }
        found = [one for one in self._loads(made) if self._is_reached(one, handlers, plain=True)]
        if found:
            return None
        for load in self._loads(made):
            if self._is_reached(load, handlers, plain=False):
                line = self._instructions.line(load)
                reason = (
                    f"a `with` that suppresses an exception would show a half-filled "
                    f"`{made.name}` on line {line}"
                )
                return Verdict(Applicability.UNSAFE, reason)
        return Verdict(Applicability.SAFE, f"nothing sees `{made.name}` before it is complete")

    def _loads(self, made: Instruction) -> Iterator[Instruction]:
        for read in self._instructions:
            is_same = read.operation in _READS and read.name == made.name
            if is_same and made.index in self._definitions.before(read, made.name):
                yield read

    def _is_reached(self, load: Instruction, handlers: set[int], *, plain: bool) -> bool:
        """Whether the load runs after a handler; with `plain`, after one that is no ``with``'s."""
        target = self._graph.block_of(load).index
        seen: set[tuple[int, bool]] = set()
        waiting = [(block, not plain) for block in handlers]
        while waiting:
            block, counts = waiting.pop()
            counts = counts or self._is_plain_handler(block)
            if (block, counts) in seen:
                continue
            seen.add((block, counts))
            if block == target and counts:
                return True
            here = self._graph.blocks[block]
            waiting.extend((one, counts) for one in here.successors + here.handlers)
        return False

    def _is_plain_handler(self, block: int) -> bool:
        """Whether an ``except`` or ``finally`` starts there, and not the end of a ``with``."""
        nothing = Operation.NOTHING
        first = [
            one.operation
            for one in self._graph.instructions_of(self._graph.blocks[block])
            if one.operation is not nothing
        ][:2]
        return first[:1] == [Operation.PUSH_EXCEPTION] and Operation.EXIT_WITH not in first
