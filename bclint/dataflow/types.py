"""Types that are certain: of constants, displays, literals' methods and builtins' results.

A type is known only where it is exact (never a subclass), so that an operator on known types runs
no code of the user's. Annotations promise nothing and are not read.
"""

from __future__ import annotations

from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction
from bclint.dataflow import values as v
from bclint.dataflow.assigned import AssignedAttributes
from bclint.dataflow.definitions import ReachingDefinitions
from bclint.dataflow.indirect_globals import IndirectGlobals
from bclint.dataflow.module import ModuleFacts
from bclint.dataflow.values import Value

RESULT_TYPES: dict[str, type] = {
    "abs": object,
    "bin": str,
    "bool": bool,
    "bytearray": bytearray,
    "bytes": bytes,
    "chr": str,
    "dict": dict,
    "enumerate": enumerate,
    "float": float,
    "frozenset": frozenset,
    "hex": str,
    "id": int,
    "int": int,
    "isinstance": bool,
    "issubclass": bool,
    "len": int,
    "list": list,
    "oct": str,
    "ord": int,
    "range": range,
    "repr": str,
    "set": set,
    "sorted": list,
    "str": str,
    "tuple": tuple,
    "zip": zip,
}
"""Builtins whose call gives exactly this type. (``repr`` and ``hex`` may give a subclass of str
only from a class that means to; ``str(x)`` of a subclass with ``__str__`` likewise.)"""

_STRING_METHODS: dict[str, type] = {
    **dict.fromkeys(
        ("capitalize", "casefold", "center", "expandtabs", "format", "join", "ljust", "lower"), str
    ),
    **dict.fromkeys(
        ("lstrip", "replace", "rjust", "rstrip", "strip", "swapcase", "title", "upper", "zfill"),
        str,
    ),
    **dict.fromkeys(("removeprefix", "removesuffix", "translate"), str),
    **dict.fromkeys(("split", "rsplit", "splitlines"), list),
    **dict.fromkeys(("partition", "rpartition"), tuple),
    **dict.fromkeys(("count", "find", "index", "rfind", "rindex"), int),
    **dict.fromkeys(("startswith", "endswith", "isdigit", "isalpha", "isspace"), bool),
    "encode": bytes,
}
METHOD_TYPES: dict[type, dict[str, type]] = {
    str: _STRING_METHODS,
    list: {"copy": list, "count": int, "index": int},
    dict: {"copy": dict},
}
"""Methods of builtin types whose call gives exactly this type."""

_FLOAT_MATH = (
    "acos acosh asin asinh atan atan2 atanh cbrt copysign cos cosh degrees dist erf erfc exp exp2 "
    "expm1 fabs fmod fsum gamma hypot ldexp lgamma log log10 log1p log2 nextafter pow radians "
    "remainder sin sinh sqrt tan tanh ulp"
)
FLOAT_FUNCTIONS: dict[str, frozenset[str]] = {
    "math": frozenset(_FLOAT_MATH.split()),
    "random": frozenset({"random"}),
    "time": frozenset({"monotonic", "perf_counter", "process_time", "thread_time", "time"}),
}
"""Functions of modules whose call gives exactly a float."""

_FLOAT_ATTRIBUTES = {"math": frozenset({"e", "inf", "nan", "pi", "tau"})}
_ITEM_TYPES: dict[type, type] = {str: str, bytes: int, range: int}
_NUMBERS = (int, float, bool, complex)
_LARGEST_SEARCH = 12
_MOST_STEPS = 500
"""A function with hundreds of definitions that refer to each other is not worth the search."""


