"""The most that a lookup moved out of a loop can gain, from raw bytes: before anything is decoded.

What is weighed later (`bclint.engine.weigh`) can only be less: a place saves at most what its chain
of names costs, an iteration costs at least what its instructions cost when every call is one of the
cheapest, and a chain is taken for stable that may turn out not to be. Loops are the real ones,
since flow needs no decoding either.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from math import inf
from typing import NamedTuple, Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.arguments import PREFIX, RESOLVED, ROWS, Row
from bclint.bytecode.imports import RawImports
from bclint.bytecode.layout import BasicBlock
from bclint.bytecode.loads import NamedLoad, NamedLoads
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.scan import has_fast_locals, performs
from bclint.dataflow.values import MAXIMUM_DEPTH, is_comprehension
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
        self._is_comprehension = is_comprehension(function.code)
        self._known: dict[Prices, dict[tuple[int, object], float]] = {}

    @classmethod
    def of(cls, function: Function) -> Self:
        """The bound for one function."""
        return cls(function)

    def most(self, prices: Prices) -> float:
        """The greatest share, on the version of `prices`, as `Saving.gain`."""
        return max(self._shares(prices).values(), default=0.0) * _ROUNDING

    def names_with(self, least: float, prices: Prices) -> frozenset[str]:
        """The names whose loads may gain a share of `least` somewhere in the function."""
        shares, names = self._shares(prices), self._function.code.co_names
        return frozenset(
            names[load.name]
            for _, loop, _, loads in self._blocks
            for load in loads
            if shares.get((loop.header, load[:3]), 0.0) * _ROUNDING >= least
        )

    def _shares(self, prices: Prices) -> dict[tuple[int, object], float]:
        """The greatest share of each chain of names, by the header of its loop and the chain."""
        if prices not in self._known:
            costs = self._costs(prices)
            self._known[prices] = {
                key: saved / costs[key[0]] if costs[key[0]] else 1.0
                for key, saved in self._saved(prices).items()
            }
        return self._known[prices]

    @cached_property
    def _blocks(self) -> list[tuple[BasicBlock, Loop, float, list[NamedLoad]]]:
        """The blocks in loops, with the innermost, how often an iteration runs it, and loads."""
        if not has_fast_locals(self._function.code):
            return []  # a module's or class's own names are no locals
        forest = self._forest
        loads = NamedLoads(forest.graph.layout)
        return [
            (
                block,
                loop,
                1.0 if forest.every_iteration_passes(block.index, loop) else SOMETIMES,
                list(loads.of_block(block)),
            )
            for block in forest.graph.blocks
            if (loop := forest.innermost(block.index))
        ]

    def _costs(self, prices: Prices) -> dict[int, float]:
        """The cost of an iteration of each loop, by its header."""
        tables, layout, calls = _tables(prices), self._forest.graph.layout, _calls(prices)
        # A handler may leave the way from what is called to the call.
        at_most = SOMETIMES if layout.regions else 1.0
        costs: dict[int, float] = {}
        for block, innermost, frequency, loads in self._blocks:
            own = tables.cost(layout.opcodes[block.units.start : block.units.stop]) * frequency
            own += self._called(loads, calls) * min(frequency, at_most)
            costs[innermost.header] = costs.get(innermost.header, 0.0) + own
            own /= frequency
            loop = innermost.parent
            while loop is not None:
                own *= ITERATIONS
                costs[loop.header] = costs.get(loop.header, 0.0) + own
                loop = loop.parent
        return costs

    def _called(self, loads: Sequence[NamedLoad], calls: _Calls) -> float:
        """What the calls of loaded functions and methods cost more than the cheapest call."""
        names = self._function.code.co_names
        total = 0.0
        for load in loads:
            if not load.is_called:
                continue
            if load.root is Operation.LOAD_GLOBAL and not load.attributes:
                total += calls.of_global(names[load.start])
            elif self._may_be_module(load):
                total += calls.of_modules(names[load.name], self._packages(load))
            else:
                total += calls.of_method(names[load.name])
        return total

    def _saved(self, prices: Prices) -> dict[tuple[int, object], float]:
        """What local variables would save an iteration, by the loop's header and the chain."""
        saved: dict[tuple[int, object], float] = {}
        savings = _savings(prices)
        for _, loop, frequency, loads in self._blocks:
            for load in loads:
                if not self._may_be_found(load, loop):
                    continue
                key = loop.header, load[:3]
                saved[key] = saved.get(key, 0.0) + frequency * max(savings.of(load), 0.0)
        return saved

    def _may_be_found(self, load: NamedLoad, loop: Loop) -> bool:
        """Whether a finding may be about the load.

        None is about a method, unless of what may be a module; about what starts from a local that
        the loop binds; about a global alone in a loop that is a function of its own.
        """
        if load.is_method and not self._may_be_module(load):
            return False
        if load.root is Operation.LOAD_LOCAL:
            return load.start not in self._stored[loop.header]
        is_global = load.root is Operation.LOAD_GLOBAL and not load.attributes
        return not (is_global and self._is_comprehension)

    @cached_property
    def _stored(self) -> dict[int, set[int]]:
        """The locals that each loop binds or deletes, by its header."""
        loads = NamedLoads(self._forest.graph.layout)
        found: dict[int, set[int]] = {loop.header: set() for loop in self._forest.loops}
        for block, innermost, _, _ in self._blocks:
            changed = [*loads.stored_in(block)]
            for loop in innermost.outwards if changed else ():
                found[loop.header].update(changed)
        return found

    def _packages(self, load: NamedLoad) -> frozenset[str] | None:
        """The packages that the chain of names may start in; None where that is not known."""
        if load.root is not Operation.LOAD_GLOBAL:
            return None
        imports = self._function.module[RawImports]
        return imports.packages_of(self._function.code.co_names[load.start])

    def _may_be_module(self, load: NamedLoad) -> bool:
        code = self._function.code
        if load.root is Operation.LOAD_GLOBAL:
            return code.co_names[load.start] in self._function.module[RawImports].names
        return load.root is None or performs(code, _IMPORTS)


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


class _Calls:
    """What calls of named things cost more than the cheapest call, at the least."""

    def __init__(self, prices: Prices) -> None:
        self._cheapest, self._unknown = _cheapest_call(prices), prices.unknown_call
        self._builtins, self._methods = prices.builtins, prices.methods
        self._packages: dict[str, float] = {}
        for name, price in prices.modules.items():
            package = name.partition(".")[0]
            self._packages[package] = min(price, self._packages.get(package, inf))

    def of_global(self, name: str) -> float:
        """Of a global, which may be a builtin or not."""
        return self._above(self._builtins.get(name, inf))

    def of_method(self, name: str) -> float:
        """Of a method of what is no module."""
        return self._above(self._methods.get(name, inf))

    def of_modules(self, name: str, packages: frozenset[str] | None) -> float:
        """Of a method, or of a function of a module in one of `packages`, of any if None."""
        found = self._packages.keys() if packages is None else packages & self._packages.keys()
        cheapest = min((self._packages[each] for each in found), default=inf)
        return self._above(min(cheapest, self._methods.get(name, inf)))

    def _above(self, price: float) -> float:
        return max(min(price, self._unknown) - self._cheapest, 0.0)


@cache
def _calls(prices: Prices) -> _Calls:
    return _Calls(prices)


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
