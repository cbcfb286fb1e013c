"""The one table of instructions: every version's opcodes under normalised operations.

Each opcode name of CPython 3.11 to 3.15 has one row: its operation and how many values it takes
from the operand stack and leaves there. A name that the running interpreter lacks is skipped, a
name that the table lacks makes the function undecodable, which is said and not guessed.
"""

from __future__ import annotations

import enum
import opcode
from collections.abc import Callable
from dataclasses import dataclass

from bclint.bytecode import versions


class Operation(enum.IntEnum):
    """What an instruction does, whatever a version calls it."""

    NOTHING = enum.auto()
    LOAD_LOCAL = enum.auto()
    STORE_LOCAL = enum.auto()
    DELETE_LOCAL = enum.auto()
    LOAD_AND_CLEAR_LOCAL = enum.auto()
    LOAD_CELL = enum.auto()
    STORE_CELL = enum.auto()
    DELETE_CELL = enum.auto()
    LOAD_CLOSURE = enum.auto()
    LOAD_GLOBAL = enum.auto()
    STORE_GLOBAL = enum.auto()
    DELETE_GLOBAL = enum.auto()
    LOAD_NAME = enum.auto()
    STORE_NAME = enum.auto()
    DELETE_NAME = enum.auto()
    LOAD_CONSTANT = enum.auto()
    LOAD_ATTRIBUTE = enum.auto()
    LOAD_METHOD = enum.auto()
    LOAD_SUPER_ATTRIBUTE = enum.auto()
    STORE_ATTRIBUTE = enum.auto()
    DELETE_ATTRIBUTE = enum.auto()
    LOAD_SUBSCRIPT = enum.auto()
    LOAD_SLICE = enum.auto()
    STORE_SUBSCRIPT = enum.auto()
    STORE_SLICE = enum.auto()
    DELETE_SUBSCRIPT = enum.auto()
    BINARY_OPERATION = enum.auto()
    UNARY_OPERATION = enum.auto()
    NOT = enum.auto()
    COMPARE = enum.auto()
    CONTAINS = enum.auto()
    IS = enum.auto()
    TO_BOOL = enum.auto()
    CALL = enum.auto()
    CALL_KEYWORDS = enum.auto()
    CALL_UNPACKED = enum.auto()
    CALL_INTRINSIC = enum.auto()
    KEYWORD_NAMES = enum.auto()
    PUSH_NULL = enum.auto()
    BUILD_TUPLE = enum.auto()
    BUILD_LIST = enum.auto()
    BUILD_SET = enum.auto()
    BUILD_MAP = enum.auto()
    BUILD_CONSTANT_KEY_MAP = enum.auto()
    BUILD_STRING = enum.auto()
    BUILD_SLICE = enum.auto()
    BUILD_TEMPLATE = enum.auto()
    LIST_TO_TUPLE = enum.auto()
    LIST_EXTEND = enum.auto()
    SET_UPDATE = enum.auto()
    MAP_UPDATE = enum.auto()
    LIST_APPEND = enum.auto()
    SET_ADD = enum.auto()
    MAP_ADD = enum.auto()
    FORMAT = enum.auto()
    MAKE_FUNCTION = enum.auto()
    SET_FUNCTION_ATTRIBUTE = enum.auto()
    LOAD_BUILD_CLASS = enum.auto()
    IMPORT_NAME = enum.auto()
    IMPORT_FROM = enum.auto()
    IMPORT_STAR = enum.auto()
    GET_ITERATOR = enum.auto()
    FOR_ITERATE = enum.auto()
    END_FOR = enum.auto()
    POP_ITERATOR = enum.auto()
    GET_ASYNC_ITERATOR = enum.auto()
    GET_ASYNC_NEXT = enum.auto()
    END_ASYNC_FOR = enum.auto()
    GET_AWAITABLE = enum.auto()
    SEND = enum.auto()
    END_SEND = enum.auto()
    YIELD = enum.auto()
    UNPACK = enum.auto()
    COPY = enum.auto()
    SWAP = enum.auto()
    POP = enum.auto()
    JUMP = enum.auto()
    JUMP_QUIETLY = enum.auto()
    JUMP_IF = enum.auto()
    JUMP_IF_OR_POP = enum.auto()
    RETURN = enum.auto()
    RAISE = enum.auto()
    RERAISE = enum.auto()
    PUSH_EXCEPTION = enum.auto()
    POP_EXCEPTION = enum.auto()
    MATCH_EXCEPTION = enum.auto()
    ENTER_WITH = enum.auto()
    EXIT_WITH = enum.auto()
    LOAD_SPECIAL = enum.auto()
    MATCH_PATTERN = enum.auto()
    OTHER = enum.auto()


