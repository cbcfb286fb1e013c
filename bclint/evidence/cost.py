"""A rough cost of a function's instructions: enough to see that a change made a loop cheaper.

A fix is verified with it, and has to come out the same on every version and in every year, so
this is no measurement: only the order matters. What a call does inside is not counted, so growth
by copying does not show here. What a change is worth is told by `bclint.evidence.prices`.
"""

from __future__ import annotations

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instructions
from bclint.bytecode.opcodes import Operation
from bclint.flow.loops import LoopForest

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


def loop_cost(function: Function) -> float:
    """The cost of one run of `function`, where every loop runs `ITERATIONS` times.

    Raises `DecodeError` for a function that cannot be decoded.
    """
    forest = function[LoopForest]
    return sum(
        cost(instruction.operation) * ITERATIONS ** forest.depth_of(instruction.index)
        for instruction in function[Instructions]
    )
