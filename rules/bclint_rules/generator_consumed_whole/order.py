"""Whether evaluating an expression a little later can be seen."""

from __future__ import annotations

from bclint.api import (
    UNBOUND,
    CellReference,
    Constant,
    Display,
    Effects,
    Function,
    FunctionObject,
    Global,
    Instruction,
    KnownTypes,
    Local,
    ReachingDefinitions,
    Value,
)


def is_evaluated_unseen(function: Function, value: Value, at: Instruction) -> bool:
    """Whether evaluating `value` runs no code, cannot fail, and gives the same after other code."""
    match value:
        case Constant() | CellReference():
            return True
        case Local(name=name):
            return UNBOUND not in function[ReachingDefinitions].before(at, name)
        case Global(name=name):
            return function[KnownTypes].is_builtin(name)
        case FunctionObject(captures=parts) | Display(elements=parts):
            return all(is_evaluated_unseen(function, part, at) for part in parts)
        case _:
            return function[Effects].is_module(value)
