"""What raw arguments mean: one row for each opcode number of the running interpreter.

A row says how the argument is read: as a place in one of the code object's tables, or by a table
of its own. Decoding is then a matter of looking up, the same on every version.
"""

from __future__ import annotations

import dis
from collections.abc import Callable
from types import CodeType
from typing import NamedTuple

from bclint.bytecode import versions
from bclint.bytecode.opcodes import BINARY_SYMBOLS, NAMES, PAIRS, SHAPES, Operation, Shape

Resolved = tuple[Operation, object]

COMMON_CONSTANTS: list[object] = getattr(dis, "_common_constants", [])
"""What LOAD_COMMON_CONSTANT loads (3.14); only ``dis`` has the table for Python code."""

# How an argument is read. Plain numbers: they are compared for every instruction of a file.
NUMBER = 0
"""As it stands."""
FIXED = 1
"""The opcode says all: `Row.detail` is the argument."""
SLOT = 2
"""The name of a variable."""
LOCAL = 3
"""A local's name; since 3.13 loading a cell itself is spelled as loading a local."""
CONSTANT = 4
NAMED = 5
"""One of the names, whose low `Row.flags` bits are flags."""
ATTRIBUTE = 6
"""One of the names; the low bit asks for a method."""
RESOLVED = 7
"""`Row.resolve` gives operation and argument."""
PAIR = 8
"""Two instructions in one: `Row.parts`, with four bits of the argument each."""
CONSTANT_RETURN = 9
"""``RETURN_CONST``: `Row.parts` load the constant and return it."""
PREFIX = 10
"""Higher bits of the next instruction's argument."""


class Row(NamedTuple):
    """One opcode: its operation, and how its argument is read."""

    reads: int
    operation: Operation
    shape: Shape
    scale: int = 0
    """Bytes that a jump goes for each unit of its argument, negative backwards; 0 for no jump."""
    flags: int = 0
    detail: object = None
    resolve: Callable[[int], Resolved] | None = None
    parts: tuple[Row, ...] = ()


def slot_names(code: CodeType) -> tuple[str, ...]:
    """Names by slot: variables, cells that are not variables too, free variables.

    ``Objects/codeobject.c``: ``co_localsplusnames``, which Python code cannot read whole.
    """
    variables = code.co_varnames
    if code.co_cellvars:
        own = set(variables)
        variables += tuple(name for name in code.co_cellvars if name not in own)
    return variables + code.co_freevars


def _binary(number: int) -> Resolved:
    symbol = BINARY_SYMBOLS[number]
    operation = Operation.LOAD_SUBSCRIPT if symbol == "[]" else Operation.BINARY_OPERATION
    return operation, symbol


_INTRINSIC_STAR_IMPORT = 2
_INTRINSIC_UNARY_POSITIVE = 5
_INTRINSIC_LIST_TO_TUPLE = 6


def _intrinsic(number: int) -> Resolved:
    """Since 3.12 some instructions are calls of intrinsics (``pycore_intrinsics.h``)."""
    if number == _INTRINSIC_STAR_IMPORT:
        return Operation.IMPORT_STAR, number
    if number == _INTRINSIC_UNARY_POSITIVE:
        return Operation.UNARY_OPERATION, "+"
    if number == _INTRINSIC_LIST_TO_TUPLE:
        return Operation.LIST_TO_TUPLE, number
    return Operation.CALL_INTRINSIC, number


def _compare(number: int) -> Resolved:
    return Operation.COMPARE, dis.cmp_op[number >> versions.COMPARE_OPERATOR_SHIFT]


def _contains(number: int) -> Resolved:
    return Operation.CONTAINS, "not in" if number & 1 else "in"


def _is(number: int) -> Resolved:
    return Operation.IS, "is not" if number & 1 else "is"


def _common_constant(number: int) -> Resolved:
    return Operation.LOAD_CONSTANT, COMMON_CONSTANTS[number]


