"""Speculation: what evaluating an expression before a loop may do that the loop would not.

Nothing, and so safe, for what cannot raise: a builtin of every version; a global that the module
binds, on every path, before it makes the function; an attribute that its standard library module
always has; a local (whether it is bound is for `bclint.dataflow.stability` to say).

Anything else may raise before a loop that runs no iteration: unsafe at best. Display only where a
handler inside the loop would have caught it, or a condition inside the loop may prevent it:
``if node is not None: use(node.name)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow import known
from bclint.dataflow import values as v
from bclint.dataflow.effects import Effects
from bclint.dataflow.module import ModuleFacts
from bclint.dataflow.types import KnownTypes
from bclint.dataflow.values import Value
from bclint.diagnostics import Applicability, Verdict
from bclint.flow.graph import ControlFlowGraph
from bclint.flow.loops import Loop, LoopForest

SAFE = Applicability.SAFE
UNSAFE = Applicability.UNSAFE
DISPLAY_ONLY = Applicability.DISPLAY_ONLY


class Speculation:
    """The verdicts on evaluating values of one function early."""

    def __init__(self, function: Function) -> None:
        """Judge by the function's handlers and conditions, and its module's bindings."""
        self._function = function
        self._facts = function[ModuleFacts]
        self._types = function[KnownTypes]
        self._effects = function[Effects]
        self._loops = function[LoopForest]
        self._instructions = function[Instructions]

    @classmethod
    def of(cls, function: Function) -> Self:
        """The speculation analysis of one function."""
        return cls(function)

    def verdict(self, value: Value, loop: Loop, places: Sequence[Instruction]) -> Verdict:
        """How far one evaluation before `loop` does nothing that `places` would not have done."""
        failure = self._failure(value)
        if failure is None:
            return Verdict(SAFE, "it cannot raise")
        handled = next((line for p in places if (line := self._handled_inside(p, loop))), None)
        if handled is not None:
            return Verdict(
                DISPLAY_ONLY, f"{failure}, and line {handled} handles errors inside the loop"
            )
        if not any(self._is_reached(place, loop) for place in places):
            if isinstance(value, v.Global) or self._is_own_attribute(value):
                return Verdict(UNSAFE, f"{failure} although the loop may never get there")
            return Verdict(DISPLAY_ONLY, f"{failure} where a condition in the loop prevents it")
        return Verdict(UNSAFE, f"{failure} even if the loop runs no iteration")

    def _is_reached(self, place: Instruction, loop: Loop) -> bool:
        """Whether only a loop without iterations keeps `loop` from reaching `place`."""
        graph = self._function[ControlFlowGraph]
        inner = self._loops.loop_of(place)
        while inner is not None and self._loops.every_iteration(place, inner):
            if inner is loop or inner.parent is None:
                return True
            place = self._instructions[graph.blocks[inner.header].start]
            inner = inner.parent
        return False

    def _failure(self, value: Value) -> str | None:
        """What evaluating `value` may raise, in words that start a reason; None if nothing."""
        match value:
            case v.Global(name=name):
                return self._unbound_global(name)
            case v.Cell(name=name):
                return f"`{name}` may have no value yet"
            case v.Attribute(base=base, name=name):
                module = self._effects.module_name(base)
                if module and name in known.MODULE_ATTRIBUTES.get(module, ()):
                    return self._failure(base)
                if f"{module}.{name}" in known.MODULE_ATTRIBUTES:
                    return self._failure(base)
                return f"reading `{v.described(value)}` before the loop may raise"
            case v.Display(elements=elements):
                return next((f for e in elements if (f := self._failure(e))), None)
            case _:
                return None

    def _unbound_global(self, name: str) -> str | None:
        if self._facts.imports_when_read(name):
            return f"reading `{name}` may import it"
        if self._types.is_builtin(name) or (
            name in known.STABLE_BUILTINS and name not in self._facts.rebound_by_functions
        ):
            return None if name in known.STABLE_BUILTINS else f"`{name}` may not be bound"
        if self._facts.bound_before(name, self._function):
            return None
        return f"`{name}` may not be bound yet"

    def _is_own_attribute(self, value: Value) -> bool:
        """Whether it is ``self.name`` of an attribute that this file assigns somewhere."""
        code = self._function.code
        return (
            isinstance(value, v.Attribute)
            and isinstance(value.base, v.Local)
            and code.co_argcount > 0
            and code.co_varnames[0] == value.base.name == "self"
            and value.name in self._facts.attributes_stored
        )

    def _handled_inside(self, place: Instruction, loop: Loop) -> int | None:
        """The line of a handler inside the loop that would catch what `place` raises."""
        graph = self._function[ControlFlowGraph]
        for block in graph.block_of(place).handlers:
            first = self._instructions[graph.blocks[block].start]
            covers_loop = block in graph.blocks[loop.header].handlers
            if first.operation is Operation.PUSH_EXCEPTION and not covers_loop:
                return self._instructions.line(self._first_with_line(block)) or 0
        return None

    def _first_with_line(self, block: int) -> Instruction:
        graph = self._function[ControlFlowGraph]
        found = [
            i for i in graph.instructions_of(graph.blocks[block]) if self._instructions.line(i)
        ]
        return found[0] if found else self._instructions[graph.blocks[block].start]
