"""Questions of rules about the raw bytes of loops, answered in C before anything is decoded.

A rule that is about ``s += t`` need not look at a function that nowhere stores a sum. As with
`bclint.bytecode.scan`, an answer may be yes too often, never no wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property
from itertools import compress
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.arguments import ATTRIBUTE, CONSTANT, FIXED, PREFIX, ROWS, Row
from bclint.bytecode.opcodes import BINARY_SYMBOLS, Operation
from bclint.bytecode.scan import argument_at, loop_units

Operations = frozenset[Operation]
UNKNOWN = object()
"""What is no constant."""


class RawLoops:
    """The raw bytes of one function's loops."""

    def __init__(self, function: Function) -> None:
        """Look at `function`; what it holds is searched when asked."""
        self._code = function.code
        self._opcodes = function.code.co_code[::2]

    @classmethod
    def of(cls, function: Function) -> Self:
        """The raw loops of one function."""
        return cls(function)

    @cached_property
    def _arguments(self) -> bytes:
        return self._code.co_code[1::2]

    def followed(self, first: Operations, passed: Operations, last: Operations) -> Iterator[int]:
        """The units of each of `first` that one of `last` follows, with only `passed` between."""
        search, is_first, is_last = _sequence(first, passed, last)
        opcodes = self._opcodes
        for start, end in loop_units(self._code):
            # What follows may stand behind the last backward jump.
            for run in search.finditer(opcodes, start):
                if run.start() >= end:
                    break
                marked = opcodes[run.start() : run.end() + 1].translate(is_last)
                units = range(run.start(), run.start() + marked.rfind(1))
                yield from compress(units, opcodes[units.start : units.stop].translate(is_first))

    def symbol(self, unit: int) -> str:
        """The operator of the binary operation at `unit`; empty for another instruction."""
        row = ROWS[self._opcodes[unit]]
        if row is None or row.operation is not Operation.BINARY_OPERATION:
            return ""
        return BINARY_SYMBOLS[argument_at(self._opcodes, self._arguments, unit)]

    def reads_attribute(self, name: str) -> bool:
        """Whether the function, in a loop or not, reads `name` otherwise than to call it."""
        code, opcodes = self._code, self._opcodes
        for unit in compress(range(len(opcodes)), opcodes.translate(_ATTRIBUTES)):
            row, number = ROWS[opcodes[unit]], argument_at(opcodes, self._arguments, unit)
            if row is not None and row.reads == ATTRIBUTE:
                if not number & 1 and code.co_names[number >> 1] == name:
                    return True
            elif row is not None and code.co_names[number >> row.flags] == name:
                return True
        return False

    def symbols(self) -> frozenset[str]:
        """The operators of all binary operations of the function, in loops or not."""
        units = compress(range(len(self._opcodes)), self._opcodes.translate(_BINARY))
        return frozenset(self.symbol(unit) for unit in units)

    def constant(self, unit: int) -> object:
        """The constant that the instruction at `unit` loads; `UNKNOWN` if it loads none."""
        row = ROWS[self._opcodes[unit]]
        if row is None or row.operation is not Operation.LOAD_CONSTANT:
            return UNKNOWN
        number = argument_at(self._opcodes, self._arguments, unit)
        if row.reads == CONSTANT:
            return self._code.co_consts[number]
        if row.resolve is not None:
            return row.resolve(number)[1]
        return row.detail if row.reads == FIXED else number

    def constant_before(self, unit: int) -> object:
        """The constant that is loaded right before `unit`, else `UNKNOWN`."""
        before = unit - 1
        while before >= 0 and self._opcodes[before] in _SILENT:
            before -= 1
        return self.constant(before) if before >= 0 else UNKNOWN


_BINARY = bytes(bool(row and row.operation is Operation.BINARY_OPERATION) for row in ROWS)
_ATTRIBUTES = bytes(bool(row and row.operation is Operation.LOAD_ATTRIBUTE) for row in ROWS)
_SILENT = frozenset(n for n, row in enumerate(ROWS) if not n or (row and row.reads == PREFIX))
"""Units that are no instruction: inline caches (zeros), and higher bits of arguments."""


@cache
def _sequence(
    first: Operations, passed: Operations, last: Operations
) -> tuple[re.Pattern[bytes], bytes, bytes]:
    """What finds one of `first` with all of `passed` behind it, and the marks of first and last.

    Each run is looked at once, however many of `first` are in it: the time is linear.
    """
    starts = {n for n, row in enumerate(ROWS) if row and _any_in(row, first)}
    between = {n for n, row in enumerate(ROWS) if row and _all_in(row, passed)} | _SILENT
    ends = {n for n, row in enumerate(ROWS) if row and _starts_with(row, last, passed)}
    search = re.compile(_one_of(starts) + _one_of(between) + b"*+", re.DOTALL)
    return search, _marks(starts), _marks(ends)


def _marks(opcodes: set[int]) -> bytes:
    """A table for ``bytes.translate`` that leaves a one for each of `opcodes`, else zero."""
    return bytes(number in opcodes for number in range(256))


def _one_of(opcodes: set[int]) -> bytes:
    return b"[" + b"".join(b"\\x%02x" % number for number in sorted(opcodes)) + b"]"


def _any_in(row: Row, wanted: Operations) -> bool:
    return any(_may_be(part, wanted) for part in row.parts or (row,))


def _all_in(row: Row, wanted: Operations) -> bool:
    return all(_may_be(part, wanted) for part in row.parts or (row,))


def _starts_with(row: Row, wanted: Operations, passed: Operations) -> bool:
    """Whether the instruction, or the second half of it behind one of `passed`, is in `wanted`."""
    first, *others = row.parts or (row,)
    return _may_be(first, wanted) or (
        _may_be(first, passed) and any(_may_be(other, wanted) for other in others)
    )


def _may_be(row: Row, wanted: Operations) -> bool:
    if row.operation in wanted:
        return True
    if row.reads == ATTRIBUTE:  # the argument tells which of the two it is
        return Operation.LOAD_METHOD in wanted
    is_subscript = row.operation is Operation.BINARY_OPERATION  # since 3.14, by its argument
    return is_subscript and Operation.LOAD_SUBSCRIPT in wanted
