"""BCL602: an operator in a loop between a float and an int constant.

The interpreter has specialised instructions for two floats. For a float and an int it has them on
some versions and for some operators: where each of the pairs below pays, measurements tell. What
``**`` costs is the power itself.

Sound under these conditions:

1. the other operand is certainly a float, and no subclass of it: its operators turn the int into a
   float themselves, so that the result is the same, sign of zero and exceptions included;
2. the constant is an int, no bool, that a float holds exactly: larger ones compare differently,
   and the largest raise OverflowError;
3. nothing else takes the constant (``a < 0 < x`` compares it twice), and the same holds wherever
   the compiler has written the operator once more.
"""

from __future__ import annotations

from collections.abc import Iterator

from bclint.api import (
    FLOAT_FUNCTIONS,
    Applicability,
    Category,
    Constant,
    Finding,
    Function,
    Hoisting,
    Instruction,
    Instructions,
    Iterations,
    KnownTypes,
    LoopForest,
    Needs,
    OperandStack,
    Operation,
    RawImports,
    RawLoops,
    Rule,
    Value,
    Verdict,
)

FEWEST_ITERATIONS = 8
_LARGEST = 2**53
_OPERATORS = frozenset({Operation.BINARY_OPERATION, Operation.COMPARE})
_PAIRS = {
    **dict.fromkeys(("+", "-", "*"), ("", "")),
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), ("comparison", "comparison")),
    **dict.fromkeys(("//", "%"), ("remainder", "remainder")),
    "/": ("division of a constant", "division by a constant"),
}
"""The measured pairs, for a constant on the left and on the right."""
_FLOAT = Verdict(Applicability.SAFE, "the other operand is a float, which makes the int one too")


def check(function: Function) -> Iterator[Finding]:
    """One finding for each int constant that is combined with a float."""
    for operator in function[Instructions]:
        if operator.operation not in _OPERATORS or not _is_worth_it(function, operator):
            continue
        found = _constant(function, operator)
        if found is None:
            continue
        constant, pair = found
        if not all(_constant(function, copy) for copy in _copies(function, operator)):
            continue
        yield Finding(
            message="`{expression}` is an int that is made a float on every iteration",
            instruction=constant,
            verdict=_FLOAT,
            loop=function[LoopForest].loop_of(operator),
            pair=pair,
        )


def _copies(function: Function, operator: Instruction) -> Iterator[Instruction]:
    """The instructions for the same place: the test of ``while`` stands twice on some versions."""
    instructions = function[Instructions]
    position = instructions.position(operator)
    for other in instructions:
        is_alike = other.operation is operator.operation and other.argument == operator.argument
        if is_alike and instructions.position(other) == position:
            yield other


def _constant(function: Function, operator: Instruction) -> tuple[Instruction, str] | None:
    """The load of the int that a float is combined with, and the pair that was measured."""
    operands = function[OperandStack].operands(operator)
    symbol = _plain(str(operator.argument))
    if len(operands) != 2 or symbol not in _PAIRS:
        return None
    for side, (constant, other) in enumerate((operands, operands[::-1])):
        if not _is_exact(constant.value) or constant.producer < 0:
            continue
        load = function[Instructions][constant.producer]
        is_float = function[KnownTypes].type_of(other.value, operator) is float
        if is_float and function[OperandStack].consumers(load) == [operator]:
            return load, _PAIRS[symbol][side]
    return None


def _plain(symbol: str) -> str:
    """The operator of an augmented assignment: ``+`` for ``+=``."""
    return symbol if symbol in _PAIRS else symbol.removesuffix("=")


def _is_exact(value: Value) -> bool:
    match value:
        case Constant(kind=kind, value=int() as number):
            return kind is int and abs(number) <= _LARGEST
        case _:
            return False


def _is_worth_it(function: Function, operator: Instruction) -> bool:
    """Whether a loop runs the operator when nothing goes wrong, more often than a few times."""
    loop = function[LoopForest].loop_of(operator)
    if loop is None or not function[Hoisting].is_repeated(operator):
        return False
    return function[Iterations].may_reach(loop, FEWEST_ITERATIONS)


_FLOAT_MODULES = frozenset(FLOAT_FUNCTIONS)
_DIVISIONS = frozenset({"/", "/="})


_LOADS = frozenset({Operation.LOAD_CONSTANT})
_WITHIN_EXPRESSION = frozenset(Operation) - frozenset(
    {
        *(Operation.STORE_LOCAL, Operation.STORE_CELL, Operation.STORE_GLOBAL),
        *(Operation.STORE_NAME, Operation.STORE_ATTRIBUTE, Operation.STORE_SUBSCRIPT),
        *(Operation.POP, Operation.RETURN, Operation.RAISE, Operation.FOR_ITERATE),
    }
)
"""An operand in which something is assigned or iterated is no known float."""


def _may_mix(function: Function) -> bool:
    """Whether a loop may combine an int constant with something that is known for a float."""
    raw = function[RawLoops]
    constants = map(raw.constant, raw.followed(_LOADS, _WITHIN_EXPRESSION, _OPERATORS))
    return int in map(type, constants) and _may_know_floats(function)


def _may_know_floats(function: Function) -> bool:
    """Whether anything tells of a float: a constant, a division, a function that gives one."""
    code, module = function.code, function.module
    if "float" in code.co_names or any(map(_is_float, (*code.co_consts, *module.code.co_consts))):
        return True
    if module[RawImports].may_use(code, _FLOAT_MODULES):
        return True
    return not _DIVISIONS.isdisjoint(function[RawLoops].symbols())


def _is_float(constant: object) -> bool:
    if isinstance(constant, tuple | frozenset):  # what a loop iterates over
        return float in map(type, constant)
    return type(constant) is float


RULE = Rule(
    code="BCL602",
    name="mixed-number-arithmetic",
    summary="A float is combined with an int constant, which is made a float every time",
    category=Category.NUMBERS,
    needs=Needs(any_of=_OPERATORS, raw=_may_mix),
    check=check,
    package=__package__,
)
