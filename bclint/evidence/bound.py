"""The most that a lookup moved out of a loop can gain, from raw bytes: before anything is decoded.

What is weighed later (`bclint.engine.weigh`) can only be less: a place saves at most what its chain
of names costs, an iteration costs at least what its instructions cost when every call is one of the
cheapest, and a chain is taken for stable that may turn out not to be. Loops are the real ones,
since flow needs no decoding either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple, Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.arguments import PREFIX, RESOLVED, ROWS, Row
from bclint.bytecode.layout import BasicBlock
from bclint.bytecode.loads import NamedLoad, NamedLoads
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.scan import imported_names, performs
from bclint.dataflow.values import MAXIMUM_DEPTH
from bclint.evidence.bills import SOMETIMES
from bclint.evidence.cost import ITERATIONS
from bclint.evidence.prices import Prices
from bclint.flow.loops import Loop, LoopForest

_ROUNDING = 1.0 + 1e-9
"""Sums in another order differ in their last digits."""
_CALLS = frozenset({Operation.CALL, Operation.CALL_KEYWORDS, Operation.CALL_UNPACKED})
_IMPORTS = frozenset({Operation.IMPORT_NAME})
_MAY_BE = {
    Operation.LOAD_ATTRIBUTE: (Operation.LOAD_ATTRIBUTE, Operation.LOAD_METHOD),
    Operation.BINARY_OPERATION: (Operation.BINARY_OPERATION, Operation.LOAD_SUBSCRIPT),
    Operation.LOAD_LOCAL: (Operation.LOAD_LOCAL, Operation.LOAD_CLOSURE),
    Operation.POP: (Operation.POP, Operation.POP_ITERATOR),
}
"""What an opcode may turn out to be when its argument, or what is around it, is known."""
_INTRINSICS = (
    *(Operation.CALL_INTRINSIC, Operation.IMPORT_STAR),
    *(Operation.UNARY_OPERATION, Operation.LIST_TO_TUPLE),
)
_SCALE = 64
"""Prices are summed as two bytes, in parts of a nanosecond, rounded down."""
_HIGHEST = 0xFFFF


class _Tables(NamedTuple):
    """Two tables for ``bytes.translate``: what each opcode costs at the least, high and low."""

    high: bytes
    low: bytes

    def cost(self, opcodes: bytes) -> float:
        """The nanoseconds that the instructions cost at the least."""
        high, low = opcodes.translate(self.high), opcodes.translate(self.low)
        return (sum(high) * 256 + sum(low)) / _SCALE


class LookupBound:
    """What share of an iteration lookups in one function's loops can cost at the most."""

    def __init__(self, function: Function) -> None:
        """Loops are weighed when asked."""
        self._function = function
        self._forest = function[LoopForest]

    @classmethod
    def of(cls, function: Function) -> Self:
        """The bound for one function."""
        return cls(function)

    def most(self, prices: Prices) -> float:
        """The greatest share, on the version of `prices`, as `Saving.gain`."""
        blocks = self._blocks()
        costs = self._costs(blocks, prices)
        shares = (
            saved / costs[header] if costs[header] else 1.0
            for (header, _), saved in self._saved(blocks, prices).items()
        )
        return max(shares, default=0.0) * _ROUNDING

    def _blocks(self) -> list[tuple[BasicBlock, Loop, float]]:
        """The blocks in loops, each with its innermost and how often an iteration runs it."""
        forest = self._forest
        return [
            (
                block,
                loop,
                1.0 if forest.every_iteration_passes(block.index, loop) else SOMETIMES,
            )
            for block in forest.graph.blocks
            if (loop := forest.innermost(block.index))
        ]

    def _costs(
        self, blocks: Sequence[tuple[BasicBlock, Loop, float]], prices: Prices
    ) -> dict[int, float]:
        """The cost of an iteration of each loop, by its header."""
        tables, opcodes = _tables(prices), self._forest.graph.layout.opcodes
        costs: dict[int, float] = {}
        for block, innermost, frequency in blocks:
            own = tables.cost(opcodes[block.units.start : block.units.stop])
            costs[innermost.header] = costs.get(innermost.header, 0.0) + own * frequency
            loop = innermost.parent
            while loop is not None:
                own *= ITERATIONS
                costs[loop.header] = costs.get(loop.header, 0.0) + own
                loop = loop.parent
        return costs

    def _saved(
        self, blocks: Sequence[tuple[BasicBlock, Loop, float]], prices: Prices
    ) -> dict[tuple[int, object], float]:
        """What local variables would save an iteration, by the loop's header and the chain."""
        saved: dict[tuple[int, object], float] = {}
        savings = _savings(prices)
        for block, loop, frequency in blocks:
            for load in self._loads(block):
                key = loop.header, load[:3]
                saved[key] = saved.get(key, 0.0) + frequency * max(savings.of(load), 0.0)
        return saved

    def _loads(self, block: BasicBlock) -> Iterator[NamedLoad]:
        """The loads that a finding may be about: a method only of what may be a module."""
        for load in NamedLoads(self._forest.graph.layout).of_block(block):
            if not load.is_method or self._may_be_module(load):
                yield load

    def _may_be_module(self, load: NamedLoad) -> bool:
        code = self._function.code
        if load.root is Operation.LOAD_GLOBAL:
            return code.co_names[load.start] in self._function.module[ImportedNames].names
        return load.root is None or performs(code, _IMPORTS)


