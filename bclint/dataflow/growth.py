"""Values that a loop grows by copying: each iteration builds the whole of them again.

Growth is a store of an expression that holds the old value once, as a term of a sum or as a part
of an f-string: ``self.s += t``, ``s = t + s``, ``xs = xs + [x]``, ``s = f"{s}{x}"``. It copies when
the grown value is certainly one of:

- a str, bytes or tuple, which cannot grow in place. One form is amortised by CPython: ``s += t`` or
  ``s = s + t`` of a str, where the next instruction stores to the local that was loaded;
- a list that is added with ``+``; ``+=`` extends it in place.

What the value is, its other stores say: those that reach a local, or all stores of the file to an
attribute, a global or a cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow import values as v
from bclint.dataflow.definitions import STORES, ReachingDefinitions
from bclint.dataflow.effects import Effects, Reach
from bclint.dataflow.grown import StoredSeeds, grown_terms
from bclint.dataflow.limits import GrowthLimits
from bclint.dataflow.stability import Stability
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.stored import StoredValues, is_constructor, stored_by, target_of
from bclint.dataflow.types import KnownTypes
from bclint.dataflow.values import Value
from bclint.dataflow.warmth import WarmCode
from bclint.flow.loops import Loop, LoopForest

GROWING = frozenset({Operation.BINARY_OPERATION, Operation.BUILD_STRING})
_GROWN = (str, bytes, tuple, list)


@dataclass(frozen=True, slots=True)
class Growth:
    """One statement that copies what it grows."""

    slot: Value
    """What holds the value, as a load of it."""
    kind: type
    """The type of what grows."""
    store: Instruction
    operation: Instruction
    """The instruction that makes the copy."""
    terms: tuple[Value, ...]
    """What is put together, the old value among it."""
    loop: Loop
    """The outermost loop that grows the value and never sets it anew."""

    @property
    def appends(self) -> bool:
        """Whether all that is new comes behind the old value."""
        return self.terms[0] == self.slot


class Growths:
    """The statements of one function that grow values by copying, in order."""

    def __init__(self, function: Function) -> None:
        """Look at every store in a loop."""
        self._function = function
        self._instructions = function[Instructions]
        self._stack = function[OperandStack]
        self._loops = function[LoopForest]
        self._definitions = function[ReachingDefinitions]
        self._types = function[KnownTypes]
        warm = function[WarmCode]
        self.found: list[Growth] = [
            growth
            for store in self._instructions
            if store.operation in _STORES and self._loops.loop_of(store) and warm.runs(store)
            if (growth := self._growth(store))
        ]

    @classmethod
    def of(cls, function: Function) -> Self:
        """The growths of one function."""
        return cls(function)

    def _growth(self, store: Instruction) -> Growth | None:
        operation = self._operation(store)
        slot, value = target_of(self._function, store), stored_by(self._function, store)
        terms = grown_terms(value, slot)
        if operation is None or not terms or not _is_followed(slot):
            return None
        kind = self._kind(slot, store, terms)
        if kind not in _GROWN or _grows_in_place(value, kind):
            return None
        if kind is str and self._is_amortised(slot, value):
            return None
        loop = self._loop(slot, store)
        if loop is None or self._function[GrowthLimits].keep_small(slot, terms, store, loop):
            return None
        return Growth(slot, kind, store, operation, terms, loop)

    def _operation(self, store: Instruction) -> Instruction | None:
        operands = self._stack.operands(store)
        producer = operands[0].producer if operands else -1
        found = self._instructions[producer] if producer >= 0 else None
        return found if found and found.operation in GROWING else None

    def _is_amortised(self, slot: Value, value: Value) -> bool:
        """A cell that only comprehensions share (3.11) counts as the local that it is later."""
        first = isinstance(value, v.Binary) and value.left == slot
        return first and (isinstance(slot, v.Local) or self._is_shared_with_comprehensions(slot))

    def _is_shared_with_comprehensions(self, slot: Value) -> bool:
        if not isinstance(slot, v.Cell) or slot.name not in self._function.code.co_cellvars:
            return False
        sharing = (f.code for f in self._function.nested if slot.name in f.code.co_freevars)
        return all(code.co_name in _COMPREHENSIONS for code in sharing)

    # -- what kind of value it is

    def _kind(self, slot: Value, store: Instruction, terms: tuple[Value, ...]) -> type | None:
        added = {self._types.type_of(term, store) for term in terms if term != slot}
        if isinstance(slot, v.Local):
            seeds = self._local_seeds(slot, store)
        else:
            seeds = self._stored_seeds(slot)
        kind = next(iter(seeds)) if len(seeds) == 1 else None
        if kind is None and added == {str} and not isinstance(slot, v.Local):
            # Nothing but a str takes a str, unless the file says otherwise.
            kind = str if seeds <= {str, None, type(None)} else None
        return None if kind is list and added != {list} else kind

    def _local_seeds(self, slot: v.Local, store: Instruction) -> set[type | None]:
        """The types of the definitions that the growth starts from."""
        seeds: set[type | None] = set()
        seen: set[int] = set()
        waiting = [*self._definitions.before(store, slot.name)]
        while waiting:
            definition = waiting.pop()
            if definition in seen:
                continue
            seen.add(definition)
            if definition < 0 or len(waiting) + len(seen) > _MOST_DEFINITIONS:
                return {None}
            value = self._definitions.stored_value(definition)
            at = self._instructions[definition]
            if grown_terms(value, slot):
                waiting.extend(self._definitions.before(at, slot.name) - seen)
            else:
                seeds.add(self._types.type_of(value, at))
        return seeds

    def _stored_seeds(self, slot: Value) -> set[type | None]:
        seeds = self._function.module[StoredSeeds].of_slot(slot)
        is_given = isinstance(slot, v.Cell) and self._is_parameter(slot.name)
        return seeds | {None} if is_given else seeds

    def _is_parameter(self, name: str) -> bool:
        function: Function | None = self._function
        while function is not None and name not in function.code.co_cellvars:
            function = function.parent
        return function is not None and name in function.code.co_varnames

    # -- over which loop it grows

    def _loop(self, slot: Value, store: Instruction) -> Loop | None:
        best: Loop | None = None
        innermost = self._loops.loop_of(store)
        for loop in innermost.outwards if innermost else ():
            if self._is_set_anew(slot, loop):
                break
            best = loop
        return best

    def _is_set_anew(self, slot: Value, loop: Loop) -> bool:
        """Whether an iteration may start from another value than the last one left."""
        for instruction in self._loops.instructions_of(loop):
            if instruction.operation in _CHANGES and self._may_change(slot, instruction):
                return True
            if self._shrinks(slot, instruction):
                return True
        if isinstance(slot, v.Attribute):
            stable = self._function[Stability].verdict(slot.base, loop, ())
            return stable is None or self._calls_reset(slot, loop)
        if isinstance(slot, v.Binary):
            return self._function[Stability].verdict(slot.left, loop, ()) is None
        return not isinstance(slot, v.Local) and self._calls_reset(slot, loop)

    def _shrinks(self, slot: Value, instruction: Instruction) -> bool:
        """Whether items are taken out again: ``part = parts.pop(0)``, ``del parts[0]``."""
        if instruction.operation is Operation.LOAD_METHOD:
            method = self._stack.result(instruction)
            takes_out = isinstance(method, v.Attribute) and method.name in _SHRINKING
            return takes_out and method == v.Attribute(slot, instruction.name)
        if instruction.operation is Operation.DELETE_SUBSCRIPT:
            return any(o.value == slot for o in self._stack.operands(instruction)[:1])
        return False

    def _may_change(self, slot: Value, store: Instruction) -> bool:
        target = target_of(self._function, store)
        if grown_terms(stored_by(self._function, store), target):
            return False
        match slot:
            case v.Attribute(name=name):
                return store.operation in _ATTRIBUTE_CHANGES and store.name == name
            case v.Binary():
                return store.operation in _ITEM_CHANGES
            case v.Local(name=name):
                return store.operation in STORES and store.name == name
            case v.Cell(name=name) | v.Global(name=name) | v.Name(name=name):
                return store.operation in _NAME_CHANGES and store.name == name
            case _:
                return False

    def _calls_reset(self, slot: Value, loop: Loop) -> bool:
        """Whether the loop calls unknown code while another function of the file resets it."""
        resets = [
            stored
            for stored in self._function.module[StoredValues].of_slot(slot)
            if stored.function.code is not self._function.code
            and not is_constructor(stored.function)
            and not grown_terms(stored.value, stored.target)
        ]
        found = self._function[Effects].in_loop(loop)
        return bool(resets) and any(one.reach >= Reach.UNKNOWN_CALL for one in found)


_STORES = frozenset(
    {
        *(Operation.STORE_LOCAL, Operation.STORE_CELL, Operation.STORE_GLOBAL),
        *(Operation.STORE_NAME, Operation.STORE_ATTRIBUTE, Operation.STORE_SUBSCRIPT),
    }
)
_ATTRIBUTE_CHANGES = frozenset({Operation.STORE_ATTRIBUTE, Operation.DELETE_ATTRIBUTE})
_ITEM_CHANGES = frozenset({Operation.STORE_SUBSCRIPT, Operation.DELETE_SUBSCRIPT})
_NAME_CHANGES = frozenset(
    {
        *(Operation.STORE_CELL, Operation.DELETE_CELL, Operation.STORE_GLOBAL),
        *(Operation.DELETE_GLOBAL, Operation.STORE_NAME, Operation.DELETE_NAME),
    }
)
_CHANGES = STORES | _ATTRIBUTE_CHANGES | _ITEM_CHANGES | _NAME_CHANGES
_SHRINKING = frozenset({"clear", "pop", "remove"})
_MOST_DEFINITIONS = 100
"""More of one local, in generated code, are not worth the search."""
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})


def _is_followed(slot: Value) -> bool:
    """Whether two loads of the slot are known to be of one thing."""
    match slot:
        case v.Binary(left=base, right=v.Constant(kind=kind)):
            return kind is str and v.chain(base) is not None  # `lines[-1]` is another one each time
        case _:
            return v.chain(slot) is not None


def _grows_in_place(value: Value, kind: type) -> bool:
    return kind is list and isinstance(value, v.Binary) and value.symbol == "+="
