"""The exception table: which instructions are protected, and where their handler is.

Format: CPython's ``InternalDocs/exception_handling.md`` (since 3.11).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple


class ExceptionRegion(NamedTuple):
    """A protected range of bytecode: half-open, in bytes."""

    start: int
    end: int
    handler: int
    depth: int
    """How many values of the operand stack survive."""
    keeps_offset: bool
    """Whether the offset of the raising instruction is pushed below the exception."""


def exception_regions(table: bytes) -> list[ExceptionRegion]:
    """The entries of a ``co_exceptiontable``, in its order (inner regions where they apply)."""
    numbers = _numbers(table)
    regions = []
    for start in numbers:
        length, handler, packed = next(numbers), next(numbers), next(numbers)
        regions.append(
            ExceptionRegion(
                start * 2, (start + length) * 2, handler * 2, packed >> 1, bool(packed & 1)
            )
        )
    return regions


def region_at(regions: list[ExceptionRegion], offset: int) -> ExceptionRegion | None:
    """The region that protects the byte at `offset`: they stand in order and do not overlap."""
    place = bisect_right(regions, (offset + 1,)) - 1
    return regions[place] if place >= 0 and offset < regions[place].end else None


def _numbers(table: bytes) -> Iterator[int]:
    """Six bits a byte, most significant first; bit 6 says that more bytes follow."""
    value = 0
    for byte in table:
        value = value << 6 | byte & 0x3F
        if not byte & 0x40:
            yield value
            value = 0
