"""Which locals certainly hold an array of machine numbers, in one dimension."""

from __future__ import annotations

import enum

from bclint.api import (
    Binary,
    Call,
    Constant,
    Display,
    Function,
    Instruction,
    Instructions,
    KnownTypes,
    Local,
    Origins,
    ReachingDefinitions,
    Value,
)


class Library(enum.Enum):
    """Where an array comes from."""

    STANDARD = "array"
    NUMPY = "numpy"


_SHAPED = frozenset({"numpy.zeros", "numpy.ones", "numpy.empty"})
"""Functions of the length, or of a tuple of lengths."""
_COPIES = frozenset({"numpy.array", "numpy.asarray"})
_NUMBERS = frozenset({int, float, bool})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "//", "%", "**"})
_DEEPEST = 8


class Arrays:
    """The arrays that one function makes and keeps in locals."""

    def __init__(self, function: Function) -> None:
        """Follow definitions when asked."""
        self._instructions = function[Instructions]
        self._definitions = function[ReachingDefinitions]
        self._origins = function[Origins]
        self._types = function[KnownTypes]

    def library_of(self, value: Value, at: Instruction, depth: int = 0) -> Library | None:
        """The library that made the array `value`; None where it is not certain to be one."""
        if depth > _DEEPEST:
            return None
        match value:
            case Local(name=name):
                return self._of_local(name, at, depth)
            case Call(unpacked=False):
                return self._made_by(value, at)
            case Binary(symbol=symbol, left=left, right=right) if symbol in _ARITHMETIC:
                return self._computed(left, right, at, depth)
            case _:
                return None

    def _of_local(self, name: str, at: Instruction, depth: int) -> Library | None:
        """What all definitions that may be seen agree on."""
        found: set[Library | None] = set()
        for definition in self._definitions.before(at, name):
            if definition < 0:
                return None
            stored = self._definitions.stored_value(definition)
            found.add(self.library_of(stored, self._instructions[definition], depth + 1))
        return found.pop() if len(found) == 1 else None

    def _made_by(self, call: Call, at: Instruction) -> Library | None:
        made_by = self._origins.dotted(call.function, at)
        if made_by == "array.array":
            return Library.STANDARD
        if len(call.arguments) - len(call.keywords) != 1 or call.keywords:
            return None  # `dtype=object` would be an array of objects
        is_flat = (
            made_by == "numpy.arange"
            or (made_by in _SHAPED and self._types.type_of(call.arguments[0], at) is int)
            or (made_by in _COPIES and self._is_flat(call.arguments[0], at))
        )
        return Library.NUMPY if is_flat else None

    def _is_flat(self, value: Value, at: Instruction) -> bool:
        """Whether `value` is a list or tuple of numbers, or a range."""
        match value:
            case Display(kind=kind, elements=elements) if kind in (list, tuple):
                return all(self._types.type_of(each, at) in _NUMBERS for each in elements)
            case Constant(value=tuple() as elements):
                return all(type(each) in _NUMBERS for each in elements)
            case _:
                return self._types.type_of(value, at) is range

    def _computed(self, left: Value, right: Value, at: Instruction, depth: int) -> Library | None:
        """Arithmetic of an array, and a number or another array, is an array again."""
        kinds = [self.library_of(side, at, depth + 1) for side in (left, right)]
        sides = zip((left, right), kinds, strict=True)
        numbers = [kind or self._types.type_of(side, at) in _NUMBERS for side, kind in sides]
        return Library.NUMPY if Library.NUMPY in kinds and all(numbers) else None
