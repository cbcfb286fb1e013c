"""Comparing code objects apart from their places in the file."""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Collection, Iterator
from types import CodeType

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instructions
from bclint.bytecode.opcodes import Operation
from bclint.source import SourceFile, Span

_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})
"""Functions of their own up to 3.11, part of the function around them since."""
_UNNAMED = _COMPREHENSIONS | {"<lambda>", "<genexpr>"}
_OF_CLASS = frozenset({"__firstlineno__", "__static_attributes__"})
"""Since 3.13 a class body stores under these names its own line, and which attributes its methods
assign to ``self`` (an augmented assignment is not counted, the assignment of its fix is)."""


def shell(code: CodeType) -> tuple[object, ...]:
    """All that makes up `code` but line numbers and nested code objects; equal means unchanged."""
    return (
        *(code.co_name, code.co_qualname, code.co_flags, code.co_exceptiontable),
        *(code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount),
        *(code.co_names, code.co_varnames, code.co_cellvars, code.co_freevars),
        *_body(code),
    )


def _body(code: CodeType) -> Iterator[object]:
    if _OF_CLASS.isdisjoint(code.co_names):
        yield code.co_code
        yield tuple(_constant(value) for value in code.co_consts)
        return
    # They are constants, which may come and go among the others: compare what they mean.
    instructions = Instructions(code)
    for instruction, following in zip(instructions, [*instructions][1:], strict=False):
        stored = following.operation is Operation.STORE_NAME and following.name in _OF_CLASS
        if not stored:
            yield instruction.operation, _constant(instruction.argument), instruction.target


def _constant(value: object) -> tuple[object, ...]:
    """A key under which ``1``, ``1.0`` and ``True`` differ, and so do ``0.0`` and ``-0.0``."""
    if isinstance(value, CodeType):
        return (CodeType,)
    if isinstance(value, tuple):
        return (tuple, *(_constant(item) for item in value))
    if isinstance(value, frozenset):
        return (frozenset, frozenset(_constant(item) for item in value))
    return type(value), repr(value)


def whole(function: Function) -> tuple[object, ...]:
    """`shell` of `function` and of everything nested in it."""
    return shell(function.code), tuple(whole(inner) for inner in function.nested)


def own_parts(function: Function) -> Iterator[Function]:
    """`function` and the comprehensions, lambdas and generator expressions that it writes out."""
    yield function
    for inner in function.nested:
        if inner.code.co_name in _UNNAMED:
            yield from own_parts(inner)


def comprehended(function: Function) -> Iterator[Function]:
    """`function` with its comprehensions, as they are one function since 3.12."""
    yield function
    for inner in function.nested:
        if inner.code.co_name in _COMPREHENSIONS:
            yield from comprehended(inner)


def inner_functions(function: Function) -> Iterator[Function]:
    """The functions and classes directly inside `function`, comprehensions seen through."""
    for part in comprehended(function):
        for inner in part.nested:
            if inner.code.co_name not in _COMPREHENSIONS:
                yield inner


def generators_in(
    function: Function, source: SourceFile, spans: Collection[Span]
) -> frozenset[CodeType]:
    """The generator expressions directly inside `function` that stand in one of `spans`.

    A fix that makes a list of one changes it as a part of its function, not as another function.
    """
    return frozenset(
        inner.code
        for inner in inner_functions(function)
        if inner.code.co_name == "<genexpr>"
        and any(_stands_in(inner, source, span) for span in spans)
    )


def _stands_in(generator: Function, source: SourceFile, span: Span) -> bool:
    """Whether the first element of `generator` is in `span`; nothing else shares its place."""
    instructions = generator[Instructions]
    for instruction in instructions:
        position = instructions.position(instruction)
        if instruction.operation is Operation.YIELD and position is not None:
            place = position.line, position.end_line, position.column, position.end_column
            return span.contains(source.span_from_utf8(*place))
    return False


_GLOBALS = frozenset({Operation.LOAD_GLOBAL, Operation.STORE_GLOBAL, Operation.DELETE_GLOBAL})
_NAMES = frozenset({Operation.LOAD_NAME, Operation.STORE_NAME, Operation.DELETE_NAME})


def categories(function: Function, generators: Collection[CodeType] = ()) -> dict[str, str]:
    """Each variable of `function`: free, cell, local, global, or name (of a module or class).

    A cell that only comprehensions share is a local, which it is for certain since 3.12. What
    `generators` use counts as used by `function`, and what they share as not shared.
    """
    code = function.code
    inner = list(inner_functions(function))
    parts = [*comprehended(function), *(each for each in inner if each.code in generators)]
    shared = {name for each in inner if each not in parts for name in each.code.co_freevars}
    found = dict.fromkeys(code.co_freevars, "free")
    for name in (*code.co_cellvars, *code.co_varnames):
        found.setdefault(name, "cell" if name in shared and name in code.co_cellvars else "local")
    for part in parts:
        for instruction in part[Instructions]:
            if instruction.operation in _GLOBALS:
                found.setdefault(instruction.name, "global" if function.parent else "name")
            elif instruction.operation in _NAMES:
                found.setdefault(instruction.name, "name")
    return found


def is_plain_builtin(name: str, module: Function) -> bool:
    """Whether `name` is a builtin that no part of the file binds as a global."""
    if not hasattr(builtins, name):
        return False
    stores = frozenset({Operation.STORE_GLOBAL, Operation.STORE_NAME})
    pending = [module]
    for function in pending:
        pending.extend(function.nested)
        # A class's names are its own; a star import may bind anything.
        mine = stores if function is module else frozenset({Operation.STORE_GLOBAL})
        for instruction in function[Instructions]:
            bound = instruction.operation in mine and instruction.name == name
            if bound or instruction.operation is Operation.IMPORT_STAR:
                return False
    return True


def has_fast_locals(function: Function) -> bool:
    """Whether new names of `function` become locals (a module's and a class's do not)."""
    return bool(function.code.co_flags & inspect.CO_OPTIMIZED)
