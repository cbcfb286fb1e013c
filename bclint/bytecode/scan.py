"""Raw bytes first: what a code object cannot hold need not be decoded.

``co_code[::2]`` is the opcodes (inline caches read as zero), so membership of a byte is a search in
C. A scan may say yes too often, never no wrongly.
"""

from __future__ import annotations

import opcode
from collections.abc import Iterator
from functools import cache
from itertools import compress
from types import CodeType

from bclint.bytecode.arguments import NAMED, PREFIX, ROWS
from bclint.bytecode.exceptions import exception_regions
from bclint.bytecode.opcodes import Operation, opcodes_of

Units = tuple[int, int]
"""A half-open range of code units: places in ``co_code[::2]``."""


@cache
def _opcodes(operations: frozenset[Operation]) -> bytes:
    return opcodes_of(operations)


@cache
def _marks(numbers: bytes) -> bytes:
    """A table for ``bytes.translate`` that leaves a one for each of `numbers`, else zero."""
    return bytes(number in numbers for number in range(256))


def _jumps_back(*, quiet: bool) -> bytes:
    return bytes(
        number
        for name, number in opcode.opmap.items()
        if number < 256
        and "BACKWARD" in name
        and "INSTRUMENTED" not in name
        and (quiet or "NO_INTERRUPT" not in name)
    )


_BACK_EDGES = _jumps_back(quiet=False)
"""Backward jumps that close loops of the source (not those that drive a coroutine)."""
_BACKWARD = _jumps_back(quiet=True)
_PREFIXES = frozenset(number for number, row in enumerate(ROWS) if row and row.reads == PREFIX)


def _holds(opcodes: bytes, wanted: bytes) -> bool:
    return len(opcodes.translate(None, wanted)) != len(opcodes)


def holds(opcodes: bytes, operations: frozenset[Operation]) -> bool:
    """Whether one of `operations` may be carried out by one of `opcodes`."""
    return _holds(opcodes, _opcodes(operations))


def performs(code: CodeType, operations: frozenset[Operation]) -> bool:
    """Whether the code may hold one of `operations`."""
    return _holds(code.co_code[::2], _opcodes(operations))


def loops(code: CodeType) -> bool:
    """Whether the code holds a backward jump that may close a loop of the source."""
    return _holds(code.co_code[::2], _BACK_EDGES)


def in_loops(code: CodeType) -> bytes:
    """The opcodes of all that a loop of the source may run, and of some that none does."""
    opcodes = code.co_code[::2]
    return b"".join(opcodes[start:end] for start, end in loop_units(code))


def loop_units(code: CodeType) -> list[Units]:
    """Where the code holds what a loop of the source may run, and some that none does, in order.

    Whoever goes round comes back by backward jumps, so the ranges that these jump over hold all
    loops. (A handler stands behind what it protects; were it otherwise, it would count as well.)
    """
    opcodes = code.co_code[::2]
    if not _holds(opcodes, _BACK_EDGES):
        return []
    jumped = [(unit + 1 - distance, unit + 1) for unit, distance in _backward_jumps(code, opcodes)]
    jumped += (
        (region.handler // 2, region.end // 2)
        for region in exception_regions(code.co_exceptiontable)
        if region.handler < region.end
    )
    return _united(jumped)


def _backward_jumps(code: CodeType, opcodes: bytes) -> Iterator[tuple[int, int]]:
    """Each backward jump: its unit, and at least how many units before the next its target is."""
    arguments = code.co_code[1::2]
    for unit in compress(range(len(opcodes)), opcodes.translate(_marks(_BACKWARD))):
        yield unit, argument_at(opcodes, arguments, unit)


def argument_at(opcodes: bytes, arguments: bytes, unit: int) -> int:
    """The argument of the instruction at `unit`, with the higher bits of the units before it."""
    number, shift = arguments[unit], 8
    while unit and opcodes[unit - 1] in _PREFIXES:
        unit -= 1
        number |= arguments[unit] << shift
        shift += 8
    return number


def _united(ranges: list[Units]) -> list[Units]:
    """The ranges in order, those that overlap as one."""
    found: list[Units] = []
    for start, end in sorted(ranges):
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((max(start, 0), end))
    return found


def names(code: CodeType, operations: frozenset[Operation]) -> Iterator[tuple[int, str]]:
    """The unit and the name of each instruction that carries out one of `operations`.

    Only of operations on names; where an opcode stands for several, all of them are given.
    """
    opcodes = code.co_code[::2]
    wanted = _opcodes(operations)
    if not _holds(opcodes, wanted):
        return
    arguments = code.co_code[1::2]
    for unit in compress(range(len(opcodes)), opcodes.translate(_marks(wanted))):
        row = ROWS[opcodes[unit]]
        if row is not None and row.reads == NAMED:
            yield unit, code.co_names[argument_at(opcodes, arguments, unit) >> row.flags]


def imports(code: CodeType) -> Iterator[tuple[str, str]]:
    """Each module that the code imports, as written, with a name that this may bind.

    Perhaps others, which are given with the module that was imported last.
    """
    opcodes = code.co_code[::2]
    if not _holds(opcodes, _opcodes(_IMPORTS)):
        return
    module = ""
    for unit, name in names(code, _IMPORTS | _NAME_STORES):
        row = ROWS[opcodes[unit]]
        if row is not None and row.operation is Operation.IMPORT_NAME:
            module = name
            continue
        before = unit - 1
        while before >= 0 and (not opcodes[before] or opcodes[before] in _PREFIXES):
            before -= 1
        if opcodes[before] in _BEFORE_STORES:
            yield module, name


_IMPORTS = frozenset({Operation.IMPORT_NAME})
_NAME_STORES = frozenset({Operation.STORE_NAME, Operation.STORE_GLOBAL})
_BEFORE_STORES = frozenset(
    opcodes_of(
        frozenset(
            {
                *(Operation.IMPORT_NAME, Operation.IMPORT_FROM, Operation.POP),
                *(Operation.SWAP, Operation.NOTHING),
            }
        )
    )
)
"""``import a``, ``from a import b``, ``import a.b as c``: what stands before the store."""
_OPTIMIZED = 0x01  # inspect.CO_OPTIMIZED; importing inspect would cost more than a lint


def has_fast_locals(code: CodeType) -> bool:
    """Whether the code object is a function: a module's and a class's names are looked up."""
    return bool(code.co_flags & _OPTIMIZED)
