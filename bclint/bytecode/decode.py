"""Decoding: a code object's bytes to normalised instructions, the same for every version.

Superinstructions are split into their halves, caches and prefixes dropped, raw arguments resolved
to names, constants and targets, so that the layers above need know no version.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import compress
from types import CodeType
from typing import NamedTuple, Self

from bclint.bytecode import versions
from bclint.bytecode.analysis import Function
from bclint.bytecode.arguments import (
    ATTRIBUTE,
    CONSTANT,
    FIXED,
    LOCAL,
    NAMED,
    NUMBER,
    PAIR,
    PREFIX,
    ROWS,
    SLOT,
    slot_names,
)
from bclint.bytecode.exceptions import ExceptionRegion, exception_regions, region_at
from bclint.bytecode.opcodes import NAMES, Operation, Shape


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
        self.sequence: list[Instruction] = _decoded(code)
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

    def move_to(self, code: CodeType) -> None:
        """Give the positions of `code` from now on, which is the same but for its first line."""
        self.code = code
        self._positions = None

    def region_of(self, instruction: Instruction) -> ExceptionRegion | None:
        """The innermost region that protects the instruction."""
        return region_at(self.regions, instruction.offset)


def _decoded(code: CodeType) -> list[Instruction]:  # noqa: C901
    """The instructions of `code`, in one loop: a call for each would cost more than its work.

    Inline caches read as zero, and so does no instruction: ``compress`` skips them in C.
    """
    opcodes, arguments = code.co_code[::2], code.co_code[1::2]
    constants, names, slots = code.co_consts, code.co_names, slot_names(code)
    cells = frozenset(code.co_cellvars + code.co_freevars)
    sequence: list[Instruction] = []
    jumps: list[tuple[Instruction, int]] = []
    load_closure, load_method = Operation.LOAD_CLOSURE, Operation.LOAD_METHOD
    append, new = sequence.append, tuple.__new__
    argument: object
    more: object
    index = prefix = 0
    start = -1
    offsets = range(0, 2 * len(opcodes), 2)
    units = zip(offsets, map(ROWS.__getitem__, opcodes), arguments, strict=True)
    for offset, row, number in compress(units, opcodes):
        if row is None:
            name = NAMES[code.co_code[offset]]
            raise DecodeError(f"{code.co_qualname}: unknown instruction {name}")
        reads, operation, shape, scale, flags, detail, resolve, parts = row
        if start >= 0:
            number |= prefix
            offset = start
            start = -1
        if reads == LOCAL:
            argument = slots[number]
            if cells and argument in cells:
                operation = load_closure
        elif reads == NUMBER:
            argument = number
        elif reads == CONSTANT:
            argument = constants[number]
        elif reads == SLOT:
            argument = slots[number]
        elif reads == ATTRIBUTE:
            argument = names[number >> 1]
            if number & 1:
                operation = load_method
        elif reads == NAMED:
            argument = names[number >> flags]
        elif reads == FIXED:
            argument = detail
        elif reads == PREFIX:
            start, prefix = offset, number << 8
            continue
        elif resolve is not None:
            operation, argument = resolve(number)
        else:
            first, second = parts
            if reads == PAIR:
                one, other = number >> 4, number & 15
                argument, more = slots[one], slots[other]
            else:
                one, other = number, 0
                argument, more = constants[number], 0
            operation = first.operation
            if operation is Operation.LOAD_LOCAL and argument in cells:
                operation = load_closure
            fields = (index, offset, operation, argument, one, first.shape, -1, True)
            append(new(Instruction, fields))
            operation, argument, number, shape = second.operation, more, other, second.shape
            if operation is Operation.LOAD_LOCAL and argument in cells:
                operation = load_closure
            fields = (index + 1, offset, operation, argument, number, shape, -1, False)
            append(new(Instruction, fields))
            index += 2
            continue
        fields = (index, offset, operation, argument, number, shape, -1, True)
        instruction = new(Instruction, fields)
        append(instruction)
        if scale:
            jumps.append((instruction, scale * number))
        index += 1
    _set_targets(sequence, jumps, len(opcodes) * 2)
    if versions.END_FOR_NEEDS_POP:
        _name_iterator_pops(sequence)
    return sequence


def _set_targets(
    sequence: list[Instruction], jumps: list[tuple[Instruction, int]], end: int
) -> None:
    """Give each jump the index of the instruction at its target.

    A jump's bytes count from where the next instruction stands, past the inline caches.
    """
    offsets = [instruction.offset for instruction in sequence]
    for jump, distance in jumps:
        following = jump.index + 1
        target = (offsets[following] if following < len(offsets) else end) + distance
        index = bisect_left(offsets, target)
        if index < len(offsets) and offsets[index] == target:
            sequence[jump.index] = jump._replace(target=index)


def _name_iterator_pops(sequence: list[Instruction]) -> None:
    for index in range(1, len(sequence)):
        pop = sequence[index]
        is_pop = pop.operation is Operation.POP
        if is_pop and sequence[index - 1].operation is Operation.END_FOR:
            sequence[index] = pop._replace(operation=Operation.POP_ITERATOR)