_RESOLVERS: dict[str, Callable[[int], Resolved]] = {
    "BINARY_OP": _binary,
    "CALL_INTRINSIC_1": _intrinsic,
    "COMPARE_OP": _compare,
    "CONTAINS_OP": _contains,
    "IS_OP": _is,
    "LOAD_COMMON_CONSTANT": _common_constant,
}
_FIXED: dict[str, object] = {
    "UNARY_NEGATIVE": "-",
    "UNARY_POSITIVE": "+",
    "UNARY_INVERT": "~",
    "LOAD_ASSERTION_ERROR": AssertionError,
}
_SLOTS = frozenset(
    {
        Operation.STORE_LOCAL,
        Operation.DELETE_LOCAL,
        Operation.LOAD_AND_CLEAR_LOCAL,
        Operation.LOAD_CELL,
        Operation.STORE_CELL,
        Operation.DELETE_CELL,
        Operation.LOAD_CLOSURE,
    }
)
_NAMED: dict[Operation, int] = {
    Operation.STORE_GLOBAL: 0,
    Operation.DELETE_GLOBAL: 0,
    Operation.LOAD_NAME: 0,
    Operation.STORE_NAME: 0,
    Operation.DELETE_NAME: 0,
    Operation.LOAD_METHOD: 0,
    Operation.LOAD_ATTRIBUTE: 0,
    Operation.STORE_ATTRIBUTE: 0,
    Operation.DELETE_ATTRIBUTE: 0,
    Operation.IMPORT_FROM: 0,
    Operation.LOAD_GLOBAL: 1,
    Operation.IMPORT_NAME: versions.IMPORT_NAME_SHIFT,
    Operation.LOAD_SUPER_ATTRIBUTE: 2,
}
"""Operations on names, each with the count of flag bits below the name."""
_JUMPS = frozenset(
    {
        Operation.JUMP,
        Operation.JUMP_QUIETLY,
        Operation.JUMP_IF,
        Operation.JUMP_IF_OR_POP,
        Operation.FOR_ITERATE,
        Operation.SEND,
    }
)


def _row(name: str) -> Row | None:
    """The row of the opcode with that name; None where the table of instructions has none."""
    if name == "EXTENDED_ARG":
        return Row(PREFIX, Operation.NOTHING, SHAPES["NOP"])
    if name == "RETURN_CONST":
        return _composed(CONSTANT_RETURN, ("LOAD_CONST", "RETURN_VALUE"))
    if name in PAIRS:
        return _composed(PAIR, PAIRS[name])
    shape = SHAPES.get(name)
    if shape is None:
        return None
    row = Row(NUMBER, shape.operation, shape)
    if shape.operation in _JUMPS:
        row = row._replace(scale=-2 if "BACKWARD" in name else 2)
    return _reading(name, row)


def _composed(reads: int, names: tuple[str, str]) -> Row:
    parts = tuple(row for row in map(_row, names) if row)
    return Row(reads, parts[0].operation, parts[0].shape, parts=parts)


def _reading(name: str, row: Row) -> Row:
    """`row` with how its argument is read."""
    operation = row.operation
    if name in _RESOLVERS:
        return row._replace(reads=RESOLVED, resolve=_RESOLVERS[name])
    if name in _FIXED:
        return row._replace(reads=FIXED, detail=_FIXED[name])
    if operation in {Operation.JUMP_IF, Operation.JUMP_IF_OR_POP}:
        condition = name.removesuffix("_OR_POP").rpartition("IF_")[2].lower().replace("_", " ")
        return row._replace(reads=FIXED, detail=condition)
    if name == "LOAD_ATTR" and versions.ATTRIBUTE_NAME_SHIFT:
        return row._replace(reads=ATTRIBUTE)
    if operation is Operation.LOAD_LOCAL:
        return row._replace(reads=LOCAL)
    if operation in _SLOTS:
        return row._replace(reads=SLOT)
    if operation in _NAMED:
        return row._replace(reads=NAMED, flags=_NAMED[operation])
    if name in {"LOAD_CONST", "KW_NAMES"}:
        return row._replace(reads=CONSTANT)
    return row


ROWS: tuple[Row | None, ...] = tuple(_row(name) for name in NAMES)
"""The row of each opcode number; None for numbers that no instruction of the table has."""
