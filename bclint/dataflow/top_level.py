"""Loops that stand outside any function: in a module's or a class's own code.

There every variable is a name in a dictionary. ``LOAD_NAME`` and ``STORE_NAME`` are never
specialised, while a function's locals are slots.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.scan import has_fast_locals, names
from bclint.dataflow import values as v
from bclint.dataflow.iterations import Iterations
from bclint.dataflow.module import ModuleFacts
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.values import Value
from bclint.flow.dominators import Dominators
from bclint.flow.graph import ControlFlowGraph
from bclint.flow.loops import Loop, LoopForest, LoopKind

NAME_OPERATIONS = frozenset({Operation.LOAD_NAME, Operation.STORE_NAME})


@dataclass(frozen=True, slots=True)
class TopLevelLoop:
    """An outermost loop of a module or a class."""

    loop: Loop
    place: Instruction
    """Makes what a ``for`` iterates over; for a ``while``, the first expression that it runs."""
    iterable: Value
    """What a ``for`` iterates over; unknown for a ``while``."""
    names: int
    """How many names one iteration looks up: of this loop, or the one inside it with most."""
    iterations: int | None
    """How often the innermost body runs at most, where that is known."""
    calls: int
    """How many calls that same iteration makes."""
    arguments: tuple[str, ...]
    """The names that the loop changes, and that had a value before it."""
    results: tuple[str, ...]
    """The names that the loop stores and that other code of the module's reads."""
    shared: tuple[str, ...]
    """The names that the loop stores and that functions of the file read."""
    conditions: tuple[Value, ...]
    """What was tested, and found true, on the way to the loop."""


