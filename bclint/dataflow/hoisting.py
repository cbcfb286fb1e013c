"""Hoisting what a loop builds again: where it runs, out of which loop, and how far that is proved.

`Stability` judges names and attributes in functions. Here its verdicts are put together for all
that an expression is made of, names of modules and classes included, and the best loop is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction
from bclint.bytecode.opcodes import Operation
from bclint.dataflow import known
from bclint.dataflow import values as v
from bclint.dataflow.effects import Effects, Reach
from bclint.dataflow.iterations import Iterations
from bclint.dataflow.module import ModuleFacts
from bclint.dataflow.stability import Stability
from bclint.dataflow.types import KnownTypes
from bclint.dataflow.values import Value
from bclint.dataflow.warmth import WarmCode
from bclint.diagnostics import Applicability, Verdict, weakest
from bclint.flow.loops import Loop, LoopForest

FEWEST_REPETITIONS = 8
"""What ``for name in ("left", "right"):`` repeats takes less time than a reader of the finding."""


class Hoist(NamedTuple):
    """A loop to move code out of, and how far that is proved."""

    loop: Loop
    verdict: Verdict


Judge = Callable[[Loop], Verdict | None]


class Hoisting:
    """What may move out of the loops of one function."""

    def __init__(self, function: Function) -> None:
        """Verdicts are computed when asked for."""
        self._function = function
        self._facts = function[ModuleFacts]
        self._types = function[KnownTypes]
        self._effects = function[Effects]
        self._loops = function[LoopForest]
        self._iterations = function[Iterations]
        self._stability = function[Stability]
        self._warm = function[WarmCode]

    @classmethod
    def of(cls, function: Function) -> Self:
        """The hoisting analysis of one function."""
        return cls(function)

    def is_repeated(self, instruction: Instruction) -> bool:
        """Whether a loop runs the instruction, and not only when something was raised."""
        return self._warm.runs(instruction) and self._loops.loop_of(instruction) is not None

    def best(self, instruction: Instruction, judge: Judge) -> Hoist | None:
        """The outermost loop around `instruction` among those that `judge` trusts most.

        Where it says None, the loop changes what would be moved, and so do all loops around it.
        Loops that run a few times at most are not worth a change.
        """
        best: Hoist | None = None
        repetitions: int | None = 1
        for loop in self._loops_around(instruction):
            verdict = judge(loop)
            if verdict is None:
                break
            most = self._iterations.most(loop)
            repetitions = None if most is None or repetitions is None else most * repetitions
            few = repetitions is not None and repetitions < FEWEST_REPETITIONS
            if not few and (best is None or _rank(verdict) <= _rank(best.verdict)):
                best = Hoist(loop, verdict)
        return best

    def runs_always(self, instruction: Instruction, loop: Loop) -> bool:
        """Whether no condition inside `loop` stands before `instruction`, but those of loops."""
        for inner in self._loops_around(instruction):
            if not self._loops.every_iteration(instruction, inner):
                return False
            if inner is loop:
                return True
            header = self._loops.graph.blocks[inner.header]
            instruction = self._loops.graph.instructions[header.start]
        return False

    def _loops_around(self, instruction: Instruction) -> Iterator[Loop]:
        innermost = self._loops.loop_of(instruction)
        return innermost.outwards if innermost else iter(())

    def verdict(
        self, values: Sequence[Value], loop: Loop, places: Sequence[Instruction]
    ) -> Verdict | None:
        """How far evaluating all of `values` before `loop` is proved; None if the loop rebinds one.

        A nested tuple is as stable as its elements.
        """
        found = [Verdict(Applicability.SAFE, "nothing in the loop can change it")]
        for value in values:
            verdict = self._of_value(value, loop, places)
            if verdict is None:
                return None
            found.append(verdict)
        return weakest(*found)

    def _of_value(self, value: Value, loop: Loop, places: Sequence[Instruction]) -> Verdict | None:
        if isinstance(value, v.Display) and value.kind is tuple:
            return self.verdict(value.elements, loop, places)
        root = v.root(value)
        if not isinstance(root, v.Name):
            return self._stability.verdict(value, loop, places)
        verdict = self._of_name(root.name, loop)
        if verdict is None or root is value:
            return verdict
        if self._stores(loop, _ATTRIBUTE_STORES).intersection(_attributes(value)):
            return None
        reason = f"`{v.described(value)}` may be a property, or rebound by other code"
        return weakest(verdict, Verdict(Applicability.UNSAFE, reason))

    def _of_name(self, name: str, loop: Loop) -> Verdict | None:
        """A module's or class's name: every function of the module can see and rebind it."""
        if name in self._stores(loop, _NAME_STORES):
            return None
        if self._types.is_builtin(name):
            if name in known.BOUND_TO_THEIR_FRAME:
                return None
            return Verdict(Applicability.SAFE, f"nothing in the loop can rebind `{name}`")
        rebinder = self._facts.rebound_by_functions.get(name)
        calls = any(
            disturbance.reach >= Reach.UNKNOWN_CALL for disturbance in self._effects.in_loop(loop)
        )
        if rebinder and calls:
            reason = f"the loop's calls may run `{rebinder}`, which rebinds `{name}`"
            return Verdict(Applicability.DISPLAY_ONLY, reason)
        return Verdict(Applicability.UNSAFE, f"other code may rebind `{name}`, or it is not bound")

    def _stores(self, loop: Loop, operations: frozenset[Operation]) -> set[str]:
        return {
            instruction.name
            for instruction in self._loops.instructions_of(loop)
            if instruction.operation in operations
        }


_NAME_STORES = frozenset(
    {
        *(Operation.STORE_NAME, Operation.DELETE_NAME),
        *(Operation.STORE_GLOBAL, Operation.DELETE_GLOBAL),
        *(Operation.STORE_LOCAL, Operation.STORE_CELL, Operation.DELETE_CELL),
    }
)
"""A comprehension in a module (3.12) stores its variables as locals."""
_ATTRIBUTE_STORES = frozenset({Operation.STORE_ATTRIBUTE, Operation.DELETE_ATTRIBUTE})


def _rank(verdict: Verdict) -> int:
    return verdict.applicability.rank


def _attributes(value: Value) -> set[str]:
    return set((v.chain(value) or ())[1:])
