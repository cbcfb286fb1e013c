"""Attributes and globals that a loop reads, changes and writes back: ``self.n += x``.

A local may stand for the target during a loop when every use of it in the loop goes through the
same chain, and nothing else looks at the target meanwhile. That is never certain: an exception
leaves the target as it was before the loop, and an attribute may be a property. So a verdict is at
best unsafe, and display only where the loop runs code that is likely to look:

1. a call of unknown code, an iterator that such a call returned, a ``with``, a suspension;
2. a handler, in the loop or around it, that runs with the target not written yet;
3. a use of an attribute of the same name through another object, or in a function made here.

Growth of strings and containers is another matter (each step copies) and left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.scan import has_fast_locals
from bclint.dataflow import values as v
from bclint.dataflow.containers import Containers
from bclint.dataflow.effects import Effects, Reach
from bclint.dataflow.iterations import Iterations
from bclint.dataflow.lookers import ENTRIES, Lookers
from bclint.dataflow.names_used import NamesUsed
from bclint.dataflow.stability import Stability
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.values import Value
from bclint.dataflow.warmth import WarmCode
from bclint.diagnostics import Applicability, Verdict, weakest
from bclint.flow.graph import ControlFlowGraph
from bclint.flow.loops import Loop, LoopForest, LoopKind

FEWEST_ITERATIONS = 10
"""Below it, reading the target before the loop and writing it after costs what the loop saves."""

Target = v.Attribute | v.Global
"""What is updated."""


@dataclass(frozen=True, slots=True)
class Update:
    """One target that a loop updates."""

    target: Target
    loop: Loop
    loads: tuple[Instruction, ...]
    """The loads of the augmented assignments, in order; at least one."""
    others: tuple[Instruction, ...]
    """All other loads and stores of the target in the loop."""
    verdict: Verdict
    every_iteration: bool
    """Whether each iteration of the innermost loop uses the target."""
    calls: int
    """How many calls of unknown code each iteration of the innermost loop makes."""
    may_call: bool
    """Whether some iteration of the innermost loop calls unknown code."""
    iterations: int | None
    """No more iterations than this are possible, where that is known."""

    def pays(self, most_calls: int) -> bool:
        """Whether what is saved can be measured: few calls an iteration, none for a rare update."""
        if self.iterations is not None and self.iterations < FEWEST_ITERATIONS:
            return False
        return self.calls <= most_calls if self.every_iteration else not self.may_call


_USES = {
    Operation.LOAD_ATTRIBUTE: v.Attribute,
    Operation.LOAD_METHOD: v.Attribute,
    Operation.STORE_ATTRIBUTE: v.Attribute,
    Operation.DELETE_ATTRIBUTE: v.Attribute,
    Operation.LOAD_GLOBAL: v.Global,
    Operation.STORE_GLOBAL: v.Global,
    Operation.DELETE_GLOBAL: v.Global,
}
_BY_NAME_ONLY = frozenset(
    {Operation.LOAD_METHOD, Operation.DELETE_ATTRIBUTE, Operation.DELETE_GLOBAL}
)
"""What no local can stand for: ``del self.n``, and a call of ``self.n()``."""
_STORES = frozenset({Operation.STORE_ATTRIBUTE, Operation.STORE_GLOBAL})


class LoopUpdates:
    """All updates in the loops of one function, in the order of their first load."""

    def __init__(self, function: Function) -> None:
        """Find the augmented assignments in loops, and judge each target."""
        self._function = function
        self._instructions = function[Instructions]
        self._graph = function[ControlFlowGraph]
        self._stack = function[OperandStack]
        self._loops = function[LoopForest]
        self._effects = function[Effects]
        self._stability = function[Stability]
        self._uses_by_loop: dict[int, dict[tuple[type, str], list[Instruction]]] = {}
        """By the loop's header, what reads and writes attributes or globals of a name."""
        self._called_by_loop: dict[int, set[str]] = {}
        self.updates: list[Update] = []
        if has_fast_locals(function.code):
            self.updates = list(self._find())

    @classmethod
    def of(cls, function: Function) -> Self:
        """The updates in one function's loops."""
        return cls(function)

    def _find(self) -> Iterator[Update]:
        assignments = list(self._assignments())
        seen: set[tuple[Target, int]] = set()
        for load, target, innermost in assignments:
            found = self._best(target, load, innermost)
            if found is None or (target, found[0].header) in seen:
                continue
            loop, verdict = found
            seen.add((target, loop.header))
            loads = [other for other, same, _ in assignments if same == target]
            loads = [other for other in loads if self._graph.block_of(other).index in loop.blocks]
            uses = [use for use in self._uses(target, loop) if use not in loads]
            every = any(
                self._loops.every_iteration(use, innermost) for use in self._uses(target, innermost)
            )
            yield Update(
                target,
                loop,
                tuple(loads),
                tuple(uses),
                verdict,
                every,
                self._calls(innermost),
                any(one.reach >= Reach.UNKNOWN_CALL for one in self._effects.in_loop(innermost)),
                self._most(innermost, loop),
            )

    def _assignments(self) -> Iterator[tuple[Instruction, Target, Loop]]:
        """Each augmented assignment in a loop: its load, its target, its innermost loop."""
        warm, containers = self._function[WarmCode], self._function[Containers]
        for store in self._instructions:
            loop = self._loops.loop_of(store) if store.operation in _STORES else None
            operation = self._producer(store, 0)
            if loop is None or operation is None or not _is_in_place(operation):
                continue
            load = self._producer(operation, 0)
            if load is None or not self._is_same_target(load, store) or not warm.runs(store):
                continue
            target = self._stack.result(load)
            if not isinstance(target, v.Attribute | v.Global):
                continue
            if not containers.is_added_to(target, operation):
                yield load, target, loop

    def _producer(self, instruction: Instruction, position: int) -> Instruction | None:
        operands = self._stack.operands(instruction)
        index = operands[position].producer if len(operands) > position else -1
        return self._instructions[index] if index >= 0 else None

    def _is_same_target(self, load: Instruction, store: Instruction) -> bool:
        """Whether both are one augmented assignment's: the object was evaluated once."""
        if store.operation is Operation.STORE_GLOBAL:
            return load.operation is Operation.LOAD_GLOBAL and load.argument == store.argument
        return (
            load.operation is Operation.LOAD_ATTRIBUTE
            and load.argument == store.argument
            and self._producer(load, 0) == self._producer(store, 1)
        )

    # -- the loop, and what stands in the way

    def _best(
        self, target: Target, load: Instruction, innermost: Loop
    ) -> tuple[Loop, Verdict] | None:
        """The outermost loop as good as the innermost, as long as loops end in one way only."""
        verdict = self._judge(target, load, innermost)
        if verdict is None:
            return None
        best = innermost, verdict
        for loop in innermost.outwards:
            if loop is innermost:
                continue
            wider = self._judge(target, load, loop)
            if verdict.applicability is not Applicability.UNSAFE or wider is None:
                break
            if wider.applicability is not Applicability.UNSAFE or not self._ends_in_one_way(loop):
                break
            best = loop, wider
        return best

    def _ends_in_one_way(self, loop: Loop) -> bool:
        """Whether nothing but its header's end, or one test, leaves the loop."""
        exits = {
            (block if loop.kind is LoopKind.FOR else loop.header, successor)
            for block in loop.blocks
            for successor in self._graph.blocks[block].successors
            if successor not in loop.blocks
        }
        return len(exits) <= 1 and all(block == loop.header for block, _ in exits)

    def _judge(self, target: Target, load: Instruction, loop: Loop) -> Verdict | None:
        """How far a local may stand for `target` over `loop`; None if it cannot."""
        text = v.described(target)
        reason = f"an exception in the loop would leave `{text}` as it was before the loop"
        found = [Verdict(Applicability.UNSAFE, reason)]
        if isinstance(target, v.Attribute):
            base = self._stability.verdict(target.base, loop, [load])
            if base is None:
                return None
            found.append(base)
        if any(use.operation in _BY_NAME_ONLY for use in self._uses(target, loop)):
            return None
        if self._calls_a_user(target, loop):
            return None
        obstacle = self._function[Lookers].first(text, target.name, loop)
        if obstacle is None and isinstance(target, v.Attribute):
            obstacle = self._through_another(target, loop)
        if obstacle is not None:
            found.append(Verdict(Applicability.DISPLAY_ONLY, obstacle))
        return weakest(*found)

    def _uses(self, target: Target, loop: Loop) -> list[Instruction]:
        """The loads, stores and deletions of `target` itself in the loop."""
        return [
            use
            for use in self._named_uses(target, loop)
            if isinstance(target, v.Global) or self._base_of(use) == target.base
        ]

    def _through_another(self, target: v.Attribute, loop: Loop) -> str | None:
        """A use of an attribute of that name through another chain, if there is one."""
        for use in self._named_uses(target, loop):
            base = self._base_of(use)
            if base != target.base:
                other, line = (
                    v.described(v.Attribute(base, target.name)),
                    self._instructions.line(use),
                )
                return f"`{other}` on line {line} may be the same attribute"
        return None

    def _named_uses(self, target: Target, loop: Loop) -> list[Instruction]:
        if loop.header not in self._uses_by_loop:
            uses = self._uses_by_loop.setdefault(loop.header, {})
            for instruction in self._loops.instructions_of(loop):
                if kind := _USES.get(instruction.operation):
                    uses.setdefault((kind, instruction.name), []).append(instruction)
        return self._uses_by_loop[loop.header].get((type(target), target.name), [])

    def _base_of(self, use: Instruction) -> Value:
        """The object that an instruction reads or writes an attribute of."""
        operands = self._stack.operands(use)
        return operands[-1].value if operands else v.UNKNOWN

    def _calls_a_user(self, target: Target, loop: Loop) -> bool:
        """Whether the loop calls a function of this file that certainly uses the target.

        By name, and through what that calls: ``self.skip()`` where ``skip`` does ``self.pos += 1``.
        """
        users = self._function.module[NamesUsed].functions_using(target.name)
        return not users.isdisjoint(self._functions_called(loop))

    def _functions_called(self, loop: Loop) -> set[str]:
        """The last names of the functions of unknown code that the loop calls."""
        if loop.header not in self._called_by_loop:
            callees = (
                self._effects.callee(disturbance.instruction)
                for disturbance in self._effects.in_loop(loop)
                if disturbance.reach is Reach.UNKNOWN_CALL
            )
            self._called_by_loop[loop.header] = {
                callee.rpartition(".")[2] for callee in callees if callee is not None
            }
        return self._called_by_loop[loop.header]

    def _calls(self, loop: Loop) -> int:
        """Calls of unknown code that every iteration makes; what suspends or enters is two."""
        return sum(
            2 if instruction.operation in ENTRIES or reach is Reach.SUSPENSION else 1
            for reach, instruction, _ in self._effects.in_loop(loop)
            if (reach >= Reach.UNKNOWN_CALL or instruction.operation in ENTRIES)
            and self._loops.every_iteration(instruction, loop)
        )

    def _most(self, innermost: Loop, outermost: Loop) -> int | None:
        """How often the innermost loop's body can run at most for one run of the outermost."""
        product = 1
        for loop in innermost.outwards:
            most = self._function[Iterations].most(loop)
            if most is None:
                return None
            product *= most
            if loop is outermost:
                break
        return product


def _is_in_place(instruction: Instruction) -> bool:
    return instruction.operation is Operation.BINARY_OPERATION and instruction.name.endswith("=")