class TopLevelLoops:
    """The loop statements of one module's or class's code; none of a function's."""

    def __init__(self, function: Function) -> None:
        """Find the loops whose variables are names."""
        self._function = function
        self._instructions = function[Instructions]
        self._graph = function[ControlFlowGraph]
        self._stack = function[OperandStack]
        self._forest = function[LoopForest]
        self._facts = function[ModuleFacts]
        self.loops: list[TopLevelLoop] = []
        if not has_fast_locals(function.code):
            self.loops = list(self._find())

    @classmethod
    def of(cls, function: Function) -> Self:
        """The top-level loops of one code object."""
        return cls(function)

    def is_table(self, iterable: Value) -> bool:
        """Whether the file writes it out, under a name or not: ``for key in TABLE.items()``."""
        match iterable:
            case v.Display():
                return True
            case v.Name(name=name):
                return any(isinstance(value, v.Display) for value in self._facts.values_of(name))
            case v.Call(function=v.Attribute(base=inner), arguments=()):
                return self.is_table(inner)
            case v.Call(function=v.Name(), arguments=(inner,)):
                return self.is_table(inner)
            case _:
                return False

    def sources(self, value: Value, depth: int = 3) -> set[str]:
        """The names and attributes in `value`, and in what the module stores under them."""
        found = names_in(value)
        for name in list(found) if depth else ():
            for stored in self._facts.values_of(name):
                found |= self.sources(stored, depth - 1)
        return found

    def _find(self) -> Iterator[TopLevelLoop]:
        for loop in self._forest.loops:
            place = self._place(loop)
            if loop.depth > 1 or place is None or self._is_comprehension(loop):
                continue
            inside = [inner for inner in self._forest.loops if loop.encloses(inner)]
            names, calls = max(
                (self._count(inner, NAME_OPERATIONS), -self._count(inner, _CALLS))
                for inner in inside
            )
            yield TopLevelLoop(
                loop,
                place,
                self._stack.result(place) if loop.kind is LoopKind.FOR else v.UNKNOWN,
                names,
                self._iterations(inside),
                -calls,
                *self._variables(loop),
                tuple(self._conditions(loop)),
            )

    def _is_comprehension(self, loop: Loop) -> bool:
        """Whether the loop's variable is a local: since 3.12 comprehensions run inline."""
        header = self._iterate(loop)
        if header is None or header.index + 1 >= len(self._instructions):
            return False
        following = self._instructions[header.index + 1]
        if following.operation is Operation.UNPACK:
            following = self._instructions[following.index + 1]
        return following.operation in _LOCAL_STORES

    def _iterate(self, loop: Loop) -> Instruction | None:
        block = self._graph.blocks[loop.header]
        for_iterate = Operation.FOR_ITERATE
        for instruction in self._graph.instructions_of(block):
            if instruction.operation is for_iterate:
                return instruction
        return None

    def _place(self, loop: Loop) -> Instruction | None:
        header = self._iterate(loop)
        if loop.kind is LoopKind.WHILE:
            return self._first_expression(loop)
        iterator = self._producer(header) if header else None
        return self._producer(iterator) if iterator else None

    def _producer(self, instruction: Instruction) -> Instruction | None:
        operands = self._stack.operands(instruction)
        index = operands[0].producer if operands else -1
        return self._instructions[index] if index >= 0 else None

    def _first_expression(self, loop: Loop) -> Instruction | None:
        """The instruction with the longest range among those that start first: the whole test."""
        found = [
            (position, instruction)
            for instruction in self._forest.instructions_of(loop)
            if instruction.operation not in _NO_EXPRESSION
            and (position := self._instructions.position(instruction)) is not None
        ]
        if not found:
            return None
        start = min((position.line, position.column) for position, _ in found)
        first = [item for item in found if (item[0].line, item[0].column) == start]
        return max(first, key=lambda item: (item[0].end_line, item[0].end_column))[1]

    def _count(self, loop: Loop, operations: frozenset[Operation]) -> int:
        """How often every iteration of this loop does one of these; loops in it are left out."""
        return sum(
            instruction.operation in operations
            and self._forest.loop_of(instruction) is loop
            and self._forest.every_iteration(instruction, loop)
            for instruction in self._forest.instructions_of(loop)
        )

    def _iterations(self, loops: list[Loop]) -> int | None:
        """The largest product along one nest of loops; None if some loop has no known end."""
        counts = {id(loop): self._function[Iterations].most(loop) for loop in loops}
        products: list[int] = []
        for loop in loops:
            product = 1
            for outer in loop.outwards:
                most = counts.get(id(outer))
                if most is None:
                    return None
                product *= most
            products.append(product)
        return max(products)

    def _variables(self, loop: Loop) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Which of the names that the loop stores come from before it, and who reads them."""
        inside = list(self._forest.instructions_of(loop))
        indices = {instruction.index for instruction in inside}
        outside = [other for other in self._instructions if other.index not in indices]
        stored = dict.fromkeys(_of(Operation.STORE_NAME, inside))
        # A variable of the loop alone (`for line in …`) gets its value from the loop.
        loaded = set(_of(Operation.LOAD_NAME, inside)) - self._targets(loop)
        changed = stored.keys() & loaded
        before = set(_of(Operation.STORE_NAME, outside)) & changed
        after = set(_of(Operation.LOAD_NAME, outside))
        functions = set(_globals_below(self._function))
        return (
            tuple(name for name in stored if name in before),
            tuple(name for name in stored if name in after),
            tuple(name for name in stored if name in functions),
        )

    def _targets(self, loop: Loop) -> set[str]:
        """The variables of the ``for`` itself."""
        header = self._iterate(loop)
        targets: set[str] = set()
        for instruction in self._instructions.sequence[header.index + 1 :] if header else ():
            if instruction.operation is Operation.STORE_NAME:
                targets.add(instruction.name)
            elif instruction.operation is not Operation.UNPACK:
                break
        return targets

    def _conditions(self, loop: Loop) -> Iterator[Value]:
        """The tests whose true branch the loop is in: ``if __name__ == "__main__":``."""
        dominators = self._function[Dominators]
        block = loop.header
        while block != 0:
            above = dominators.closest[block]
            last = self._graph.instructions[self._graph.blocks[above].end - 1]
            if last.operation is Operation.JUMP_IF and last.argument == "false":
                falls_through = self._graph.blocks[above].end
                if falls_through < len(self._graph.instructions) and dominators.dominates(
                    self._graph.block_of(self._graph.instructions[falls_through]).index, loop.header
                ):
                    yield from (operand.value for operand in self._stack.operands(last))
            block = above


_GLOBAL_LOADS = frozenset({Operation.LOAD_GLOBAL})
_LOCAL_STORES = frozenset({Operation.STORE_LOCAL, Operation.STORE_CELL})
_NO_EXPRESSION = frozenset({Operation.NOTHING, Operation.JUMP, Operation.JUMP_IF})
_CALLS = frozenset({Operation.CALL, Operation.CALL_KEYWORDS, Operation.CALL_UNPACKED})


def names_in(value: Value) -> set[str]:
    """The names and attributes that `value` is made of."""
    own = {value.name} if isinstance(value, v.Name | v.Attribute) else set()
    return own.union(*(names_in(part) for part in v.children(value)))


def _of(operation: Operation, instructions: Iterable[Instruction]) -> list[str]:
    return [found.name for found in instructions if found.operation is operation]


def _globals_below(function: Function) -> Iterator[str]:
    """The globals that functions in `function` read."""
    for inner in function.nested:
        yield from (name for _, name in names(inner.code, _GLOBAL_LOADS))
        yield from _globals_below(inner)
