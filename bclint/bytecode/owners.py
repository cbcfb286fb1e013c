"""Whose attributes a code object changes, from raw bytes: ``os.environ = {}`` is of the name `os`.

The owner is what was loaded right before the store, or what a chain of attributes right before it
starts from. As with `bclint.bytecode.scan`, what is not known is said, and has to be decoded.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress
from types import CodeType
from typing import NamedTuple

from bclint.bytecode.arguments import ATTRIBUTE, LOCAL, NAMED, PAIR, PREFIX, ROWS, Row, slot_names
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.scan import argument_at, holds


class ChangedAttribute(NamedTuple):
    """One store to an attribute, or deletion of one."""

    owner: Operation | None
    """The operation that loads what the attribute's chain starts from; None if it is not known."""
    name: str
    """The variable or global that it loads."""
    attribute: str


def changed_attributes(code: CodeType) -> Iterator[ChangedAttribute]:
    """The attributes that `code` changes, but those of what is certainly no name's: ``f().x = 1``.

    Where paths meet before the store, what stands last counts: ``(a if c else os).x = 1``.
    """
    opcodes = code.co_code[::2]
    if not holds(opcodes, _CHANGES):
        return
    arguments = code.co_code[1::2]
    for unit in compress(range(len(opcodes)), opcodes.translate(_CHANGE_MARKS)):
        start = _before(opcodes, unit)
        if start >= 0 and opcodes[start] in _SWAPS:
            start = _copied(opcodes, arguments, unit)
        while start >= 0 and _reads_attribute(opcodes, arguments, start):
            start = _before(opcodes, start)
        operation, name = _loaded(code, opcodes, arguments, start)
        if operation not in _NAMELESS:
            changed = code.co_names[argument_at(opcodes, arguments, unit)]
            yield ChangedAttribute(operation, name, changed)


def imported_locals(code: CodeType) -> frozenset[str]:
    """The local variables that the code's own import statements may bind, and perhaps others."""
    opcodes = code.co_code[::2]
    if not holds(opcodes, _IMPORTS):
        return frozenset()
    arguments, variables = code.co_code[1::2], slot_names(code)
    return frozenset(
        variables[_first_slot(opcodes, arguments, unit)]
        for unit in compress(range(len(opcodes)), opcodes.translate(_STORE_MARKS))
        if opcodes[_before(opcodes, unit)] in _BEFORE_STORES
    )


def first_arguments(code: CodeType, functions: frozenset[str]) -> Iterator[tuple[bool, str]]:
    """For each load of one of the globals `functions`: whether a local is loaded next, and which.

    That is where the first argument starts: ``setattr(self, "x", 1)`` is told from
    ``setattr(os, "x", 1)``.
    """
    if functions.isdisjoint(code.co_names):
        return
    opcodes, arguments = code.co_code[::2], code.co_code[1::2]
    for unit in compress(range(len(opcodes)), opcodes.translate(_NAME_MARKS)):
        row = ROWS[opcodes[unit]]
        if row is None or code.co_names[argument_at(opcodes, arguments, unit) >> row.flags] not in (
            functions
        ):
            continue
        following = unit + 1
        while following < len(opcodes) and opcodes[following] in _BEFORE_ARGUMENTS:
            following += 1
        first = ROWS[opcodes[following]] if following < len(opcodes) else None
        if first is None or _first(first).reads != LOCAL:
            yield False, ""
        else:
            yield True, slot_names(code)[_first_slot(opcodes, arguments, following)]


def _before(opcodes: bytes, unit: int) -> int:
    """The unit of the instruction before the one at `unit`; -1 for none."""
    unit -= 1
    while unit >= 0 and opcodes[unit] in _SILENT:
        unit -= 1
    return unit


def _copied(opcodes: bytes, arguments: bytes, store: int) -> int:
    """The unit that loads the owner in ``owner.x += …``, else -1.

    It is loaded, copied, and its attribute read, before what is added; a statement of this kind has
    no other in it.
    """
    attribute = argument_at(opcodes, arguments, store)
    for unit in range(store - 1, 0, -1):
        if not _reads_attribute(opcodes, arguments, unit):
            continue
        before = _before(opcodes, unit)
        if before >= 0 and opcodes[before] in _COPIES:
            is_same = _name_of(opcodes, arguments, unit) == attribute
            return _before(opcodes, before) if is_same else -1
    return -1


