"""Who looks at an attribute or a global while a loop runs, if a local stands for it meanwhile.

Each is told as a reader needs it: what would look, and on which line.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow.effects import Disturbance, Effects, Reach
from bclint.dataflow.stack import OperandStack
from bclint.flow.graph import ControlFlowGraph
from bclint.flow.loops import Loop, LoopForest


class Lookers:
    """Code that the loops of one function run besides their own."""

    def __init__(self, function: Function) -> None:
        """Use the effects of `function`."""
        self._instructions = function[Instructions]
        self._graph = function[ControlFlowGraph]
        self._stack = function[OperandStack]
        self._loops = function[LoopForest]
        self._effects = function[Effects]

    @classmethod
    def of(cls, function: Function) -> Self:
        """What looks at the targets of one function's loops."""
        return cls(function)

    def first(self, text: str, name: str, loop: Loop) -> str | None:
        """Who in the loop may look at the target `text`, which is called `name`; None if nobody."""
        return next(self._all(text, name, loop), None)

    def _all(self, text: str, name: str, loop: Loop) -> Iterator[str]:
        for disturbance in self._effects.in_loop(loop):
            if (obstacle := self._disturbing(disturbance, text)) is not None:
                yield obstacle
        yield from self._handlers(loop, text)
        for instruction in self._loops.instructions_of(loop):
            code = instruction.argument
            if isinstance(code, CodeType) and _mentions(code, name):
                yield f"a function made{self._at(instruction)} uses `{name}` too"

    def _disturbing(self, disturbance: Disturbance, text: str) -> str | None:
        """Why other code that the loop runs may well look at the target."""
        instruction = disturbance.instruction
        where = self._at(instruction)
        if disturbance.reach is Reach.SUSPENSION:
            return f"other code, which may use `{text}`, runs while the loop is suspended{where}"
        if disturbance.reach is Reach.UNKNOWN_CALL:
            called = self._effects.callee(instruction)
            call = f"the call of `{called}`" if called else "a call"
            return f"{call}{where} may use `{text}`"
        if instruction.operation in ENTRIES:
            return f"the `with`{where} may run code that uses `{text}`"
        if instruction.operation is Operation.FOR_ITERATE and self._iterates_a_call(instruction):
            return f"what is iterated over{where} may be a generator that uses `{text}`"
        return None

    def _producer(self, instruction: Instruction) -> Instruction | None:
        operands = self._stack.operands(instruction)
        index = operands[0].producer if operands else -1
        return self._instructions[index] if index >= 0 else None

    def _iterates_a_call(self, iterate: Instruction) -> bool:
        """Whether unknown code made the iterator, which may then be a generator of this program."""
        iterator = self._producer(iterate)
        call = self._producer(iterator) if iterator else None
        return call is not None and self._effects.of_instruction(call).reach >= Reach.UNKNOWN_CALL

    def _handlers(self, loop: Loop, text: str) -> Iterator[str]:
        """Handlers that would run before the target is written.

        A ``with`` and the compiler's own cleanup pass exceptions on, to the handlers around them.
        """
        waiting = sorted(loop.blocks)
        seen = set(waiting)
        for block in waiting:
            for handler in self._graph.blocks[block].handlers:
                first, *following = self._graph.instructions_of(self._graph.blocks[handler])
                leaves_with = any(i.operation is Operation.EXIT_WITH for i in following[:2])
                if first.operation is Operation.PUSH_EXCEPTION and not leaves_with:
                    where = next((at for i in following if (at := self._at(i))), "")
                    yield f"the handler{where} would find `{text}` not written yet"
                elif handler not in seen:
                    seen.add(handler)
                    waiting.append(handler)

    def _at(self, instruction: Instruction) -> str:
        line = self._instructions.line(instruction)
        return f" on line {line}" if line else ""


ENTRIES = frozenset({Operation.ENTER_WITH, Operation.LOAD_SPECIAL, Operation.EXIT_WITH})
"""What a ``with`` does that runs code of its own."""


def _mentions(code: CodeType, name: str) -> bool:
    """Whether the code, or code in it, uses a global or an attribute of that name."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return name in code.co_names or any(_mentions(one, name) for one in inner)
