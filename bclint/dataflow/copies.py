"""Code that the compiler writes more than once: a place of the source at several instructions.

The body of a ``finally`` stands at the end of its ``try``, at each ``return``, ``break`` and
``continue`` in it, and in the handler of all exceptions. A fix changes the text and so all copies,
while an analysis has looked at one of them. So what is found at an instruction holds for its place
only if it holds for every copy:

1. a copy in a loop has to be found as well;
2. a copy on a way out of the loop sees what the loop left behind, and what ran since. It counts as
   found if the change is about a value that nothing the loop calls can change, and if nothing has
   been bound since;
3. the first copy of a ``while`` loop's test (until 3.13) runs right before the loop: it sees what
   the first iteration does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions, Position
from bclint.bytecode.opcodes import Operation
from bclint.dataflow.effects import Effects, Reach
from bclint.flow.dominators import Dominators, predecessors
from bclint.flow.graph import ControlFlowGraph
from bclint.flow.loops import Loop, LoopForest


class Copies:
    """The copies of one function's instructions."""

    def __init__(self, function: Function) -> None:
        """Positions are compared when asked for."""
        self._function = function
        self._instructions = function[Instructions]
        self._graph = function[ControlFlowGraph]
        self._at: dict[Position, list[Instruction]] | None = None

    @classmethod
    def of(cls, function: Function) -> Self:
        """The copies in one function."""
        return cls(function)

    def others(self, instruction: Instruction) -> list[Instruction]:
        """The other instructions that do the same for the same place of the source.

        Without a handler there is no ``finally``, and so nothing that matters here.
        """
        if not self._instructions.regions:
            return []
        position = self._instructions.position(instruction)
        if position is None:
            return []
        return [
            other
            for other in self._by_position().get(position, ())
            if other.index != instruction.index
            and other.operation is instruction.operation
            and other.argument == instruction.argument
        ]

    def unproved(
        self, places: Iterable[Instruction], loop: Loop, found: set[int], *, is_value: bool
    ) -> Instruction | None:
        """A copy of one of `places`, all of them run by `loop`, that nothing is proved of.

        `found` are the instructions that findings name. `is_value` says that the change is about
        a value that neither `loop` nor any call changes.
        """
        for place in places:
            for copy in self.others(place):
                if copy.index in found or not self._is_reached(copy):
                    continue
                if self._is_first_test(copy, loop) or (is_value and self._sees_it(copy, loop)):
                    continue
                return copy
        return None

    def _by_position(self) -> dict[Position, list[Instruction]]:
        if self._at is None:
            self._at = {}
            for instruction in self._instructions:
                position = self._instructions.position(instruction)
                if position is not None:
                    self._at.setdefault(position, []).append(instruction)
        return self._at

    def _is_reached(self, instruction: Instruction) -> bool:
        return self._function[Dominators].reaches(self._graph.block_of(instruction).index)

    def _is_first_test(self, copy: Instruction, loop: Loop) -> bool:
        """Whether nothing but copies of the loop's code stands from `copy` to the loop."""
        start = self._graph.blocks[loop.header].start
        forest = self._function[LoopForest]
        inside = {self._instructions.position(each) for each in forest.instructions_of(loop)}
        return copy.index < start and all(
            each.operation is Operation.NOTHING or self._instructions.position(each) in inside
            for each in self._instructions.sequence[copy.index : start]
        )

    def _sees_it(self, copy: Instruction, loop: Loop) -> bool:
        """Whether `copy` runs on a way out of `loop`, and nothing before it that matters."""
        own = self._graph.block_of(copy)
        if own.index in loop.blocks:
            return True
        if not self._function[Dominators].dominates(loop.header, own.index):
            return False
        before = self._instructions.sequence[own.start : copy.index]
        edges = predecessors(self._graph.edges())
        seen = {own.index}
        waiting = [own.index]
        while waiting:
            for block in edges[waiting.pop()]:
                if block not in seen and block not in loop.blocks:
                    seen.add(block)
                    waiting.append(block)
                    before += self._graph.instructions_of(self._graph.blocks[block])
        return not any(self._may_matter(instruction) for instruction in before)

    def _may_matter(self, instruction: Instruction) -> bool:
        """Whether it binds anything, or waits for code that may.

        What is called rebinds none of these values: there is no such function in the file.
        """
        if instruction.operation.name.startswith(("STORE", "DELETE")):
            return True
        disturbance = self._function[Effects].of_instruction(instruction)
        return disturbance.reach is Reach.SUSPENSION
