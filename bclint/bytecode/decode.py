"""Decoding: a code object's bytes to normalised instructions, the same for every version.

Superinstructions are split into their halves, caches and prefixes dropped, raw arguments resolved
to names, constants and targets, so that the layers above need know no version.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType
from typing import NamedTuple, Self

from bclint.bytecode import versions
from bclint.bytecode.analysis import Function
from bclint.bytecode.arguments import ArgumentResolver
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

    index: int  # type: ignore[assignment]  # tuple.index is of no use here
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


def _keeps_columns() -> bool:
    positions = compile("x", "", "exec", dont_inherit=True).co_positions()
    return any(column is not None for _, _, column, _ in positions)


KEEPS_COLUMNS = _keeps_columns()
"""False under ``-X no_debug_ranges`` or PYTHONNODEBUGRANGES: the compiler keeps lines alone."""


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
        offset = instruction.offset
        for region in self.regions:
            if region.start <= offset < region.end:
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
    resolve = ArgumentResolver(code)
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
