"""Decoding: a code object's bytes to normalised instructions, the same for every version.

Superinstructions are split into their halves, caches and prefixes dropped, raw arguments resolved
to names, constants and targets, so that the layers above need know no version.
"""

from __future__ import annotations

import dis
from collections.abc import Iterator
from types import CodeType
from typing import NamedTuple, Self

from bclint.bytecode import opcodes, versions
from bclint.bytecode.analysis import Function
from bclint.bytecode.exceptions import ExceptionRegion, exception_regions
from bclint.bytecode.opcodes import NAMES, PAIRS, SHAPES, Operation, Shape


class DecodeError(Exception):
    """An instruction that the table does not know; the function is left alone."""


class Position(NamedTuple):
    """A ``co_positions()`` entry that is whole: lines from 1, columns from 0 in UTF-8 bytes."""

    line: int
    end_line: int
    column: int
    end_column: int


class Instruction(NamedTuple):
    """One normalised instruction.

    `argument` is what the operation works on: a name, a constant, an operator's symbol, a count.
    `number` is the raw argument, for stack effects and flags. `target` is the index of the
    instruction that a jump goes to, else -1.
    """

    index: int
    offset: int
    operation: Operation
    argument: object
    number: int
    shape: Shape
    target: int
    leading: bool
    """False for the second half of a superinstruction, whose position is the first half's."""

    @property
    def name(self) -> str:
        """The argument of an operation on a name."""
        return str(self.argument)


class _Raw(NamedTuple):
    offset: int
    name: str
    number: int
    next_offset: int
    """Where the next instruction stands, past the inline caches: what jumps count from."""


