"""Lookups that a loop repeats: for each stable value the loads of it, in one group a loop.

A chain is followed from its root to the longest prefix that may be bound before the loop:

- ``self.items.append(x)`` gives ``self.items``: a bound method kept in a local is slower to call
  than the method call (since 3.11), so what is called is never part of the prefix …
- … unless its base is certainly a module: ``math.sqrt(x)`` gives ``math.sqrt``, a plain function;
- ``p.a.b += 1`` gives ``p.a``: ``b`` is stored in the loop.

The loop is the outermost one with the best verdict. Loads that only a handler runs, and loops that
provably run a few times, are left out: they are cold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.scan import has_fast_locals
from bclint.dataflow import known
from bclint.dataflow import values as v
from bclint.dataflow.definitions import ReachingDefinitions
from bclint.dataflow.effects import Effects
from bclint.dataflow.hoisting import Hoisting
from bclint.dataflow.stability import Stability
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.types import KnownTypes
from bclint.dataflow.values import Value
from bclint.dataflow.wanted_loads import WantedLoads
from bclint.dataflow.warmth import WarmCode
from bclint.diagnostics import Applicability, Verdict, weakest
from bclint.flow.loops import Loop, LoopForest


@dataclass(frozen=True, slots=True)
class Lookup:
    """One value that a loop looks up again, and what stands in the way of doing it once."""

    value: Value
    loop: Loop
    loads: tuple[Instruction, ...]
    """The instructions that complete the value, in order; at least one."""
    verdict: Verdict
    alias: str | None
    """A local that holds the value on every path into the loop, and through it."""
    every_iteration: bool
    """Whether each iteration of the loop directly around a load runs it."""


_OWN_FUNCTION = Verdict(
    Applicability.DISPLAY_ONLY,
    "the loop is compiled to a function of its own, which would see the new name as a cell",
)
"""Generator expressions, and comprehensions before 3.12: measured, a cell instead of an attribute
saves 8 to 28 %, instead of a global nothing; but the scopes of names would change."""

_ROOTS = frozenset({Operation.LOAD_LOCAL, Operation.LOAD_GLOBAL, Operation.LOAD_CELL})
_EXTENSIONS = frozenset({Operation.LOAD_ATTRIBUTE, Operation.LOAD_METHOD})
_CALLS = frozenset({Operation.CALL, Operation.CALL_KEYWORDS, Operation.CALL_UNPACKED})


class LoopLookups:
    """All repeated lookups of one function, in the order of their first load."""

    def __init__(self, function: Function) -> None:
        """Find the loads in loops, and group them by value and loop."""
        self._function = function
        self._stack = function[OperandStack]
        self._loops = function[LoopForest]
        self._effects = function[Effects]
        self._stability = function[Stability]
        self._hoisting = function[Hoisting]
        self._types = function[KnownTypes]
        self._definitions = function[ReachingDefinitions]
        self._warm = function[WarmCode]
        self._wanted = function[WantedLoads]
        self.lookups: list[Lookup] = self._grouped()

    @classmethod
    def of(cls, function: Function) -> Self:
        """The repeated lookups of one function."""
        return cls(function)

    def _grouped(self) -> list[Lookup]:
        groups: dict[tuple[Value, int], tuple[Loop, list[Instruction]]] = {}
        if not has_fast_locals(self._function.code):
            return []  # a module's or class's own names are no locals
        for root in self._function[Instructions]:
            if root.operation not in _ROOTS or self._loops.loop_of(root) is None:
                continue
            if not self._warm.runs(root):
                continue
            for value, load, loop in self._hoistable(root):
                groups.setdefault((value, loop.header), (loop, []))[1].append(load)
        return [
            lookup
            for (value, _), (loop, loads) in groups.items()
            if (lookup := self._lookup(value, loop, loads))
        ]

    def _lookup(self, value: Value, loop: Loop, loads: list[Instruction]) -> Lookup | None:
        verdict = self._stability.verdict(value, loop, loads)
        if verdict is None:
            return None
        if v.is_comprehension(self._function.code):
            if isinstance(value, v.Global):
                return None
            verdict = weakest(verdict, _OWN_FUNCTION)
        every = any(self._runs_always(load) for load in loads)
        alias = self._alias(value, loop)
        if alias is not None:
            name, verdict = alias
            return Lookup(value, loop, tuple(loads), verdict, name, every)
        return Lookup(value, loop, tuple(loads), verdict, None, every)

    def _runs_always(self, load: Instruction) -> bool:
        innermost = self._loops.loop_of(load)
        return innermost is not None and self._loops.every_iteration(load, innermost)

    def _hoistable(self, root: Instruction) -> list[tuple[Value, Instruction, Loop]]:
        """The longest stable prefixes that start from this load, with the load that ends each."""
        found = []
        for path in self._paths(root):
            if not any(load in self._wanted for load in path):
                continue
            for load in reversed(path):
                value = self._stack.result(load)
                if load is root and not isinstance(value, v.Global):
                    break
                loop = self._best_loop(value, load)
                if loop is not None:
                    found.append((value, load, loop))
                    break
        return list({load.index: item for item in found for load in [item[1]]}.values())

    def _paths(self, root: Instruction) -> list[list[Instruction]]:
        """The attribute chains from `root`, each as its loads, without what is called."""
        finished: list[list[Instruction]] = []
        waiting = [[root]]
        while waiting:
            path = waiting.pop()
            extensions = [
                consumer
                for consumer in self._stack.consumers(path[-1])
                if consumer.operation in _EXTENSIONS and self._may_bind(consumer, path[-1])
            ]
            waiting.extend([[*path, extension] for extension in extensions])
            others = [c for c in self._stack.consumers(path[-1]) if c not in extensions]
            if others and self._is_wanted(path[-1], others):
                finished.append(path)
        return finished

    def _may_bind(self, load: Instruction, base: Instruction) -> bool:
        """Whether the attribute itself may be part of the prefix: not called, or a module's."""
        if self._effects.is_module(self._stack.result(base)):
            return True
        called = load.operation is Operation.LOAD_METHOD or any(
            consumer.operation in _CALLS and self._is_callee(load, consumer)
            for consumer in self._stack.consumers(load)
        )
        return not called

    def _is_callee(self, load: Instruction, call: Instruction) -> bool:
        operands = self._stack.operands(call)[:2]
        return any(
            operand.producer == load.index and operand.value is not v.NULL for operand in operands
        )

    def _is_wanted(self, load: Instruction, consumers: list[Instruction]) -> bool:
        """Whether an alias may stand for what `load` gives to all of its consumers."""
        if all(consumer.operation is Operation.MATCH_EXCEPTION for consumer in consumers):
            return False
        if self._is_hoisted_already(load, consumers):
            return False
        value = self._stack.result(load)
        if isinstance(value, v.Global) and value.name in known.INLINED_OVER_GENERATORS:
            return not any(self._consumes_generator(consumer) for consumer in consumers)
        return True

    def _is_hoisted_already(self, load: Instruction, consumers: list[Instruction]) -> bool:
        """Whether the value is bound to a local for a loop inside this one, as our fixes do.

        ``for row in rows: sqrt = math.sqrt`` / ``for x in row: sqrt(x)``.
        """
        outer = self._loops.loop_of(load)
        if outer is None or any(each.operation is not Operation.STORE_LOCAL for each in consumers):
            return False
        names = {each.argument for each in consumers}
        return any(
            instruction.operation is Operation.LOAD_LOCAL and instruction.argument in names
            for loop in self._loops.loops
            if loop is not outer and outer.encloses(loop)
            for instruction in self._loops.instructions_of(loop)
        )

    def _consumes_generator(self, call: Instruction) -> bool:
        """Whether the call (or the identity test before it) is over a generator expression."""
        if call.operation is Operation.IS:
            return True
        result = self._stack.result(call)
        return (
            isinstance(result, v.Call)
            and len(result.arguments) == 1
            and isinstance(result.arguments[0], v.Call)
            and isinstance(result.arguments[0].function, v.FunctionObject)
        )

    def _best_loop(self, value: Value, load: Instruction) -> Loop | None:
        best = self._hoisting.best(load, lambda loop: self._stability.verdict(value, loop, [load]))
        return best.loop if best else None

    def _alias(self, value: Value, loop: Loop) -> tuple[str, Verdict] | None:
        """A local whose one definition at the loop is a store of the same value.

        The chain's root must not change from that store to the loop either: a local root has one
        definition at both places, a global one is covered by the verdict over the loop.
        """
        names = self._names_by_value.get(value, set())
        if "f_locals" in self._function.code.co_names:
            return None  # who writes to it since 3.13 stores to local variables
        for name in self._function.code.co_varnames:
            if name not in names:
                continue
            reaching = self._definitions.at_entry(loop.header, name)
            definition = next(iter(reaching), -1)
            if len(reaching) != 1 or definition < 0:
                continue
            if self._definitions.stored_value(definition) != value:
                continue
            store = self._function[Instructions][definition]
            verdict = self._stability.held(value, name, store, loop)
            if verdict and self._same_root(value, store, loop):
                return name, verdict
        return None

    @cached_property
    def _names_by_value(self) -> dict[Value, set[str]]:
        """The locals that some store gives a value to, by the value."""
        found: dict[Value, set[str]] = {}
        store_local = Operation.STORE_LOCAL
        for instruction in self._function[Instructions]:
            if instruction.operation is store_local:
                stored = self._definitions.stored_value(instruction.index)
                found.setdefault(stored, set()).add(instruction.name)
        return found

    def _same_root(self, value: Value, store: Instruction, loop: Loop) -> bool:
        root = v.root(value)
        if not isinstance(root, v.Local):
            return isinstance(root, v.Global)
        at_store = self._definitions.before(store, root.name)
        return len(at_store) == 1 and at_store == self._definitions.at_entry(loop.header, root.name)


def frequency(lookup: Lookup) -> str:
    """How often the loop repeats the lookup, in words for a message."""
    return "on every iteration" if lookup.every_iteration else "on each iteration that gets there"
