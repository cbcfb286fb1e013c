"""What keeps a value small that a loop grows.

1. The loop, with those around it that grow the same value, runs fewer than fifty times.
2. A ``while`` loop tests the value's length against a small constant, or pads it by single
   characters: ``while len(data) % 16: data += b" "``.
3. A ``while`` loop divides what it tests, so that it runs once for each digit.
"""

from __future__ import annotations

from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction
from bclint.bytecode.opcodes import Operation
from bclint.dataflow import values as v
from bclint.dataflow.iterations import Iterations
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.values import Value
from bclint.flow.loops import Loop, LoopForest, LoopKind

FEWEST_ITERATIONS = 50
"""Below it, collecting parts and joining them saves next to nothing."""


_RESULTS = frozenset({Operation.BINARY_OPERATION, Operation.CALL})


class GrowthLimits:
    """The limits of values that the loops of one function grow."""

    def __init__(self, function: Function) -> None:
        """Nothing is computed before it is asked for."""
        self._loops = function[LoopForest]
        self._stack = function[OperandStack]
        self._iterations = function[Iterations]

    @classmethod
    def of(cls, function: Function) -> Self:
        """The limits in one function."""
        return cls(function)

    def keep_small(
        self, slot: Value, terms: tuple[Value, ...], store: Instruction, loop: Loop
    ) -> bool:
        """Whether `slot`, which `store` grows to a sum of `terms` over `loop`, stays small."""
        return (
            self._is_short(loop, store)
            or self._is_padded(slot, terms, loop)
            or self._is_divided(loop)
        )

    def _is_short(self, outermost: Loop, store: Instruction) -> bool:
        count = 1
        innermost = self._loops.loop_of(store)
        for loop in innermost.outwards if innermost else ():
            most = self._iterations.most(loop)
            if most is None:
                return False
            count *= most
            if loop is outermost:
                break
        return count < FEWEST_ITERATIONS

    def _is_padded(self, slot: Value, terms: tuple[Value, ...], loop: Loop) -> bool:
        length = v.Call(v.Global("len"), (slot,))
        measured = [test for test in self._tests(loop) if _holds(test, length)]
        single = [t for t in terms if isinstance(t, v.Constant) and _length(t.value) == 1]
        pads = len(single) == len(terms) - 1
        return any(pads or _is_bounded(test) for test in measured)

    def _is_divided(self, loop: Loop) -> bool:
        tests = self._tests(loop)
        return bool(tests) and any(
            _holds(test, divided)
            for instruction in self._loops.instructions_of(loop)
            if instruction.operation in _RESULTS
            and (divided := _divided(self._stack.result(instruction)))
            for test in tests
        )

    def _tests(self, loop: Loop) -> list[Value]:
        """What the jumps of a ``while`` loop test."""
        if loop.kind is not LoopKind.WHILE:
            return []
        return [
            operands[0].value
            for instruction in self._loops.instructions_of(loop)
            if instruction.operation is Operation.JUMP_IF
            if (operands := self._stack.operands(instruction))
        ]


def _divided(value: Value) -> Value | None:
    """The `n` of ``divmod(n, 16)``, ``n // 16`` or ``n >> 4``."""
    match value:
        case v.Call(function=v.Global(name="divmod"), arguments=(divided, _)):
            return divided
        case v.Binary(symbol="//" | "//=" | ">>" | ">>=", left=divided):
            return divided
        case _:
            return None


def _length(content: object) -> int | None:
    return len(content) if isinstance(content, str | bytes | tuple) else None


def _holds(value: Value, wanted: Value) -> bool:
    return value == wanted or any(_holds(part, wanted) for part in v.children(value))


def _is_bounded(test: Value) -> bool:
    """Whether a test compares with a small constant, or with the remainder by one."""
    match test:
        case v.Binary(symbol="%", right=v.Constant()):
            return True
        case v.Binary(symbol="<" | "<=" | "!=", right=v.Constant(value=int() as most)):
            return most < FEWEST_ITERATIONS
        case _:
            return any(_is_bounded(part) for part in v.children(test))