def _name_of(opcodes: bytes, arguments: bytes, unit: int) -> int:
    row, number = ROWS[opcodes[unit]], argument_at(opcodes, arguments, unit)
    return number >> 1 if row is not None and row.reads == ATTRIBUTE else number


def _reads_attribute(opcodes: bytes, arguments: bytes, unit: int) -> bool:
    row = ROWS[opcodes[unit]]
    if row is not None and row.reads == ATTRIBUTE:
        return not argument_at(opcodes, arguments, unit) & 1
    return row is not None and row.operation is Operation.LOAD_ATTRIBUTE


def _loaded(
    code: CodeType, opcodes: bytes, arguments: bytes, unit: int
) -> tuple[Operation | None, str]:
    """The operation and the name that the instruction at `unit` loads last."""
    row = ROWS[opcodes[unit]] if unit >= 0 else None
    if row is None:
        return None, ""
    number = argument_at(opcodes, arguments, unit)
    if row.reads == PAIR:
        row, number = row.parts[1], number & 15
    if row.reads == LOCAL:
        return row.operation, slot_names(code)[number]
    if row.reads == NAMED and row.operation in _NAMES:
        return row.operation, code.co_names[number >> row.flags]
    return (row.operation if row.operation in _NAMELESS else None), ""


def _first(row: Row) -> Row:
    return row.parts[0] if row.reads == PAIR else row


def _first_slot(opcodes: bytes, arguments: bytes, unit: int) -> int:
    row, number = ROWS[opcodes[unit]], argument_at(opcodes, arguments, unit)
    return number >> 4 if row is not None and row.reads == PAIR else number


_CHANGES = frozenset({Operation.STORE_ATTRIBUTE, Operation.DELETE_ATTRIBUTE})
_NAMES = frozenset({Operation.LOAD_GLOBAL, Operation.LOAD_NAME})
_NAMELESS = frozenset(
    {
        *(Operation.CALL, Operation.CALL_KEYWORDS, Operation.CALL_UNPACKED),
        *(Operation.LOAD_SUBSCRIPT, Operation.BINARY_OPERATION, Operation.LOAD_CONSTANT),
        Operation.LOAD_CELL,
    }
)
"""What loads nothing that can be a module which the file imports under a name."""
_IMPORTS = frozenset({Operation.IMPORT_NAME})
_IMPORT_ENDS = frozenset(
    {
        *(Operation.IMPORT_NAME, Operation.IMPORT_FROM, Operation.POP),
        *(Operation.SWAP, Operation.NOTHING),
    }
)
"""``import a``, ``from a import b``, ``import a.b as c``: what stands before the store."""
_SILENT = frozenset(n for n, row in enumerate(ROWS) if not n or (row and row.reads == PREFIX))
"""Units that are no instruction: inline caches (zeros), and higher bits of arguments."""


def _numbers(wanted: frozenset[Operation]) -> frozenset[int]:
    return frozenset(n for n, row in enumerate(ROWS) if row and _first(row).operation in wanted)


def _marks(wanted: frozenset[Operation]) -> bytes:
    """A table for ``bytes.translate``: one for what starts with one of `wanted`, else zero."""
    numbers = _numbers(wanted)
    return bytes(number in numbers for number in range(256))


_CHANGE_MARKS = _marks(_CHANGES)
_NAME_MARKS = _marks(_NAMES)
_STORE_MARKS = _marks(frozenset({Operation.STORE_LOCAL}))
_BEFORE_STORES = _numbers(_IMPORT_ENDS)
_SWAPS = _numbers(frozenset({Operation.SWAP}))
_COPIES = _numbers(frozenset({Operation.COPY}))
_BEFORE_ARGUMENTS = _SILENT | _numbers(frozenset({Operation.PUSH_NULL, Operation.NOTHING}))