class ImportedNames:
    """The names under which a file imports at its top level. Ask for it on the module."""

    def __init__(self, module: Function) -> None:
        """Read the module's raw bytes."""
        self.names = imported_names(module.code)

    @classmethod
    def of(cls, function: Function) -> Self:
        """The names of the file that the function belongs to."""
        return cls(function.module)


class _Savings:
    """What a local instead of a chain of names saves at the most, on one version."""

    def __init__(self, prices: Prices) -> None:
        local = prices.local
        self._attribute = max(prices.of(Operation.LOAD_ATTRIBUTE), prices.of(Operation.LOAD_METHOD))
        self._roots: dict[Operation | None, float] = {
            root: prices.of(root) - local
            for root in (Operation.LOAD_LOCAL, Operation.LOAD_GLOBAL, Operation.LOAD_CELL)
        }
        longest = MAXIMUM_DEPTH * self._attribute
        self._roots[None] = max(self._roots.values()) + longest

    def of(self, load: NamedLoad) -> float:
        """The nanoseconds, where what the chain starts from is not known those of the longest."""
        return self._roots[load.root] + len(load.attributes) * self._attribute


@cache
def _savings(prices: Prices) -> _Savings:
    return _Savings(prices)


@cache
def strictest(prices: tuple[Prices, ...]) -> Prices:
    """The version on which lookups are the least part of what an ordinary loop costs."""
    return min(prices, key=_share_of_lookups)


def _share_of_lookups(prices: Prices) -> float:
    lookups = prices.of(Operation.LOAD_ATTRIBUTE) + prices.of(Operation.LOAD_GLOBAL)
    return (lookups - prices.of(Operation.LOAD_LOCAL)) / _cheapest_call(prices)


@cache
def _cheapest_call(prices: Prices) -> float:
    """What a call costs at the least, whatever it calls."""
    known = (*prices.builtins.values(), *prices.methods.values(), *prices.modules.values())
    return min(prices.unknown_call, *known)


@cache
def _tables(prices: Prices) -> _Tables:
    least = [_least(row, prices) for row in ROWS]
    return _Tables(bytes(each >> 8 for each in least), bytes(each & 0xFF for each in least))


def _least(row: Row | None, prices: Prices) -> int:
    """The scaled price of an opcode, at the least."""
    if row is None or row.reads == PREFIX or row is ROWS[0]:
        return 0
    if row.parts:
        return sum(_least(part, prices) for part in row.parts)
    operations: tuple[Operation, ...] = _MAY_BE.get(row.operation, (row.operation,))
    if row.reads == RESOLVED and row.operation is Operation.CALL_INTRINSIC:
        operations = _INTRINSICS
    least = min(_least_of(operation, prices) for operation in operations)
    return min(int(least * _SCALE), _HIGHEST)


def _least_of(operation: Operation, prices: Prices) -> float:
    if operation in _CALLS:
        return _cheapest_call(prices)
    if operation is Operation.BINARY_OPERATION:  # whatever the operator
        return min(prices.of(operation), *prices.operators.values())
    return prices.of(operation)