Count = int | Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Shape:
    """One row: the operation, and the counts of values that it pops and pushes.

    `jump_pushes` is the count along the jump where that differs from falling through.
    """

    operation: Operation
    pops: Count
    pushes: Count
    jump_pushes: Count | None = None

    def popped(self, argument: int) -> int:
        """How many values the instruction takes with this raw argument."""
        return self.pops if isinstance(self.pops, int) else self.pops(argument)

    def pushed(self, argument: int, *, jump: bool = False) -> int:
        """How many values it leaves, along its jump or falling through."""
        count = self.jump_pushes if jump and self.jump_pushes is not None else self.pushes
        return count if isinstance(count, int) else count(argument)


def _all(argument: int) -> int:
    return argument


def _with_method_bit(argument: int) -> int:
    return 1 + (argument & 1)


def _function_parts(argument: int) -> int:
    return argument.bit_count() if versions.FUNCTION_FLAGS_IN_ARGUMENT else 0


def _unpacked_call(argument: int) -> int:
    return 3 + (argument & 1) if versions.UNPACKED_CALL_HAS_FLAG else 4


_O = Operation
_ATTRIBUTE_BIT: Count = _with_method_bit if versions.ATTRIBUTE_NAME_SHIFT else 1
_SLOTS = versions.ITERATOR_SLOTS
_SEND = versions.SEND_SLOTS

