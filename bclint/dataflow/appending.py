"""Loops that do nothing but append to a list made just before them.

``out = []`` / ``for x in xs:`` / ``out.append(f(x))``, matched on instructions, which must be these
and no others, in this order and without a gap:

1. an empty list (``[]`` or ``list()``) is made and stored to one plain local, `out`;
2. the iterable is evaluated, the next statement: the stack is never back at the height that it has
   between statements. It assigns nothing and is not suspended;
3. the loop takes an item and stores it to plain locals, or unpacks it to some;
4. ``out.append(item)`` is called and its result dropped. The item assigns nothing, builds no
   function, has no comprehension, is not suspended, and does not ask about its own frame;
5. control goes back to 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow import known
from bclint.dataflow import values as v
from bclint.dataflow.definitions import ReachingDefinitions
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.types import KnownTypes
from bclint.dataflow.values import Value
from bclint.flow.loops import Loop, LoopForest, LoopKind


@dataclass(frozen=True, slots=True)
class AppendLoop:
    """One such loop."""

    name: str
    """The local that holds the list."""
    made: Instruction
    """The store of the empty list."""
    loop: Loop
    iterated: Value
    header: Instruction
    """What takes the next item."""
    targets: tuple[Instruction, ...]
    """The stores of the loop's variables."""
    call: Instruction
    """``out.append(item)``"""
    item: Value
    body: range
    """The instructions from the load of `out` to the call."""

    @property
    def copies(self) -> bool:
        """Whether the item is appended as it comes: ``for x in xs: out.append(x)``."""
        return len(self.targets) == 1 and self.item == v.Local(self.targets[0].name)


