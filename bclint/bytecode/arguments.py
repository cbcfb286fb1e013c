"""What raw arguments mean: names, constants, operators, in the tables of one code object."""

from __future__ import annotations

import dis
from collections.abc import Callable
from types import CodeType

from bclint.bytecode import versions
from bclint.bytecode.opcodes import BINARY_SYMBOLS, Operation

Resolved = tuple[Operation, object]

COMMON_CONSTANTS: list[object] = getattr(dis, "_common_constants", [])
"""What LOAD_COMMON_CONSTANT loads (3.14); only ``dis`` has the table for Python code."""


class ArgumentResolver:
    """Raw arguments to what they mean in one code object."""

    def __init__(self, code: CodeType) -> None:
        """Look up in the tables of `code`."""
        self.constants = code.co_consts
        self.names = code.co_names
        self.locals = _fast_names(code)
        self.cells = frozenset(code.co_cellvars + code.co_freevars)

    def __call__(self, operation: Operation, name: str, number: int) -> Resolved:
        """The operation as it really is, and what its argument means."""
        handler = _HANDLERS.get(operation)
        return handler(self, name, number) if handler else (operation, number)


def _fast_names(code: CodeType) -> tuple[str, ...]:
    """Names by slot: variables, cells that are not variables too, free variables.

    ``Objects/codeobject.c``: ``co_localsplusnames``, which Python code cannot read whole.
    """
    variables = code.co_varnames
    own = set(variables)
    cells = tuple(name for name in code.co_cellvars if name not in own)
    return variables + cells + code.co_freevars


def _constant(resolver: ArgumentResolver, name: str, number: int) -> Resolved:
    if name == "LOAD_SMALL_INT":
        return Operation.LOAD_CONSTANT, number
    if name == "LOAD_COMMON_CONSTANT":
        return Operation.LOAD_CONSTANT, COMMON_CONSTANTS[number]
    if name == "LOAD_ASSERTION_ERROR":
        return Operation.LOAD_CONSTANT, AssertionError
    return Operation.LOAD_CONSTANT, resolver.constants[number]


def _local(resolver: ArgumentResolver, _: str, number: int) -> Resolved:
    """A local's name; since 3.13 loading a cell itself is spelled as loading a local."""
    name = resolver.locals[number]
    if name in resolver.cells:
        return Operation.LOAD_CLOSURE, name
    return Operation.LOAD_LOCAL, name


def _attribute(resolver: ArgumentResolver, name: str, number: int) -> Resolved:
    shift = versions.ATTRIBUTE_NAME_SHIFT if name == "LOAD_ATTR" else 0
    method = shift and number & 1
    operation = Operation.LOAD_METHOD if method else Operation.LOAD_ATTRIBUTE
    return operation, resolver.names[number >> shift]


def _binary(_: ArgumentResolver, __: str, number: int) -> Resolved:
    symbol = BINARY_SYMBOLS[number]
    operation = Operation.LOAD_SUBSCRIPT if symbol == "[]" else Operation.BINARY_OPERATION
    return operation, symbol


_UNARY = {"UNARY_NEGATIVE": "-", "UNARY_POSITIVE": "+", "UNARY_INVERT": "~"}
_INTRINSIC_STAR_IMPORT = 2
_INTRINSIC_UNARY_POSITIVE = 5
_INTRINSIC_LIST_TO_TUPLE = 6


def _intrinsic(_: ArgumentResolver, name: str, number: int) -> Resolved:
    """Since 3.12 some instructions are calls of intrinsics (``pycore_intrinsics.h``)."""
    if name == "CALL_INTRINSIC_1":
        if number == _INTRINSIC_STAR_IMPORT:
            return Operation.IMPORT_STAR, number
        if number == _INTRINSIC_UNARY_POSITIVE:
            return Operation.UNARY_OPERATION, "+"
        if number == _INTRINSIC_LIST_TO_TUPLE:
            return Operation.LIST_TO_TUPLE, number
    return Operation.CALL_INTRINSIC, number


def _jump_if(_: ArgumentResolver, name: str, __: int) -> Resolved:
    operation = Operation.JUMP_IF_OR_POP if name.endswith("OR_POP") else Operation.JUMP_IF
    return operation, name.removesuffix("_OR_POP").rpartition("IF_")[2].lower().replace("_", " ")


Handler = Callable[[ArgumentResolver, str, int], Resolved]


def _slot(operation: Operation) -> Handler:
    """The handler of an operation on a slot for a variable."""
    return lambda resolver, _, number: (operation, resolver.locals[number])


def _named(operation: Operation, shift: int = 0) -> Handler:
    """The handler of an operation on a name, whose low `shift` bits are flags."""
    return lambda resolver, _, number: (operation, resolver.names[number >> shift])


def _unary(_: ArgumentResolver, name: str, __: int) -> Resolved:
    return Operation.UNARY_OPERATION, _UNARY[name]


def _compare(_: ArgumentResolver, __: str, number: int) -> Resolved:
    return Operation.COMPARE, dis.cmp_op[number >> versions.COMPARE_OPERATOR_SHIFT]


def _contains(_: ArgumentResolver, __: str, number: int) -> Resolved:
    return Operation.CONTAINS, "not in" if number & 1 else "in"


def _is(_: ArgumentResolver, __: str, number: int) -> Resolved:
    return Operation.IS, "is not" if number & 1 else "is"


def _keyword_names(resolver: ArgumentResolver, _: str, number: int) -> Resolved:
    return Operation.KEYWORD_NAMES, resolver.constants[number]


_SLOTS = (
    Operation.STORE_LOCAL,
    Operation.DELETE_LOCAL,
    Operation.LOAD_AND_CLEAR_LOCAL,
    Operation.LOAD_CELL,
    Operation.STORE_CELL,
    Operation.DELETE_CELL,
    Operation.LOAD_CLOSURE,
)
_NAMED = (
    Operation.STORE_GLOBAL,
    Operation.DELETE_GLOBAL,
    Operation.LOAD_NAME,
    Operation.STORE_NAME,
    Operation.DELETE_NAME,
    Operation.LOAD_METHOD,
    Operation.STORE_ATTRIBUTE,
    Operation.DELETE_ATTRIBUTE,
    Operation.IMPORT_FROM,
)

_HANDLERS: dict[Operation, Handler] = {
    **{operation: _slot(operation) for operation in _SLOTS},
    **{operation: _named(operation) for operation in _NAMED},
    Operation.LOAD_CONSTANT: _constant,
    Operation.LOAD_LOCAL: _local,
    Operation.LOAD_GLOBAL: _named(Operation.LOAD_GLOBAL, 1),
    Operation.IMPORT_NAME: _named(Operation.IMPORT_NAME, versions.IMPORT_NAME_SHIFT),
    Operation.LOAD_SUPER_ATTRIBUTE: _named(Operation.LOAD_SUPER_ATTRIBUTE, 2),
    Operation.LOAD_ATTRIBUTE: _attribute,
    Operation.BINARY_OPERATION: _binary,
    Operation.UNARY_OPERATION: _unary,
    Operation.CALL_INTRINSIC: _intrinsic,
    Operation.JUMP_IF: _jump_if,
    Operation.JUMP_IF_OR_POP: _jump_if,
    Operation.COMPARE: _compare,
    Operation.CONTAINS: _contains,
    Operation.IS: _is,
    Operation.KEYWORD_NAMES: _keyword_names,
}
