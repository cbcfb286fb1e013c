"""Loads of globals and attributes, read from raw bytes: enough to say what they cost at the most.

A chain is followed as long as each load stands right behind what it takes: ``os.path.join`` is
three instructions in a row. Where something else stands before an attribute, a swap for instance,
it is not known what the attribute is read from, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress
from typing import NamedTuple

from bclint.bytecode.arguments import ATTRIBUTE, LOCAL, PAIR, ROWS
from bclint.bytecode.layout import BasicBlock, Layout
from bclint.bytecode.opcodes import Operation


class NamedLoad(NamedTuple):
    """One load of a global, of an attribute or of a method."""

    root: Operation | None
    """The operation that loads what the chain starts from; None where that is not known."""
    start: int
    """The number of that name or variable among its kind."""
    attributes: tuple[int, ...]
    """The numbers of the attributes' names, the last one this load's own."""
    is_method: bool
    """Whether it is loaded as a method, to be called."""
    is_called: bool
    """Whether a call certainly takes it: of a method, or of a global behind the call's NULL."""
    unit: int
    """Where the load stands in the opcodes."""

    @property
    def name(self) -> int:
        """The number of the name that is loaded last."""
        return self.attributes[-1] if self.attributes else self.start


_ATTRIBUTES = frozenset({Operation.LOAD_ATTRIBUTE, Operation.LOAD_METHOD})
_OPAQUE = frozenset(
    {
        *(Operation.LOAD_CONSTANT, Operation.LOAD_SUBSCRIPT, Operation.LOAD_SLICE),
        *(Operation.LOAD_SUPER_ATTRIBUTE, Operation.BINARY_OPERATION, Operation.UNARY_OPERATION),
        *(Operation.CALL, Operation.CALL_KEYWORDS, Operation.CALL_UNPACKED, Operation.FORMAT),
        *(Operation.BUILD_STRING, Operation.BUILD_TUPLE, Operation.BUILD_LIST),
        *(Operation.BUILD_SET, Operation.BUILD_MAP, Operation.IMPORT_NAME, Operation.COMPARE),
        *(Operation.NOT, Operation.CONTAINS, Operation.IS, Operation.LOAD_BUILD_CLASS),
    }
)
"""What leaves a value that is no name's and no attribute's."""


def _opcodes(wanted: frozenset[Operation]) -> frozenset[int]:
    return frozenset(n for n, row in enumerate(ROWS) if row and row.operation in wanted)


_LOADS = _opcodes(_ATTRIBUTES | {Operation.LOAD_GLOBAL})
_MARKS = bytes(number in _LOADS for number in range(256))
_TRANSPARENT = frozenset({Operation.NOTHING, Operation.COPY})
"""``self.n += 1`` copies `self` before it reads the attribute."""
_OPAQUE_OPCODES = _opcodes(_OPAQUE)

_CHANGES = frozenset({Operation.STORE_LOCAL, Operation.DELETE_LOCAL})
_LOCAL_CHANGES = bytes(
    bool(row and any(part.operation in _CHANGES for part in row.parts or (row,))) for row in ROWS
)

_Chain = tuple[Operation | None, int, tuple[int, ...]]


class NamedLoads:
    """The loads of one code object, block by block."""

    def __init__(self, layout: Layout) -> None:
        """Look at blocks when asked."""
        self._layout = layout

    def of_block(self, block: BasicBlock) -> Iterator[NamedLoad]:
        """The loads of globals, attributes and methods in `block`, in order."""
        layout, start = self._layout, block.units.start
        chains: dict[int, _Chain | None] = {}
        marked = layout.opcodes[start : block.units.stop].translate(_MARKS)
        for unit in compress(block.units, marked):
            row = ROWS[layout.opcodes[unit]]
            if row is None:
                continue
            number = layout.argument(unit)
            is_called = is_method = row.operation is Operation.LOAD_METHOD
            if row.operation is Operation.LOAD_GLOBAL:
                is_called = bool(number & row.flags) and not self._is_extended(unit)
                chains[unit] = row.operation, number >> row.flags, ()
            else:
                if row.reads == ATTRIBUTE:
                    is_called = is_method = bool(number & 1)
                    number >>= 1
                chains[unit] = self._extended(unit, start, number, chains)
            if found := chains[unit]:
                yield NamedLoad(*found, is_method, is_called, unit)

    def _is_extended(self, unit: int) -> bool:
        """Whether an attribute of what `unit` loads is read: up to 3.12 NULL is below ``sys.f``."""
        following = self._layout.unit_after(unit)
        return self._layout.operation(following) in _ATTRIBUTES

    def stored_in(self, block: BasicBlock) -> Iterator[int]:
        """The numbers of the locals that `block` stores to or deletes."""
        layout, start = self._layout, block.units.start
        marked = layout.opcodes[start : block.units.stop].translate(_LOCAL_CHANGES)
        for unit in compress(block.units, marked):
            row, number = ROWS[layout.opcodes[unit]], layout.argument(unit)
            if row is not None and row.reads == PAIR:
                first, second = row.parts
                if first.operation in _CHANGES:
                    yield number >> 4
                if second.operation in _CHANGES:
                    yield number & 15
            else:
                yield number

    def _extended(
        self, unit: int, start: int, name: int, chains: dict[int, _Chain | None]
    ) -> _Chain | None:
        """The chain that the attribute at `unit` ends; None where it ends none."""
        before = self._layout.unit_before(unit, _TRANSPARENT)
        if before < start:
            return None, unit, (name,)
        base = chains[before] if before in chains else self._root(before)
        return base and (base[0], base[1], (*base[2], name))

    def _root(self, unit: int) -> _Chain | None:
        opcode = self._layout.opcodes[unit]
        row = ROWS[opcode]
        if row is None or opcode in _OPAQUE_OPCODES:
            return None
        number = self._layout.argument(unit)
        if row.reads == PAIR:
            row, number = row.parts[1], number & 15
        if row.reads == LOCAL or row.operation is Operation.LOAD_CELL:
            return row.operation, number, ()
        return None, unit, ()
