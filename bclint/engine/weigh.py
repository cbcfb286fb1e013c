"""Weighing: what share of an iteration a change saves, as far as relative costs can tell.

An estimate, good enough to leave out what cannot be noticed: the lookup of ``print`` costs a
nanosecond beside a call that costs five hundred. Each place is weighed against the innermost loop
that runs it, and the heaviest counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow.stack import OperandStack
from bclint.diagnostics import Diagnostic
from bclint.engine.function import FunctionView
from bclint.evidence.cost import IterationCosts, cost
from bclint.flow.loops import Loop, LoopForest
from bclint.rule import Finding

_SOMETIMES = 0.5
"""The weight of a place that not every iteration gets to."""


def pays(diagnostic: Diagnostic, min_gain: float) -> bool:
    """Whether the finding's gain is at least `min_gain` percent, or cannot be estimated."""
    return diagnostic.gain is None or 100 * diagnostic.gain >= min_gain


def estimated_gain(function: FunctionView, finding: Finding) -> float:
    """The share of an iteration, from 0 to 1, that a local instead of each place saves."""
    forest = function[LoopForest]
    saved: dict[int, float] = {}
    loops: dict[int, Loop] = {}
    for place in (finding.instruction, *finding.places):
        loop = forest.loop_of(place)
        if loop is None:
            continue
        weight = 1.0 if forest.every_iteration(place, loop) else _SOMETIMES
        loops[loop.header] = loop
        saved[loop.header] = saved.get(loop.header, 0.0) + weight * _saving(function, place)
    costs = function[IterationCosts]
    shares = (saved[header] / costs[loop] for header, loop in loops.items())
    return min(max(shares, default=0.0), 1.0)


def _saving(function: FunctionView, place: Instruction) -> float:
    """What computing the value costs more than loading it from a local."""
    whole = sum(cost(instruction.operation) for instruction in _chain(function, place))
    return max(whole - cost(Operation.LOAD_LOCAL), 0.0)


def _chain(function: FunctionView, place: Instruction) -> Iterator[Instruction]:
    """The instructions that compute what `place` leaves: a root and attributes of it."""
    instructions, stack = function[Instructions], function[OperandStack]
    instruction: Instruction | None = place
    while instruction is not None:
        yield instruction
        operands = stack.operands(instruction)
        producer = operands[0].producer if operands else -1
        instruction = instructions[producer] if producer >= 0 else None