class Instructions:
    """All instructions of a code object, in order, with their positions and regions."""

    def __init__(self, code: CodeType) -> None:
        """Decode `code`. Raises `DecodeError` at an instruction that no row describes."""
        self.code = code
        self.sequence: list[Instruction] = list(_normalise(code))
        self.regions: list[ExceptionRegion] = exception_regions(code.co_exceptiontable)
        self._positions: list[tuple[int | None, ...]] | None = None

    @classmethod
    def of(cls, function: Function) -> Self:
        """Decode the function's code object."""
        return cls(function.code)

    def __iter__(self) -> Iterator[Instruction]:
        """The instructions in order."""
        return iter(self.sequence)

    def __getitem__(self, index: int) -> Instruction:
        """The instruction with that index."""
        return self.sequence[index]

    def __len__(self) -> int:
        """How many instructions there are."""
        return len(self.sequence)

    def position(self, instruction: Instruction) -> Position | None:
        """Where the instruction comes from; None for the compiler's own, or without columns."""
        if self._positions is None:
            self._positions = list(self.code.co_positions())
        line, end_line, column, end_column = self._positions[instruction.offset // 2]
        if line is None or end_line is None or column is None or end_column is None:
            return None
        return Position(line, end_line, column, end_column)

    def line(self, instruction: Instruction) -> int | None:
        """The instruction's line (from 1), known even where columns are not."""
        if self._positions is None:
            self._positions = list(self.code.co_positions())
        return self._positions[instruction.offset // 2][0]

    def region_of(self, instruction: Instruction) -> ExceptionRegion | None:
        """The innermost region that protects the instruction."""
        for region in self.regions:
            if region.start <= instruction.offset < region.end:
                return region
        return None


def _raw_instructions(code: CodeType) -> Iterator[_Raw]:
    data = code.co_code
    length = len(data)
    position = number = 0
    start = 0
    while position < length:
        name = NAMES[data[position]]
        number |= data[position + 1]
        if name == "EXTENDED_ARG":
            number <<= 8
            position += 2
            continue
        following = position + 2
        while following < length and NAMES[data[following]] == "CACHE":
            following += 2
        yield _Raw(start if start < position else position, name, number, following)
        position = start = following
        number = 0


def _normalise(code: CodeType) -> Iterator[Instruction]:
    raw = list(_raw_instructions(code))
    parts = [part for instruction in raw for part in _split(instruction)]
    index_at: dict[int, int] = {}
    for index, (instruction, _, _) in enumerate(parts):
        index_at.setdefault(instruction.offset, index)
    resolve = _Resolver(code)
    previous = -1
    last = ""
    for index, (instruction, name, number) in enumerate(parts):
        shape = SHAPES.get(name)
        if shape is None:
            raise DecodeError(f"{code.co_qualname}: unknown instruction {name}")
        operation, argument = resolve(shape.operation, name, number)
        if versions.END_FOR_NEEDS_POP and last == "END_FOR" and name == "POP_TOP":
            operation = Operation.POP_ITERATOR
        last = name
        target = _target(instruction, shape.operation)
        leading = instruction.offset != previous
        previous = instruction.offset
        yield Instruction(
            index,
            instruction.offset,
            operation,
            argument,
            number,
            shape,
            index_at.get(target, -1) if target >= 0 else -1,
            leading,
        )


def _split(raw: _Raw) -> Iterator[tuple[_Raw, str, int]]:
    """The simple instructions that one raw instruction stands for."""
    if raw.name in PAIRS:
        first, second = PAIRS[raw.name]
        yield raw, first, raw.number >> 4
        yield raw, second, raw.number & 15
    elif raw.name == "RETURN_CONST":
        yield raw, "LOAD_CONST", raw.number
        yield raw, "RETURN_VALUE", 0
    else:
        yield raw, raw.name, raw.number


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


def _target(raw: _Raw, operation: Operation) -> int:
    """The byte offset that a jump goes to, else -1."""
    if operation not in _JUMPS:
        return -1
    distance = raw.number * 2
    return raw.next_offset - distance if "BACKWARD" in raw.name else raw.next_offset + distance


class _Resolver:
    """Raw arguments to what they mean in one code object."""

    def __init__(self, code: CodeType) -> None:
        self.constants = code.co_consts
        self.names = code.co_names
        self.locals = _fast_names(code)
        self.cells = frozenset(code.co_cellvars + code.co_freevars)

    def __call__(self, operation: Operation, name: str, number: int) -> tuple[Operation, object]:
        handler = _RESOLVE.get(operation)
        return handler(self, name, number) if handler else (operation, number)


def _fast_names(code: CodeType) -> tuple[str, ...]:
    """Names by slot: variables, cells that are not variables too, free variables.

    ``Objects/codeobject.c``: ``co_localsplusnames``, which Python code cannot read whole.
    """
    variables = code.co_varnames
    own = set(variables)
    cells = tuple(name for name in code.co_cellvars if name not in own)
    return variables + cells + code.co_freevars


def _constant(resolver: _Resolver, name: str, number: int) -> tuple[Operation, object]:
    if name == "LOAD_SMALL_INT":
        return Operation.LOAD_CONSTANT, number
    if name == "LOAD_COMMON_CONSTANT":
        return Operation.LOAD_CONSTANT, dis._common_constants[number]  # type: ignore[attr-defined]
    if name == "LOAD_ASSERTION_ERROR":
        return Operation.LOAD_CONSTANT, AssertionError
    return Operation.LOAD_CONSTANT, resolver.constants[number]


def _local(resolver: _Resolver, _: str, number: int) -> tuple[Operation, object]:
    """A local's name; since 3.13 loading a cell itself is spelled as loading a local."""
    name = resolver.locals[number]
    if name in resolver.cells:
        return Operation.LOAD_CLOSURE, name
    return Operation.LOAD_LOCAL, name


def _attribute(resolver: _Resolver, name: str, number: int) -> tuple[Operation, object]:
    shift = versions.ATTRIBUTE_NAME_SHIFT if name == "LOAD_ATTR" else 0
    method = shift and number & 1
    operation = Operation.LOAD_METHOD if method else Operation.LOAD_ATTRIBUTE
    return operation, resolver.names[number >> shift]


def _binary(_: _Resolver, __: str, number: int) -> tuple[Operation, object]:
    symbol = opcodes.BINARY_SYMBOLS[number]
    operation = Operation.LOAD_SUBSCRIPT if symbol == "[]" else Operation.BINARY_OPERATION
    return operation, symbol


_UNARY = {"UNARY_NEGATIVE": "-", "UNARY_POSITIVE": "+", "UNARY_INVERT": "~"}
_INTRINSIC_STAR_IMPORT = 2
_INTRINSIC_UNARY_POSITIVE = 5
_INTRINSIC_LIST_TO_TUPLE = 6


def _intrinsic(_: _Resolver, name: str, number: int) -> tuple[Operation, object]:
    """Since 3.12 some instructions are calls of intrinsics (``pycore_intrinsics.h``)."""
    if name == "CALL_INTRINSIC_1":
        if number == _INTRINSIC_STAR_IMPORT:
            return Operation.IMPORT_STAR, number
        if number == _INTRINSIC_UNARY_POSITIVE:
            return Operation.UNARY_OPERATION, "+"
        if number == _INTRINSIC_LIST_TO_TUPLE:
            return Operation.LIST_TO_TUPLE, number
    return Operation.CALL_INTRINSIC, number


def _jump_if(_: _Resolver, name: str, __: int) -> tuple[Operation, object]:
    return Operation.JUMP_IF, name.rpartition("IF_")[2].lower().replace("_", " ")


_RESOLVE = {
    Operation.LOAD_CONSTANT: _constant,
    Operation.LOAD_LOCAL: _local,
    **{
        operation: lambda resolver, _, number, operation=operation: (
            operation,
            resolver.locals[number],
        )
        for operation in (
            Operation.STORE_LOCAL,
            Operation.DELETE_LOCAL,
            Operation.LOAD_AND_CLEAR_LOCAL,
            Operation.LOAD_CELL,
            Operation.STORE_CELL,
            Operation.DELETE_CELL,
            Operation.LOAD_CLOSURE,
        )
    },
    **{
        operation: lambda resolver, _, number, operation=operation: (
            operation,
            resolver.names[number],
        )
        for operation in (
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
    },
    Operation.LOAD_GLOBAL: lambda resolver, _, number: (
        Operation.LOAD_GLOBAL,
        resolver.names[number >> 1],
    ),
    Operation.IMPORT_NAME: lambda resolver, _, number: (
        Operation.IMPORT_NAME,
        resolver.names[number >> versions.IMPORT_NAME_SHIFT],
    ),
    Operation.LOAD_SUPER_ATTRIBUTE: lambda resolver, _, number: (
        Operation.LOAD_SUPER_ATTRIBUTE,
        resolver.names[number >> 2],
    ),
    Operation.LOAD_ATTRIBUTE: _attribute,
    Operation.BINARY_OPERATION: _binary,
    Operation.CALL_INTRINSIC: _intrinsic,
    Operation.JUMP_IF: _jump_if,
    Operation.JUMP_IF_OR_POP: _jump_if,
    Operation.UNARY_OPERATION: lambda _, name, __: (Operation.UNARY_OPERATION, _UNARY[name]),
    Operation.COMPARE: lambda _, __, number: (
        Operation.COMPARE,
        dis.cmp_op[number >> versions.COMPARE_OPERATOR_SHIFT],
    ),
    Operation.CONTAINS: lambda _, __, number: (
        Operation.CONTAINS,
        "not in" if number & 1 else "in",
    ),
    Operation.IS: lambda _, __, number: (Operation.IS, "is not" if number & 1 else "is"),
    Operation.KEYWORD_NAMES: lambda resolver, _, number: (
        Operation.KEYWORD_NAMES,
        resolver.constants[number],
    ),
}
