"""Which pattern a call of ``re`` compiles, where the file says so, and whether that is harmless."""

from __future__ import annotations

import functools
import re
import warnings
from typing import NamedTuple

from bclint.api import (
    Binary,
    Call,
    Constant,
    Function,
    Instruction,
    OperandStack,
    Origins,
    Value,
    root,
)

_SEARCHES = ("match", "search", "fullmatch", "findall", "finditer")
_PARAMETERS: dict[str, tuple[str, ...]] = {
    "re.compile": ("pattern", "flags"),
    **{f"re.{name}": ("pattern", "string", "flags") for name in _SEARCHES},
    "re.split": ("pattern", "string", "maxsplit", "flags"),
    **dict.fromkeys(("re.sub", "re.subn"), ("pattern", "repl", "string", "count", "flags")),
}
_OPTIONAL = frozenset({"flags", "maxsplit", "count"})
_LONGEST_PATTERN = 1000
_LARGE_RANGES = ("\\U", "\\N")
"""A range up to there takes 50 ms to compile when case is ignored: linting must not hang on it."""
_REFUSED = re.DEBUG | re.LOCALE


class Pattern(NamedTuple):
    """What a call compiles, and all that this is evaluated from."""

    constant: Constant
    flags: int
    sources: tuple[Value, ...]
    warns: bool
    """Whether the call passes by position what 3.13 wants by keyword."""


class Patterns:
    """The patterns of one function's calls."""

    def __init__(self, function: Function) -> None:
        """Names are resolved when asked for."""
        self._stack = function[OperandStack]
        self._origins = function[Origins]

    def of_call(self, call: Instruction) -> Pattern | None:
        """The constant pattern of a call of ``re``."""
        result = self._stack.result(call)
        if not isinstance(result, Call):
            return None
        name = self._origins.dotted(result.function, call)
        arguments = _bound(_PARAMETERS.get(name or "", ()), result)
        if not arguments:
            return None
        constant = self._origins.constant(arguments["pattern"], call)
        sources = [root(result.function), arguments["pattern"]]
        flags = self._flags(arguments["flags"], call, sources) if "flags" in arguments else 0
        if constant is None or flags is None or not _compiles(constant.value, int(flags)):
            return None
        positional = list(arguments)[: len(result.arguments) - len(result.keywords)]
        warns = len(_PARAMETERS[name or ""]) > 3 and not _OPTIONAL.isdisjoint(positional)
        return Pattern(constant, int(flags), tuple(sources), warns)

    def _flags(self, value: Value, at: Instruction, sources: list[Value]) -> int | None:
        """``re.I | re.M`` as a number; what it is read from is added to `sources`."""
        if isinstance(value, Binary) and value.symbol == "|":
            left, right = (self._flags(v, at, sources) for v in (value.left, value.right))
            return None if left is None or right is None else left | right
        sources.append(value)
        constant = self._origins.constant(value, at)
        if constant is not None:
            return constant.value if isinstance(constant.value, int) else None
        module, _, name = (self._origins.dotted(value, at) or "").rpartition(".")
        return re.RegexFlag.__members__.get(name) if module == "re" else None


def _bound(parameters: tuple[str, ...], call: Call) -> dict[str, Value]:
    """The arguments by parameter; empty for a call that the function would refuse."""
    positional = len(call.arguments) - len(call.keywords)
    names = (*parameters[:positional], *call.keywords)
    if call.unpacked or positional > len(parameters) or len(set(names)) < len(names):
        return {}
    required = set(parameters) - _OPTIONAL
    fits = required <= set(names) <= set(parameters)
    return dict(zip(names, call.arguments, strict=True)) if fits else {}


@functools.lru_cache(maxsize=256)
def _compiles(pattern: object, flags: int) -> bool:
    """Whether `pattern` compiles quickly, and without an error or a warning."""
    if not isinstance(pattern, str | bytes) or len(pattern) > _LONGEST_PATTERN or flags & _REFUSED:
        return False
    if isinstance(pattern, str) and (
        max(pattern, default="") > "\uffff" or any(text in pattern for text in _LARGE_RANGES)
    ):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return not re.compile(pattern, flags).flags & _REFUSED
    except (re.error, Warning, ValueError, OverflowError, RecursionError):
        return False
