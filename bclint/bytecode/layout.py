"""The basic blocks of a code object, from its raw bytes: nothing is decoded but jumps.

Only jumps, ``return`` and the borders of protected regions are looked at one by one, so that a
function's flow is known long before its instructions are, and often instead of them.
"""

from __future__ import annotations

from functools import cache
from itertools import compress, pairwise
from types import CodeType
from typing import NamedTuple

from bclint.bytecode.arguments import CONSTANT_RETURN, PAIR, PREFIX, ROWS
from bclint.bytecode.exceptions import exception_regions, region_at
from bclint.bytecode.opcodes import TERMINATORS, Operation
from bclint.bytecode.scan import argument_at


class BasicBlock(NamedTuple):
    """A run of instructions entered only at its start: half-open, in instruction indices."""

    index: int  # type: ignore[assignment]  # tuple.index is of no use here
    start: int
    end: int
    successors: tuple[int, ...]
    """Blocks that control falls or jumps to, by index."""
    handlers: tuple[int, ...]
    """Blocks that an exception raised here is handled by."""
    units: range
    """Where the block stands in the opcodes."""


def _bytes_of(*reads: int) -> bytes:
    return bytes(number for number, row in enumerate(ROWS) if row and row.reads in reads)


_PREFIXES = _bytes_of(PREFIX)
_SILENT = bytes([0]) + _PREFIXES
"""Units that are no instruction: inline caches (zeros), and higher bits of arguments."""
_DOUBLE = _bytes_of(PAIR, CONSTANT_RETURN)
"""What is two instructions when decoded."""
_ENDINGS = bytes(
    bool(row and (row.scale or row.operation in TERMINATORS or row.reads == CONSTANT_RETURN))
    for row in ROWS
)
"""A table for ``bytes.translate``: one for what ends a block."""
_FALLS_THROUGH = bytes(
    not (row and (row.operation in TERMINATORS or row.reads == CONSTANT_RETURN)) for row in ROWS
)


@cache
def _operations(wanted: frozenset[Operation]) -> frozenset[int]:
    return frozenset(n for n, row in enumerate(ROWS) if row and row.operation in wanted)


class Layout:
    """The opcodes of a code object in basic blocks, in their order; block 0 is the entry."""

    def __init__(self, code: CodeType) -> None:
        """Split `code` at jumps, targets and the borders of protected regions."""
        self.opcodes = code.co_code[::2]
        self.arguments = code.co_code[1::2]
        self.regions = exception_regions(code.co_exceptiontable)
        self._leaders = {0}
        self._endings: dict[int, tuple[bool, int]] = {}
        """By what follows a jump or ``return``: whether control gets there, and the target."""
        self._find_endings()
        length = len(self.opcodes)
        for region in self.regions:
            self._leaders.update(border // 2 for border in region[:3])
        starts = sorted(leader for leader in self._leaders if leader < length)
        self.blocks: list[BasicBlock] = self._blocks(starts)

    def first_unit(self, block: BasicBlock, skipped: frozenset[Operation]) -> int:
        """The unit of the first instruction that is none of `skipped`, -1 if there is none."""
        unwanted = _operations(skipped)
        for unit in block.units:
            opcode = self.opcodes[unit]
            if opcode not in _SILENT and opcode not in unwanted:
                return unit
        return -1

    def unit_before(self, unit: int, skipped: frozenset[Operation]) -> int:
        """The unit of the last instruction before `unit` that is none of `skipped`, or -1."""
        unwanted = _operations(skipped)
        for earlier in range(unit - 1, -1, -1):
            opcode = self.opcodes[earlier]
            if opcode not in _SILENT and opcode not in unwanted:
                return earlier
        return -1

    def unit_after(self, unit: int) -> int:
        """The unit of the next instruction, -1 if there is none."""
        for later in range(unit + 1, len(self.opcodes)):
            if self.opcodes[later] not in _SILENT:
                return later
        return -1

    def operation(self, unit: int) -> Operation | None:
        """What the instruction at `unit` does, as far as its opcode alone says."""
        row = ROWS[self.opcodes[unit]] if unit >= 0 else None
        return row.operation if row else None

    def last_operation(self, block: BasicBlock) -> Operation | None:
        """What the last instruction of the block does, as far as its opcode alone says."""
        return self.operation(self.unit_before(block.units.stop, frozenset()))

    def argument(self, unit: int) -> int:
        """The raw argument of the instruction at `unit`, with the bits of the units before it."""
        return argument_at(self.opcodes, self.arguments, unit)

    def _find_endings(self) -> None:
        opcodes, leaders = self.opcodes, self._leaders
        length = len(opcodes)
        for unit in compress(range(length), opcodes.translate(_ENDINGS)):
            number = opcodes[unit]
            row = ROWS[number]
            following = unit + 1
            while following < length and not opcodes[following]:
                following += 1
            target = -1
            if row is not None and row.scale:
                target = following + row.scale // 2 * self.argument(unit)
                leaders.add(target)
            leaders.add(following)
            self._endings[following] = bool(_FALLS_THROUGH[number]), target

    def _blocks(self, starts: list[int]) -> list[BasicBlock]:
        opcodes, regions, endings = self.opcodes, self.regions, self._endings
        block_at = {start: index for index, start in enumerate(starts)}
        blocks: list[BasicBlock] = []
        first = 0
        for index, (start, end) in enumerate(pairwise([*starts, len(opcodes)])):
            falls, target = endings.get(end, (True, -1))
            following = block_at.get(end, -1) if falls else -1
            target = block_at.get(target, -1)
            successors = tuple(dict.fromkeys(n for n in (following, target) if n >= 0))
            region = region_at(regions, start * 2)
            handlers = (block_at[region.handler // 2],) if region else ()
            chunk = opcodes[start:end]
            last = first + 2 * len(chunk.translate(None, _SILENT))
            last -= len(chunk.translate(None, _SILENT + _DOUBLE))
            units = range(start, end)
            blocks.append(BasicBlock(index, first, last, successors, handlers, units))
            first = last
        return blocks
