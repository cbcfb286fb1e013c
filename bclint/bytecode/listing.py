"""Bytecode as people read it: the instructions of a code object under CPython's own names."""

from __future__ import annotations

import dis
from types import CodeType
from typing import NamedTuple


class ListedInstruction(NamedTuple):
    """One instruction as the interpreter has it, superinstructions whole."""

    offset: int
    """The same as that of the `Instruction`s that it is decoded to."""
    line: int | None
    name: str
    argument: str
    """Empty where it has none, or none that says anything."""

    def __str__(self) -> str:
        """The line, the name and the argument in columns."""
        return f"{self.line or '':>6}  {self.name:<30} {self.argument}".rstrip()


def listing(code: CodeType) -> list[ListedInstruction]:
    """All instructions of `code` in order, without the code objects inside it."""
    return [
        ListedInstruction(
            instruction.offset,
            instruction.positions.lineno if instruction.positions else None,
            instruction.opname,
            instruction.argrepr,
        )
        for instruction in dis.get_instructions(code)
        if instruction.opname not in _PREFIXES
    ]


_PREFIXES = frozenset({"EXTENDED_ARG", "CACHE"})
"""They belong to the instruction behind or before them."""