class KnownTypes:
    """The exact types of values in one function, as far as they are certain."""

    def __init__(self, function: Function) -> None:
        """Types come from `function` alone and from what its module rebinds."""
        self._definitions = function[ReachingDefinitions]
        self._facts = function[ModuleFacts]
        self._indirect = function[IndirectGlobals]
        self._assigned = function[AssignedAttributes]
        self._writes_frames = "f_locals" in function.code.co_names
        self._visiting: set[int] = set()
        self._steps = 0

    @classmethod
    def of(cls, function: Function) -> Self:
        """The known types of one function."""
        return cls(function)

    def type_of(self, value: Value, at: Instruction, depth: int = 0) -> type | None:
        """The exact type of `value` as seen just before instruction `at`, or None."""
        self._steps = self._steps + 1 if depth else 0
        if depth > _LARGEST_SEARCH or self._steps > _MOST_STEPS:
            return None
        match value:
            case v.Constant(kind=kind) | v.Display(kind=kind):
                return kind
            case v.Formatted():
                return str
            case v.Local() | v.Earlier():
                return self._local(value, at, depth)
            case v.Global(name=name):
                return self._global(name)
            case v.Attribute():
                module, name = self._of_module(value)
                return float if name in _FLOAT_ATTRIBUTES.get(module, ()) else None
            case v.Call():
                return self._result(value, at, depth)
            case v.Item(iterator=v.Iterator(base=base)):
                return self._item(base, at, depth)
            case v.Binary() | v.Unary():
                return self._operation(value, at, depth)
            case _:
                return None

    def _result(self, call: v.Call, at: Instruction, depth: int) -> type | None:
        module, called = self._of_module(call.function)
        if called in FLOAT_FUNCTIONS.get(module, ()):
            return float
        match call.function:
            case v.Global(name="abs") if len(call.arguments) == 1 and self.is_builtin("abs"):
                kind = self.type_of(call.arguments[0], at, depth + 1)
                return kind if kind in (int, float) else None
            case v.Global(name=name):
                return self._builtin_result(name)
            case v.Attribute(base=base, name=name):
                owner = self.type_of(base, at, depth + 1)
                return METHOD_TYPES.get(owner, {}).get(name) if owner else None
            case _:
                return None

    def _of_module(self, value: Value) -> tuple[str, str]:
        """The module and the name in it that `value` certainly is; empty where it is none."""
        match value:
            case v.Attribute(base=v.Global(name=root), name=name):
                bound = self._import_of(root)
                module = bound.module if bound and bound.plain else ""
                is_assigned = module and self._assigned.may_assign(module, name)
                return ("", "") if is_assigned else (module, name)
            case v.Global(name=name):
                bound = self._import_of(name)
                return (bound.module, bound.name) if bound and not bound.plain else ("", "")
            case _:
                return "", ""

    def _import_of(self, name: str) -> v.Imported | None:
        if name not in self._facts.stores or self._facts.star_import:
            return None
        if self._indirect.may_bind(name):
            return None
        bound = self._facts.import_of(name)
        return bound if bound and not bound.level else None

    def _global(self, name: str) -> type | None:
        """The type of a global that the module's own code alone binds, to constants of one type."""
        facts = self._facts
        stores = facts.stores.get(name, ())
        if not stores or facts.star_import or name in facts.rebound_by_functions:
            return None
        if self._indirect.may_bind(name):
            return None
        values = facts.values_of(name)
        kinds = {value.kind if isinstance(value, v.Constant) else None for value in values}
        return kinds.pop() if len(values) == len(stores) and len(kinds) == 1 else None

    def _operation(self, value: v.Binary | v.Unary, at: Instruction, depth: int) -> type | None:
        if isinstance(value, v.Binary):
            one = self.type_of(value.left, at, depth + 1)
            other = self.type_of(value.right, at, depth + 1)
            return _binary_type(value.symbol, one, other)
        if value.symbol in {"not", "bool"}:
            return bool
        operand = self.type_of(value.operand, at, depth + 1)
        return operand if operand in (int, float) else None

    def is_builtin(self, name: str) -> bool:
        """Whether nothing in this file binds the global `name`, so that it is the builtin."""
        facts = self._facts
        return (
            name not in facts.stores
            and name not in facts.rebound_by_functions
            and not facts.star_import
            and not self._indirect.may_bind(name)
        )

    def _builtin_result(self, name: str) -> type | None:
        kind = RESULT_TYPES.get(name) if self.is_builtin(name) else None
        return None if kind is object else kind

    def _local(self, value: v.Local | v.Earlier, at: Instruction, depth: int) -> type | None:
        """The type that every definition of the local agrees on.

        A definition that is being asked about already (``s += t`` asks for ``s``) is left out: if
        the others agree on a type and it keeps that type, then by induction it always has it.
        """
        if self._writes_frames:
            return None  # since 3.13 a frame's `f_locals` stores to its variables
        if isinstance(value, v.Earlier):
            at = self._definitions.graph.instructions[value.load]
        found: set[type] = set()
        for definition in self._definitions.before(at, value.name):
            if definition < 0:
                return None
            if definition in self._visiting:
                continue
            self._visiting.add(definition)
            stored = self._definitions.stored_value(definition)
            store = self._definitions.graph.instructions[definition]
            kind = self.type_of(stored, store, depth + 1)
            self._visiting.discard(definition)
            if kind is None:
                return None
            found.add(kind)
        return found.pop() if len(found) == 1 else None

    def _item(self, iterated: Value, at: Instruction, depth: int) -> type | None:
        if isinstance(iterated, v.Call) and iterated.function == v.Global("range"):
            return int if self.is_builtin("range") else None
        if isinstance(iterated, v.Constant) and isinstance(iterated.value, tuple | frozenset):
            elements = {type(element) for element in iterated.value}
            return elements.pop() if len(elements) == 1 else None
        kind = self.type_of(iterated, at, depth + 1)
        return _ITEM_TYPES.get(kind) if kind else None


def _binary_type(symbol: str, one: type | None, other: type | None) -> type | None:
    if symbol in {"in", "not in", "is", "is not"}:
        return bool
    if one is None or other is None:
        return None
    plain = symbol.rstrip("=") if symbol not in {"==", "<=", ">=", "!="} else symbol
    if plain in {"==", "!=", "<", ">", "<=", ">="}:
        # `[a] < [b]` is whatever `a < b` is.
        compared = _BUILTIN if plain in {"==", "!="} else _BUILTIN - {list, tuple}
        return bool if one in compared and other in compared else None
    if one in _NUMBERS and other in _NUMBERS:
        return _number_type(plain, one, other)
    if one is other and plain == "+" and one in (str, bytes, tuple, list):
        return one
    if plain == "%" and one is str:
        return str
    if plain == "*" and one in (str, bytes, tuple, list) and other is int:
        return one
    return None


_BUILTIN = frozenset({*_NUMBERS, str, bytes, tuple, list, dict, set, frozenset, type(None)})


def _number_type(symbol: str, one: type, other: type) -> type | None:
    if complex in (one, other):
        return complex if symbol in {"+", "-", "*", "/", "**"} else None
    if symbol == "/":
        return float
    if symbol == "**":
        return None
    if float in (one, other):
        return float if symbol in {"+", "-", "*", "//", "%"} else None
    if symbol in {"+", "-", "*", "//", "%", "<<", ">>"}:
        return int
    if symbol in {"&", "|", "^"}:
        return bool if one is other is bool else int
    return None
