"""What grows: expressions that hold an old value once, and the values that they start from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.dataflow import values as v
from bclint.dataflow.stored import Stored, StoredValues
from bclint.dataflow.types import KnownTypes
from bclint.dataflow.values import Value


def grown_terms(value: Value, slot: Value) -> tuple[Value, ...]:
    """What `value` is put together from, where `slot` is exactly one of the parts; else nothing."""
    parts: tuple[Value, ...] = ()
    if isinstance(value, v.Formatted):
        parts = tuple(_unwrapped(part) for part in value.parts)
    elif isinstance(value, v.Binary) and value.symbol == "+=":
        parts = (value.left, *_sum(value.right))
    elif isinstance(value, v.Binary) and value.symbol == "+":
        parts = tuple(_sum(value))
    return parts if len(parts) > 1 and parts.count(slot) == 1 else ()


def _unwrapped(part: Value) -> Value:
    """What an f-string's replacement field formats; a conversion stands around it (3.13)."""
    while isinstance(part, v.Formatted) and len(part.parts) == 1:
        part = part.parts[0]
    return part


def _sum(value: Value) -> Iterator[Value]:
    if isinstance(value, v.Binary) and value.symbol == "+":
        yield from _sum(value.left)
        yield from _sum(value.right)
    else:
        yield value


class StoredSeeds:
    """The types that a file's stores to one name start from. Ask for it on the module."""

    def __init__(self, module: Function) -> None:
        """Types are found when they are asked for, once a name."""
        self._stored = module[StoredValues]
        self._seeds: dict[tuple[str, str], set[type | None]] = {}

    @classmethod
    def of(cls, function: Function) -> Self:
        """The seeds in the file that the function belongs to."""
        return cls(function.module)

    def of_slot(self, slot: Value) -> set[type | None]:
        """The types of all that is stored to `slot`, but for what grows or copies it."""
        key = self._stored.key_of(slot)
        if key is None:
            return set()
        if key not in self._seeds:
            self._seeds[key] = {
                stored.function[KnownTypes].type_of(stored.value, stored.instruction)
                for stored in self._stored.of_slot(slot)
                if not _keeps_itself(stored)
            }
        return self._seeds[key]


def _keeps_itself(stored: Stored) -> bool:
    """Whether the store grows what it stores to, or takes a slice of it."""
    target, value = stored.target, stored.value
    if grown_terms(value, target):
        return True
    return isinstance(value, v.Binary) and value == v.Binary("[:]", target, v.UNKNOWN)