SHAPES: dict[str, Shape] = {
    "CACHE": Shape(_O.NOTHING, 0, 0),
    "NOP": Shape(_O.NOTHING, 0, 0),
    "NOT_TAKEN": Shape(_O.NOTHING, 0, 0),
    "RESUME": Shape(_O.NOTHING, 0, 0),
    "PRECALL": Shape(_O.NOTHING, 0, 0),
    "MAKE_CELL": Shape(_O.NOTHING, 0, 0),
    "COPY_FREE_VARS": Shape(_O.NOTHING, 0, 0),
    "SETUP_ANNOTATIONS": Shape(_O.NOTHING, 0, 0),
    "ASYNC_GEN_WRAP": Shape(_O.OTHER, 1, 1),
    "RETURN_GENERATOR": Shape(_O.OTHER, 0, 1),
    # names
    "LOAD_FAST": Shape(_O.LOAD_LOCAL, 0, 1),
    "LOAD_FAST_BORROW": Shape(_O.LOAD_LOCAL, 0, 1),
    "LOAD_FAST_CHECK": Shape(_O.LOAD_LOCAL, 0, 1),
    "LOAD_FAST_AND_CLEAR": Shape(_O.LOAD_AND_CLEAR_LOCAL, 0, 1),
    "STORE_FAST": Shape(_O.STORE_LOCAL, 1, 0),
    "DELETE_FAST": Shape(_O.DELETE_LOCAL, 0, 0),
    "LOAD_DEREF": Shape(_O.LOAD_CELL, 0, 1),
    "LOAD_CLASSDEREF": Shape(_O.LOAD_CELL, 0, 1),
    "LOAD_FROM_DICT_OR_DEREF": Shape(_O.LOAD_CELL, 1, 1),
    "STORE_DEREF": Shape(_O.STORE_CELL, 1, 0),
    "DELETE_DEREF": Shape(_O.DELETE_CELL, 0, 0),
    "LOAD_CLOSURE": Shape(_O.LOAD_CLOSURE, 0, 1),
    "LOAD_GLOBAL": Shape(_O.LOAD_GLOBAL, 0, _with_method_bit),
    "STORE_GLOBAL": Shape(_O.STORE_GLOBAL, 1, 0),
    "DELETE_GLOBAL": Shape(_O.DELETE_GLOBAL, 0, 0),
    "LOAD_NAME": Shape(_O.LOAD_NAME, 0, 1),
    "LOAD_FROM_DICT_OR_GLOBALS": Shape(_O.LOAD_NAME, 1, 1),
    "LOAD_LOCALS": Shape(_O.OTHER, 0, 1),
    "STORE_NAME": Shape(_O.STORE_NAME, 1, 0),
    "DELETE_NAME": Shape(_O.DELETE_NAME, 0, 0),
    "LOAD_CONST": Shape(_O.LOAD_CONSTANT, 0, 1),
    "LOAD_SMALL_INT": Shape(_O.LOAD_CONSTANT, 0, 1),
    "LOAD_COMMON_CONSTANT": Shape(_O.LOAD_CONSTANT, 0, 1),
    "LOAD_ASSERTION_ERROR": Shape(_O.LOAD_CONSTANT, 0, 1),
    # attributes and items
    "LOAD_ATTR": Shape(_O.LOAD_ATTRIBUTE, 1, _ATTRIBUTE_BIT),
    "LOAD_METHOD": Shape(_O.LOAD_METHOD, 1, 2),
    "LOAD_SUPER_ATTR": Shape(_O.LOAD_SUPER_ATTRIBUTE, 3, _with_method_bit),
    "STORE_ATTR": Shape(_O.STORE_ATTRIBUTE, 2, 0),
    "DELETE_ATTR": Shape(_O.DELETE_ATTRIBUTE, 1, 0),
    "BINARY_SUBSCR": Shape(_O.LOAD_SUBSCRIPT, 2, 1),
    "BINARY_SLICE": Shape(_O.LOAD_SLICE, 3, 1),
    "STORE_SUBSCR": Shape(_O.STORE_SUBSCRIPT, 3, 0),
    "STORE_SLICE": Shape(_O.STORE_SLICE, 4, 0),
    "DELETE_SUBSCR": Shape(_O.DELETE_SUBSCRIPT, 2, 0),
    # operators
    "BINARY_OP": Shape(_O.BINARY_OPERATION, 2, 1),
    "UNARY_NEGATIVE": Shape(_O.UNARY_OPERATION, 1, 1),
    "UNARY_POSITIVE": Shape(_O.UNARY_OPERATION, 1, 1),
    "UNARY_INVERT": Shape(_O.UNARY_OPERATION, 1, 1),
    "UNARY_NOT": Shape(_O.NOT, 1, 1),
    "COMPARE_OP": Shape(_O.COMPARE, 2, 1),
    "CONTAINS_OP": Shape(_O.CONTAINS, 2, 1),
    "IS_OP": Shape(_O.IS, 2, 1),
    "TO_BOOL": Shape(_O.TO_BOOL, 1, 1),
    # calls
    "PUSH_NULL": Shape(_O.PUSH_NULL, 0, 1),
    "KW_NAMES": Shape(_O.KEYWORD_NAMES, 0, 0),
    "CALL": Shape(_O.CALL, lambda argument: argument + 2, 1),
    "CALL_KW": Shape(_O.CALL_KEYWORDS, lambda argument: argument + 3, 1),
    "CALL_FUNCTION_EX": Shape(_O.CALL_UNPACKED, _unpacked_call, 1),
    "CALL_INTRINSIC_1": Shape(_O.CALL_INTRINSIC, 1, 1),
    "CALL_INTRINSIC_2": Shape(_O.CALL_INTRINSIC, 2, 1),
    # building
    "BUILD_TUPLE": Shape(_O.BUILD_TUPLE, _all, 1),
    "BUILD_LIST": Shape(_O.BUILD_LIST, _all, 1),
    "BUILD_SET": Shape(_O.BUILD_SET, _all, 1),
    "BUILD_MAP": Shape(_O.BUILD_MAP, lambda argument: 2 * argument, 1),
    "BUILD_CONST_KEY_MAP": Shape(_O.BUILD_CONSTANT_KEY_MAP, lambda argument: argument + 1, 1),
    "BUILD_STRING": Shape(_O.BUILD_STRING, _all, 1),
    "BUILD_SLICE": Shape(_O.BUILD_SLICE, lambda argument: 3 if argument == 3 else 2, 1),
    "BUILD_TEMPLATE": Shape(_O.BUILD_TEMPLATE, 2, 1),
    "BUILD_INTERPOLATION": Shape(_O.BUILD_TEMPLATE, lambda argument: 2 + (argument & 1), 1),
    "LIST_TO_TUPLE": Shape(_O.LIST_TO_TUPLE, 1, 1),
    "LIST_EXTEND": Shape(_O.LIST_EXTEND, 1, 0),
    "SET_UPDATE": Shape(_O.SET_UPDATE, 1, 0),
    "DICT_UPDATE": Shape(_O.MAP_UPDATE, 1, 0),
    "DICT_MERGE": Shape(_O.MAP_UPDATE, 1, 0),
    "LIST_APPEND": Shape(_O.LIST_APPEND, 1, 0),
    "SET_ADD": Shape(_O.SET_ADD, 1, 0),
    "MAP_ADD": Shape(_O.MAP_ADD, 2, 0),
    "FORMAT_VALUE": Shape(
        _O.FORMAT, lambda argument: 2 if argument & versions.FORMAT_SPEC_FLAG else 1, 1
    ),
    "FORMAT_SIMPLE": Shape(_O.FORMAT, 1, 1),
    "FORMAT_WITH_SPEC": Shape(_O.FORMAT, 2, 1),
    "CONVERT_VALUE": Shape(_O.FORMAT, 1, 1),
    "MAKE_FUNCTION": Shape(_O.MAKE_FUNCTION, lambda argument: 1 + _function_parts(argument), 1),
    "SET_FUNCTION_ATTRIBUTE": Shape(_O.SET_FUNCTION_ATTRIBUTE, 2, 1),
    "LOAD_BUILD_CLASS": Shape(_O.LOAD_BUILD_CLASS, 0, 1),
    # modules and names from them
    "IMPORT_NAME": Shape(_O.IMPORT_NAME, 2, 1),
    "IMPORT_FROM": Shape(_O.IMPORT_FROM, 1, 2),
    "IMPORT_STAR": Shape(_O.IMPORT_STAR, 1, 0),
    # iteration and suspension
    "GET_ITER": Shape(_O.GET_ITERATOR, 1, _SLOTS),
    "GET_YIELD_FROM_ITER": Shape(_O.GET_AWAITABLE, 1, 1),
    "FOR_ITER": Shape(
        _O.FOR_ITERATE,
        _SLOTS,
        _SLOTS + 1,
        jump_pushes=0 if versions.EXHAUSTED_FOR_POPS_ITERATOR else None,
    ),
    "END_FOR": Shape(_O.END_FOR, versions.END_FOR_POPS, 0),
    "POP_ITER": Shape(_O.POP_ITERATOR, _SLOTS, 0),
    "GET_AITER": Shape(_O.GET_ASYNC_ITERATOR, 1, 1),
    "GET_ANEXT": Shape(_O.GET_ASYNC_NEXT, 1, 2),
    "END_ASYNC_FOR": Shape(_O.END_ASYNC_FOR, 2, 0),
    "GET_AWAITABLE": Shape(_O.GET_AWAITABLE, 1, 1),
    "SEND": Shape(
        _O.SEND,
        _SEND + 1,
        _SEND + 1,
        jump_pushes=1 if versions.SEND_JUMP_POPS else None,
    ),
    "END_SEND": Shape(_O.END_SEND, _SEND + 1, 1),
    "CLEANUP_THROW": Shape(_O.OTHER, 3 if _SEND == 1 else 4, 2 if _SEND == 1 else 3),
    "YIELD_VALUE": Shape(_O.YIELD, 1, 1),
    "UNPACK_SEQUENCE": Shape(_O.UNPACK, 1, _all),
    "UNPACK_EX": Shape(_O.UNPACK, 1, lambda argument: 1 + (argument & 0xFF) + (argument >> 8)),
    # the stack itself
    "COPY": Shape(_O.COPY, _all, lambda argument: argument + 1),
    "SWAP": Shape(_O.SWAP, _all, _all),
    "POP_TOP": Shape(_O.POP, 1, 0),
    # jumps
    "JUMP_FORWARD": Shape(_O.JUMP, 0, 0),
    "JUMP_BACKWARD": Shape(_O.JUMP, 0, 0),
    "JUMP_BACKWARD_NO_INTERRUPT": Shape(_O.JUMP_QUIETLY, 0, 0),
    **{
        f"POP_JUMP_{direction}IF_{condition}": Shape(_O.JUMP_IF, 1, 0)
        for direction in ("", "FORWARD_", "BACKWARD_")
        for condition in ("TRUE", "FALSE", "NONE", "NOT_NONE")
    },
    "JUMP_IF_TRUE_OR_POP": Shape(_O.JUMP_IF_OR_POP, 1, 0, jump_pushes=1),
    "JUMP_IF_FALSE_OR_POP": Shape(_O.JUMP_IF_OR_POP, 1, 0, jump_pushes=1),
    "RETURN_VALUE": Shape(_O.RETURN, 1, 0),
    "RAISE_VARARGS": Shape(_O.RAISE, _all, 0),
    "RERAISE": Shape(_O.RERAISE, 1, 0),
    # exceptions, with, match
    "PUSH_EXC_INFO": Shape(_O.PUSH_EXCEPTION, 1, 2),
    "POP_EXCEPT": Shape(_O.POP_EXCEPTION, 1, 0),
    "CHECK_EXC_MATCH": Shape(_O.MATCH_EXCEPTION, 2, 2),
    "CHECK_EG_MATCH": Shape(_O.MATCH_EXCEPTION, 2, 2),
    "PREP_RERAISE_STAR": Shape(_O.OTHER, 2, 1),
    "BEFORE_WITH": Shape(_O.ENTER_WITH, 1, 2),
    "BEFORE_ASYNC_WITH": Shape(_O.ENTER_WITH, 1, 2),
    "LOAD_SPECIAL": Shape(_O.LOAD_SPECIAL, 1, 2),
    "WITH_EXCEPT_START": Shape(_O.EXIT_WITH, 0, 1),
    "GET_LEN": Shape(_O.MATCH_PATTERN, 1, 2),
    "MATCH_MAPPING": Shape(_O.MATCH_PATTERN, 1, 2),
    "MATCH_SEQUENCE": Shape(_O.MATCH_PATTERN, 1, 2),
    "MATCH_KEYS": Shape(_O.MATCH_PATTERN, 2, 3),
    "MATCH_CLASS": Shape(_O.MATCH_PATTERN, 3, 1),
    "PRINT_EXPR": Shape(_O.OTHER, 1, 0),
}

