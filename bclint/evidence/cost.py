"""A rough cost of a function's instructions: enough to see that a change made a loop cheaper.

The unit is about a nanosecond of a specialised instruction on a current machine; only the order
matters. What a call does inside is not counted, so growth by copying does not show here.
"""

from __future__ import annotations

from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow.effects import Effects
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.types import KnownTypes
from bclint.dataflow.values import UNKNOWN, Attribute, Call, Global
from bclint.flow.loops import Loop, LoopForest

ITERATIONS = 10.0
"""How often a loop is taken to run: each level of depth weighs ten times the one around it."""

_O = Operation
_COSTS: dict[Operation, float] = {
    _O.NOTHING: 0,
    _O.PUSH_NULL: 0,
    _O.KEYWORD_NAMES: 0,
    _O.LOAD_CELL: 1.5,
    _O.STORE_CELL: 1.5,
    _O.LOAD_GLOBAL: 2,
    _O.STORE_GLOBAL: 6,
    _O.LOAD_NAME: 8,
    _O.STORE_NAME: 8,
    _O.LOAD_ATTRIBUTE: 3,
    _O.LOAD_METHOD: 3,
    _O.LOAD_SUPER_ATTRIBUTE: 15,
    _O.STORE_ATTRIBUTE: 4,
    _O.LOAD_SUBSCRIPT: 4,
    _O.STORE_SUBSCRIPT: 5,
    _O.LOAD_SLICE: 15,
    _O.STORE_SLICE: 15,
    _O.BINARY_OPERATION: 3,
    _O.COMPARE: 3,
    _O.CONTAINS: 6,
    _O.CALL: 12,
    _O.CALL_KEYWORDS: 20,
    _O.CALL_UNPACKED: 30,
    _O.BUILD_TUPLE: 6,
    _O.BUILD_LIST: 8,
    _O.BUILD_SET: 20,
    _O.BUILD_MAP: 15,
    _O.BUILD_CONSTANT_KEY_MAP: 15,
    _O.BUILD_STRING: 12,
    _O.BUILD_SLICE: 8,
    _O.BUILD_TEMPLATE: 30,
    _O.LIST_TO_TUPLE: 8,
    _O.LIST_EXTEND: 10,
    _O.SET_UPDATE: 20,
    _O.MAP_UPDATE: 20,
    _O.SET_ADD: 6,
    _O.MAP_ADD: 8,
    _O.FORMAT: 15,
    _O.MAKE_FUNCTION: 25,
    _O.LOAD_BUILD_CLASS: 3000,
    _O.IMPORT_NAME: 40,
    _O.IMPORT_FROM: 25,
    _O.IMPORT_STAR: 300,
    _O.RAISE: 100,
    _O.YIELD: 10,
    _O.SEND: 15,
    _O.ENTER_WITH: 15,
    _O.EXIT_WITH: 15,
    _O.LOAD_SPECIAL: 8,
    _O.MATCH_PATTERN: 8,
}


def cost(operation: Operation) -> float:
    """The relative cost of one instruction; 1 for all that only moves values about."""
    return _COSTS.get(operation, 1)


UNKNOWN_CALL = 25.0
"""The least that a call of a function written in Python costs."""

_CALLS = frozenset({_O.CALL, _O.CALL_KEYWORDS, _O.CALL_UNPACKED})
_BUILTINS = {
    **dict.fromkeys(("len", "type", "ord", "abs", "id", "bool", "callable"), 12),
    **dict.fromkeys(("chr", "next", "iter", "hash"), 20),
    **dict.fromkeys(("print", "open", "input", "exec", "eval", "compile", "__import__"), 500),
    **dict.fromkeys(("sorted", "sum", "list", "tuple", "dict", "set", "frozenset", "map"), 60),
    **dict.fromkeys(("max", "min", "zip", "enumerate", "range", "repr", "str", "float"), 35),
    **dict.fromkeys(("int", "bytes", "getattr", "setattr", "hasattr", "super", "format"), 30),
}
_FAST_METHODS = frozenset(
    {
        *("append", "add", "get", "pop", "popleft", "appendleft", "startswith", "endswith"),
        *("discard", "isdigit", "items", "keys", "values", "extend", "index"),
    }
)


_MODULE_CALLS = {
    **dict.fromkeys(("math", "operator", "bisect", "stat", "unicodedata", "heapq"), 12.0),
    **dict.fromkeys(("time", "struct", "itertools", "string", "keyword", "sys"), 40.0),
    **dict.fromkeys(("re", "random", "collections", "functools", "binascii", "datetime"), 150.0),
    **dict.fromkeys(("os", "os.path", "json", "copy", "glob", "shutil", "subprocess"), 1000.0),
    **dict.fromkeys(("importlib", "inspect", "pathlib", "tempfile", "socket", "ast"), 1000.0),
    "time.sleep": 1e6,
}
"""What a function of a standard library module costs at the least, by module or by function."""

_PATH_STRINGS = frozenset(
    {"basename", "commonprefix", "dirname", "isabs", "join", "normcase", "split", "splitext"}
)
"""Functions of ``os.path`` that ask no file system."""


def cost_in(function: Function, instruction: Instruction) -> float:
    """The cost of one instruction of `function`, calls by what they call where that is known."""
    own = cost(instruction.operation)
    if instruction.operation not in _CALLS:
        return own
    result = function[OperandStack].result(instruction)
    called = result.function if isinstance(result, Call) else UNKNOWN
    if isinstance(called, Global) and function[KnownTypes].is_builtin(called.name):
        return max(own, _BUILTINS.get(called.name, UNKNOWN_CALL))
    if isinstance(called, Attribute):
        if (module := function[Effects].module_name(called.base)) is not None:
            return max(own, _module_call(module, called.name))
        if called.name in _FAST_METHODS:
            return own
    return max(own, UNKNOWN_CALL)


def _module_call(module: str, name: str) -> float:
    if module == "os.path" and name in _PATH_STRINGS:
        return 120
    return _MODULE_CALLS.get(f"{module}.{name}", _MODULE_CALLS.get(module, UNKNOWN_CALL))


class IterationCosts:
    """The cost of one iteration of each loop of a function; every finding of a loop asks again."""

    def __init__(self, function: Function) -> None:
        """Costs are computed when they are asked for."""
        self._function = function
        self._forest = function[LoopForest]
        self._by_header: dict[int, float] = {}

    @classmethod
    def of(cls, function: Function) -> Self:
        """The costs of the loops of one function."""
        return cls(function)

    def __getitem__(self, loop: Loop) -> float:
        """The cost of one iteration of `loop`, inner loops taken `ITERATIONS` times."""
        if loop.header not in self._by_header:
            self._by_header[loop.header] = sum(
                cost_in(self._function, instruction)
                * ITERATIONS ** (self._forest.depth_of(instruction.index) - loop.depth)
                for instruction in self._forest.instructions_of(loop)
            )
        return self._by_header[loop.header]


def loop_cost(function: Function) -> float:
    """The cost of one run of `function`, where every loop runs `ITERATIONS` times.

    Raises `DecodeError` for a function that cannot be decoded.
    """
    forest = function[LoopForest]
    return sum(
        cost(instruction.operation) * ITERATIONS ** forest.depth_of(instruction.index)
        for instruction in function[Instructions]
    )