class AppendLoops:
    """The loops of one function that only append, in order."""

    def __init__(self, function: Function) -> None:
        """Match every call of ``append`` in a ``for`` loop."""
        self._instructions = function[Instructions]
        self._stack = function[OperandStack]
        self._loops = function[LoopForest]
        self._definitions = function[ReachingDefinitions]
        self._types = function[KnownTypes]
        self.found: list[AppendLoop] = [
            found
            for instruction in self._instructions
            if instruction.operation is Operation.CALL
            and (loop := self._loops.loop_of(instruction))
            and loop.kind is LoopKind.FOR
            if (found := self._matched(instruction, loop))
        ]

    @classmethod
    def of(cls, function: Function) -> Self:
        """The loops of one function that only append."""
        return cls(function)

    def _matched(self, call: Instruction, loop: Loop) -> AppendLoop | None:
        match self._stack.result(call):
            case v.Call(
                function=v.Attribute(base=v.Local(name=name), name="append"),
                arguments=(item,),
                keywords=(),
                unpacked=False,
            ):
                load = self._receiver(call)
            case _:
                return None
        header = self._header(loop)
        if load is None or header is None:
            return None
        made = self._empty_list(load, name)
        targets = self._targets(header, load)
        if made is None or targets is None or name in {target.name for target in targets}:
            return None
        if self._reads_list(made, load, call):
            return None
        is_whole = self._is_next_statement(made, header) and self._is_body(load, call, loop)
        operands = self._stack.operands(header)
        iterator = operands[0].value if operands else v.UNKNOWN
        if not is_whole or not isinstance(iterator, v.Iterator):
            return None
        body = range(load.index, call.index + 1)
        return AppendLoop(name, made, loop, iterator.base, header, targets, call, item, body)

    def _receiver(self, call: Instruction) -> Instruction | None:
        """The load of `out` in ``out.append``."""
        for operand in self._stack.operands(call)[:2]:
            if operand.producer < 0:
                continue
            method = self._instructions[operand.producer]
            if method.operation is Operation.LOAD_METHOD:
                producer = self._stack.operands(method)[0].producer
                return self._instructions[producer] if producer >= 0 else None
        return None

    def _header(self, loop: Loop) -> Instruction | None:
        block = self._loops.graph.blocks[loop.header]
        for_iterate = Operation.FOR_ITERATE
        for instruction in self._loops.graph.instructions_of(block):
            if instruction.operation is for_iterate:
                return instruction
        return None

    def _empty_list(self, load: Instruction, name: str) -> Instruction | None:
        """The store of a new empty list that alone reaches `load`."""
        reaching = self._definitions.before(load, name)
        definition = next(iter(reaching), -1)
        if len(reaching) != 1 or definition < 0:
            return None
        store = self._instructions[definition]
        operand = self._stack.operands(store)[0]
        is_empty = operand.value == v.Display(list, ()) or (
            operand.value == v.Call(v.Global("list"), ()) and self._types.is_builtin("list")
        )
        if not is_empty or operand.producer < 0:
            return None
        made = self._instructions[operand.producer]
        return store if self._stack.consumers(made) == [store] else None

    def _targets(self, header: Instruction, load: Instruction) -> tuple[Instruction, ...] | None:
        between = self._instructions.sequence[header.index + 1 : load.index]
        if any(instruction.operation not in _UNPACKING for instruction in between):
            return None
        store_local = Operation.STORE_LOCAL
        stores = [one for one in between if one.operation is store_local]
        return tuple(stores) or None

    def _reads_list(self, made: Instruction, load: Instruction, call: Instruction) -> bool:
        """Whether the iterable or the item reads the list: ``out.append(len(out))``."""
        return any(
            one.operation is Operation.LOAD_LOCAL and one.name == made.name and one is not load
            for one in self._instructions.sequence[made.index + 1 : call.index]
        )

    def _is_next_statement(self, made: Instruction, header: Instruction) -> bool:
        """Whether the iterable, and nothing else, is evaluated between the two."""
        between = self._instructions.sequence[made.index + 1 : header.index]
        evaluated = _significant(between)
        if any(one.operation in _FORBIDDEN for one in evaluated):
            return False
        if any(self._is_comprehension(one) for one in evaluated):
            return False
        return self._is_one_expression(evaluated)

    def _is_body(self, load: Instruction, call: Instruction, loop: Loop) -> bool:
        item = _significant(self._instructions.sequence[load.index : call.index + 1])
        if any(one.operation in _FORBIDDEN_IN_BODY or _asks_its_frame(one) for one in item):
            return False
        pop, jump, *_ = [
            *_significant(self._instructions.sequence[call.index + 1 : call.index + 8]),
            None,
            None,
        ]
        return (
            pop is not None
            and jump is not None
            and pop.operation is Operation.POP
            and jump.operation is Operation.JUMP
            and self._loops.graph.block_of(self._instructions[jump.target]).index == loop.header
            and self._is_one_expression(item)
        )

    def _is_one_expression(self, evaluated: list[Instruction]) -> bool:
        """Whether the stack stays above where it was before the first instruction."""
        depths = [self._stack.depth_before(instruction) for instruction in evaluated]
        if not depths or depths[0] is None:
            return False
        return all(depth is not None and depth > depths[0] for depth in depths[1:])

    def _is_comprehension(self, instruction: Instruction) -> bool:
        made = self._stack.result(instruction)
        return isinstance(made, v.FunctionObject) and made.code.co_name in _COMPREHENSIONS


def _significant(instructions: list[Instruction]) -> list[Instruction]:
    nothing = Operation.NOTHING
    return [one for one in instructions if one.operation is not nothing]


def _asks_its_frame(instruction: Instruction) -> bool:
    """A comprehension is a frame of its own on 3.11: ``super()`` fails there."""
    if instruction.operation is Operation.LOAD_SUPER_ATTRIBUTE:
        return True
    return (
        instruction.operation is Operation.LOAD_GLOBAL
        and instruction.name in known.BOUND_TO_THEIR_FRAME
    )


_UNPACKING = frozenset(
    {Operation.NOTHING, Operation.STORE_LOCAL, Operation.UNPACK, Operation.SWAP, Operation.COPY}
)
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})
_FORBIDDEN = frozenset(
    {
        *(Operation.STORE_LOCAL, Operation.STORE_CELL, Operation.STORE_GLOBAL),
        *(Operation.FOR_ITERATE, Operation.LOAD_AND_CLEAR_LOCAL, Operation.RETURN),
        *(Operation.YIELD, Operation.SEND, Operation.GET_AWAITABLE, Operation.RAISE),
        *(Operation.STORE_ATTRIBUTE, Operation.STORE_SUBSCRIPT, Operation.STORE_SLICE),
    }
)
"""Walruses, comprehensions that run inline, suspension, other statements."""
_FORBIDDEN_IN_BODY = _FORBIDDEN | {Operation.MAKE_FUNCTION, Operation.GET_ITERATOR}