PAIRS: dict[str, tuple[str, str]] = {
    "LOAD_FAST_LOAD_FAST": ("LOAD_FAST", "LOAD_FAST"),
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW": ("LOAD_FAST", "LOAD_FAST"),
    "STORE_FAST_LOAD_FAST": ("STORE_FAST", "LOAD_FAST"),
    "STORE_FAST_STORE_FAST": ("STORE_FAST", "STORE_FAST"),
}
"""Superinstructions (3.13) and what they are made of; each half has four bits of the argument."""

BINARY_SYMBOLS: tuple[str, ...] = (
    *("+", "&", "//", "<<", "@", "*", "%", "|", "**", ">>", "-", "/", "^"),
    *("+=", "&=", "//=", "<<=", "@=", "*=", "%=", "|=", "**=", ">>=", "-=", "/=", "^="),
    "[]",
)
"""BINARY_OP's argument (``Include/opcode.h``, the NB_ constants; ``[]`` since 3.14)."""

NAMES: tuple[str, ...] = tuple(opcode.opname[:256])
"""Opcode number to name, for the running interpreter."""

TERMINATORS = frozenset({_O.RETURN, _O.RAISE, _O.RERAISE, _O.JUMP, _O.JUMP_QUIETLY})
"""Operations after which control never falls through."""


def opcodes_of(wanted: frozenset[Operation]) -> bytes:
    """The running interpreter's opcode numbers that carry out any of `wanted`, as bytes."""
    numbers = {
        number for name, number in opcode.opmap.items() if number < 256 and _is_any(name, wanted)
    }
    return bytes(sorted(numbers))


def _is_any(name: str, wanted: frozenset[Operation]) -> bool:
    if name == "RETURN_CONST":
        return Operation.RETURN in wanted or Operation.LOAD_CONSTANT in wanted
    if name == "BINARY_OP" and Operation.LOAD_SUBSCRIPT in wanted:
        return True
    if name == "LOAD_ATTR" and Operation.LOAD_METHOD in wanted:
        return True
    return any(
        part in SHAPES and SHAPES[part].operation in wanted for part in PAIRS.get(name, (name,))
    )
