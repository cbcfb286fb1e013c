"""Abstract values: what the operand stack holds, as expressions over names and constants.

Two loads of one local inside a loop give equal values whether or not the local changes between;
whether it does is the question that `stability` answers. Values are hashable and small: past
`MAXIMUM_DEPTH` an operation's result is simply unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import CodeType
from typing import TypeVar, dataclass_transform

MAXIMUM_DEPTH = 12
"""No expression that a rule reasons about is nested deeper; a bound keeps hashing cheap."""


ValueT = TypeVar("ValueT")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def _value(cls: type[ValueT]) -> type[ValueT]:
    """A frozen dataclass to type checkers, and in use.

    The interpreter does not enforce it: that takes most of the time of making a value, and values
    are made for every instruction.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


@_value
class Value:
    """What may stand on the operand stack."""


@_value
class Unknown(Value):
    """A value that nothing is known about."""


@_value
class Null(Value):
    """The NULL beside a callable, or an unused slot."""


@_value
class Constant(Value):
    """A constant of the code object; compared by type too, since ``1 == 1.0 == True``."""

    kind: type
    value: object = field(hash=False)

    def __eq__(self, other: object) -> bool:
        """Whether both are the same to every program: ``(1,)`` and ``(1.0,)`` are not."""
        if not isinstance(other, Constant) or self.kind is not other.kind:
            return False
        if self.kind in _TOLD_BY_EQUALITY or self.value is other.value:
            return self.value == other.value
        return self.value == other.value and repr(self.value) == repr(other.value)


@_value
class Local(Value):
    """What a local variable holds."""

    name: str


@_value
class Earlier(Value):
    """What a local held when it was read, before a store to it: ``a, b = b, a``."""

    name: str
    load: int
    """The index of the instruction that read it."""


@_value
class Cell(Value):
    """What a variable shared with an inner or outer function holds."""

    name: str


@_value
class CellReference(Value):
    """The cell itself, on its way into a closure."""

    name: str


@_value
class Global(Value):
    """A global of the module, or a builtin."""

    name: str


@_value
class Name(Value):
    """A name looked up at module or class level."""

    name: str


@_value
class Attribute(Value):
    """``base.name``."""

    base: Value
    name: str


@_value
class Call(Value):
    """What a call returned; a different value every time."""

    function: Value
    arguments: tuple[Value, ...]
    keywords: tuple[str, ...] = ()
    """Names of the last arguments; empty for a call with ``*`` or ``**``, whose arguments are
    unknown too."""
    unpacked: bool = False


@_value
class Display(Value):
    """A tuple, list, set or dict just built; a dict's elements are keys and values in turn."""

    kind: type
    elements: tuple[Value, ...]


@_value
class Binary(Value):
    """``left symbol right``, such as ``+``, ``+=``, ``<``, ``in``, ``is not`` or ``[]``."""

    symbol: str
    left: Value
    right: Value


@_value
class Unary(Value):
    """``-x``, ``~x``, ``not x``."""

    symbol: str
    operand: Value


@_value
class Formatted(Value):
    """An f-string's text or one of its parts: always a str."""

    parts: tuple[Value, ...]


@_value
class FunctionObject(Value):
    """A function just made: its code and all that it captures (closure, defaults, annotations)."""

    code: CodeType
    captures: tuple[Value, ...] = ()


@_value
class Imported(Value):
    """What an import statement binds: the module itself if `plain`, else `name` from it.

    ``import os.path`` gives the plain module ``os``, ``import os.path as p`` the plain module
    ``os.path``, ``from os import path`` the name ``path`` from ``os``.
    """

    module: str
    name: str = ""
    level: int = 0
    plain: bool = False


@_value
class Iterator(Value):
    """``iter(base)``."""

    base: Value


@_value
class Item(Value):
    """What an iterator gave last."""

    iterator: Value


_TOLD_BY_EQUALITY = frozenset({int, bool, str, bytes, type(None), CodeType})
"""Types of constants that are the same if they are equal: not so ``0.0`` and ``-0.0``."""

UNKNOWN = Unknown()
NULL = Null()


def constant(value: object) -> Constant:
    """The value of a constant."""
    return Constant(type(value), value)


def children(value: Value) -> tuple[Value, ...]:
    """The values that `value` is made of."""
    match value:
        case Attribute(base=base) | Iterator(base=base):
            return (base,)
        case Item(iterator=base):
            return (base,)
        case Call(function=function, arguments=arguments):
            return (function, *arguments)
        case Display(elements=parts) | Formatted(parts=parts) | FunctionObject(captures=parts):
            return parts
        case Binary(left=left, right=right):
            return (left, right)
        case Unary(operand=operand):
            return (operand,)
        case _:
            return ()


def reads_local(value: Value, name: str) -> bool:
    """Whether `value` was read from the local `name`, or is made of what was."""
    if isinstance(value, Local):
        return value.name == name
    return any(reads_local(part, name) for part in children(value))


def root(value: Value) -> Value:
    """What a chain of attributes starts from: ``os`` for ``os.path.join``."""
    while isinstance(value, Attribute):
        value = value.base
    return value


def chain(value: Value) -> tuple[str, ...] | None:
    """The dotted names of a chain that starts from a name, else None."""
    names: list[str] = []
    while isinstance(value, Attribute):
        names.append(value.name)
        value = value.base
    if not isinstance(value, Local | Cell | Global | Name):
        return None
    return (value.name, *reversed(names))


def described(value: Value) -> str:
    """The value as a reader would write it, for messages; `…` for what has no short spelling."""
    names = chain(value)
    if names:
        return ".".join(names)
    match value:
        case Constant(value=content):
            return repr(content)
        case Attribute(base=base, name=name):
            return f"{described(base)}.{name}"
        case Call(function=function):
            return f"{described(function)}(…)"
        case _:
            return "…"


def is_comprehension(code: CodeType) -> bool:
    """Whether the code object is a comprehension's or generator expression's own function."""
    return code.co_name in {"<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>"}
