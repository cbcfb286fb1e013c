"""What an iteration runs, as a list of items that each version has its own price for.

1. An instruction costs what it costs hot and specialised; nothing is counted for cache misses.
2. A call of a known builtin, of a builtin type's method or of a known function of the standard
   library costs what it was measured to cost with cheap arguments; every other call at the least
   what a call of a Python function costs. With such calls the bill is a lower bound, and a share
   of it an upper bound.
3. An inner loop runs `ITERATIONS` times in each iteration; code of the loop itself that not every
   iteration reaches counts `SOMETIMES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction
from bclint.bytecode.opcodes import Operation
from bclint.dataflow.definitions import ReachingDefinitions
from bclint.dataflow.effects import Effects
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.types import KnownTypes
from bclint.dataflow.values import UNKNOWN, Attribute, Call, Global, Local, Value
from bclint.evidence.cost import ITERATIONS
from bclint.evidence.prices import Prices
from bclint.flow.loops import Loop, LoopForest

SOMETIMES = 0.5
"""How often an iteration is taken to run what not every iteration runs."""


@dataclass(frozen=True, slots=True)
class BuiltinCall:
    """A call of the builtin function `name`."""

    name: str


@dataclass(frozen=True, slots=True)
class MethodCall:
    """A call of the method `name` of what may be an object of a builtin type."""

    name: str
    certain: bool
    """Whether the object certainly is of a builtin type."""


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """A call of the function `name` of the standard library's `module`."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A binary operation, by the key of its price."""

    key: str


Item = Operation | Arithmetic | BuiltinCall | MethodCall | ModuleCall
"""An instruction, or the whole call of something with a price of its own."""


@dataclass(frozen=True, slots=True)
class Bill:
    """How often each item runs in one iteration."""

    items: Mapping[Item, float]

    def cost(self, prices: Prices) -> float:
        """The nanoseconds that an iteration takes, at the least where `is_bound`."""
        return sum(count * price_of(item, prices)[0] for item, count in self.items.items())

    def is_bound(self, prices: Prices) -> bool:
        """Whether anything runs whose cost is not known."""
        return not all(price_of(item, prices)[1] for item in self.items)


def price_of(item: Item, prices: Prices) -> tuple[float, bool]:
    """The cost of one `item` in nanoseconds, and whether that is all that it can cost."""
    match item:
        case Operation():
            return prices.of(item), True
        case Arithmetic(key):
            return prices.operators.get(key, prices.of(Operation.BINARY_OPERATION)), True
        case BuiltinCall(name):
            return _known(prices.builtins.get(name), prices, certain=True)
        case MethodCall(name, certain):
            return _known(prices.methods.get(name), prices, certain=certain)
        case ModuleCall(module, name):
            found = prices.modules.get(f"{module}.{name}", prices.modules.get(module))
            return _known(found, prices, certain=True)


def _known(price: float | None, prices: Prices, *, certain: bool) -> tuple[float, bool]:
    return (prices.unknown_call, False) if price is None else (price, certain)


class IterationBills:
    """The bills of one function's loops."""

    def __init__(self, function: Function) -> None:
        """Bills are written when they are asked for: every finding of a loop asks again."""
        self._function = function
        self._forest = function[LoopForest]
        self._by_header: dict[int, Bill] = {}

    @classmethod
    def of(cls, function: Function) -> Self:
        """The bills of the loops of one function."""
        return cls(function)

    def __getitem__(self, loop: Loop) -> Bill:
        """The bill of one iteration of `loop`."""
        if loop.header not in self._by_header:
            items: dict[Item, float] = {}
            for instruction in self._forest.instructions_of(loop):
                item = item_of(self._function, instruction)
                items[item] = items.get(item, 0.0) + self.frequency(instruction, loop)
            self._by_header[loop.header] = Bill(items)
        return self._by_header[loop.header]

    def frequency(self, instruction: Instruction, loop: Loop) -> float:
        """How often an iteration of `loop` is taken to run `instruction`, which is in it."""
        deeper = self._forest.depth_of(instruction.index) - loop.depth
        if deeper:
            return ITERATIONS**deeper
        return 1.0 if self._forest.every_iteration(instruction, loop) else SOMETIMES


_CALLS = frozenset({Operation.CALL, Operation.CALL_KEYWORDS, Operation.CALL_UNPACKED})


def item_of(function: Function, instruction: Instruction) -> Item:
    """What one instruction of `function` is on a bill: a call, by what it calls."""
    if instruction.operation is Operation.BINARY_OPERATION:
        return Arithmetic(_operator(function, instruction))
    if instruction.operation not in _CALLS:
        return instruction.operation
    called = _called(function, instruction)
    if isinstance(called, Global) and function[KnownTypes].is_builtin(called.name):
        return BuiltinCall(called.name)
    if isinstance(called, Attribute):
        return _attribute_call(function, called, instruction)
    return MethodCall("", certain=False)


def _called(function: Function, instruction: Instruction) -> Value:
    """What a call calls; of a local, what it certainly is another name for.

    A function costs the same under a name of its own; a method loses its fast form, and counts as
    not known.
    """
    result = function[OperandStack].result(instruction)
    called = result.function if isinstance(result, Call) else UNKNOWN
    if not isinstance(called, Local):
        return called
    value = function[ReachingDefinitions].value_of(instruction, called.name)
    is_function = isinstance(value, Attribute) and function[Effects].module_name(value.base)
    return value if is_function or isinstance(value, Global) else UNKNOWN


def _operator(function: Function, instruction: Instruction) -> str:
    symbol = str(instruction.argument).removesuffix("=")
    types = [
        function[KnownTypes].type_of(operand.value, instruction)
        for operand in function[OperandStack].operands(instruction)
    ]
    if str in types and symbol in "+%":
        return f"str {symbol}"
    return "mixed" if {int, float} <= set(types) else symbol


def _attribute_call(function: Function, called: Attribute, instruction: Instruction) -> Item:
    module = function[Effects].module_name(called.base)
    if module is not None:
        return ModuleCall(module, called.name)
    return MethodCall(called.name, certain=_is_builtin(function, called.base, instruction))


def _is_builtin(function: Function, value: Value, instruction: Instruction) -> bool:
    return function[KnownTypes].type_of(value, instruction) is not None
