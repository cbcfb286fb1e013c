"""Values of ours as JSON and back, by the types that their fields are declared with.

Only plain data comes back: the types are those named here by the caller, never those that a text
asks for. A field that is added to a dataclass is written and read without a change here.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import types
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Convert = Callable[[Any], Any]
_PLAIN = (str, int, float, bool)


class CodecError(ValueError):
    """A text that does not hold what it should."""


class Codec(Generic[T]):
    """Writes and reads values of one dataclass."""

    def __init__(self, kind: type[T], without: frozenset[str] = frozenset()) -> None:
        """Prepare for `kind`, whose fields in `without` are not stored.

        Fields may be dataclasses, enums, tuples, mappings and plain values. Raises `TypeError` for
        others.
        """
        self._kind = kind
        self._fields = _fields_of(kind, without)

    def dump(self, value: T) -> str:
        """Return `value` as JSON in one line."""
        items = [encode(getattr(value, name)) for name, encode, _ in self._fields]
        return json.dumps(items, separators=(",", ":"))

    def load(self, text: str, **others: object) -> T:
        """Return the value that `text` holds; `others` are its fields that are not stored.

        Raises `CodecError` where it holds none.
        """
        try:
            pairs = zip(self._fields, _list(json.loads(text)), strict=True)
            values = {name: decode(item) for (name, _, decode), item in pairs}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise CodecError(f"{type(error).__name__}: {error}") from error
        return self._kind(**values, **others)


def _converters(kind: Any) -> tuple[Convert, Convert]:
    """Return what writes and what reads a value of type `kind`."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in _PLAIN:
        return _same, _require(kind)
    if kind is type(None):
        return _same, _require(type(None))
    if origin in (Union, types.UnionType):
        return _of_optional(arguments)
    if origin is tuple:
        return _of_tuple(arguments)
    if origin in (Mapping, dict):
        return _of_mapping(arguments)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _enum_value, kind
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _of_dataclass(kind)
    raise TypeError(f"values of type {kind} cannot be stored")


def _same(value: Any) -> Any:
    return value


def _enum_value(value: Any) -> Any:
    return value.value


def _require(kind: type) -> Convert:
    def check(value: Any) -> Any:
        if type(value) is kind or (kind is float and type(value) is int):
            return value
        raise TypeError(f"{value!r} is no {kind.__name__}")

    return check


def _of_optional(arguments: tuple[Any, ...]) -> tuple[Convert, Convert]:
    """Convert ``X | None``; of other unions a text would not say which type it means."""
    others = [argument for argument in arguments if argument is not type(None)]
    if len(others) != 1:
        raise TypeError(f"values of the types {arguments} cannot be stored")
    encode, decode = _converters(others[0])
    return (
        lambda value: None if value is None else encode(value),
        lambda value: None if value is None else decode(value),
    )


def _of_tuple(arguments: tuple[Any, ...]) -> tuple[Convert, Convert]:
    if arguments[1:] == (Ellipsis,):
        encode, decode = _converters(arguments[0])
        return (
            lambda value: [encode(item) for item in value],
            lambda value: tuple([decode(item) for item in _list(value)]),
        )
    pairs = [_converters(argument) for argument in arguments]
    return (
        lambda value: [pair[0](item) for pair, item in zip(pairs, value, strict=True)],
        lambda value: tuple(pair[1](item) for pair, item in zip(pairs, _list(value), strict=True)),
    )


def _of_mapping(arguments: tuple[Any, ...]) -> tuple[Convert, Convert]:
    if arguments[0] is not str:
        raise TypeError("only mappings from text can be stored")
    encode, decode = _converters(arguments[1])
    return (
        lambda value: {name: encode(item) for name, item in value.items()},
        lambda value: {name: decode(item) for name, item in value.items()},
    )


def _fields_of(
    kind: type, without: frozenset[str] = frozenset()
) -> list[tuple[str, Convert, Convert]]:
    hints = get_type_hints(kind)
    if not dataclasses.is_dataclass(kind):
        raise TypeError(f"{kind} is no dataclass")
    names = [field.name for field in dataclasses.fields(kind) if field.name not in without]
    return [(name, *_converters(hints[name])) for name in names]


def _of_dataclass(kind: type) -> tuple[Convert, Convert]:
    """Convert to a list of the fields' values in their order."""
    fields = _fields_of(kind)

    def encode(value: Any) -> list[Any]:
        return [encode_field(getattr(value, name)) for name, encode_field, _ in fields]

    def decode(value: Any) -> Any:
        pairs = zip(fields, _list(value), strict=True)
        return kind(*[decode_field(item) for (_, _, decode_field), item in pairs])

    return encode, decode


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return value
