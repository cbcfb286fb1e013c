"""Who may bind the file's globals without naming them: through ``globals()``, or by ``exec``.

``globals()["LIMIT"] = 3``, ``globals().update(…)``, ``exec(text)`` and ``f.__globals__`` rebind
what no ``global`` statement names. Reading is told apart: a subscript, a test with ``in``, and what
only looks. At module level such a store is the module binding its names, but a dict that is kept
there, ``names = globals()``, can be written by anybody.

A name that is bound in this way is no builtin any more; nor is one that a file which names
``builtins`` stores as an attribute.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.scan import names
from bclint.dataflow import values as v
from bclint.dataflow.stack import OperandStack

_DICTS = frozenset({"__globals__", "f_globals"})
_RUNNERS = frozenset({"exec", "eval"})
_NAMES_IN_FUNCTIONS = _RUNNERS | {"globals"}
_NAMES_AT_TOP = _NAMES_IN_FUNCTIONS | {"vars", "locals"}
_SOURCES = _DICTS | _NAMES_AT_TOP
_BUILTINS = frozenset({"builtins", "__builtins__"})
_READING = frozenset(
    {
        *(Operation.LOAD_SUBSCRIPT, Operation.CONTAINS, Operation.POP, Operation.GET_ITERATOR),
        Operation.MAP_UPDATE,
    }
)
_READERS = frozenset({"dict", "frozenset", "iter", "len", "list", "set", "sorted", "tuple"})
_LOOKING = frozenset({"get", "items", "keys", "values", "copy", "__getitem__", "__contains__"})
_METHODS = frozenset({Operation.LOAD_METHOD, Operation.LOAD_ATTRIBUTE})
_STORES = frozenset({Operation.STORE_NAME, Operation.STORE_GLOBAL})
_LOADS = frozenset({Operation.LOAD_GLOBAL, Operation.LOAD_NAME})
_CALLS = frozenset({Operation.CALL, Operation.CALL_KEYWORDS})
_STORES_ATTRIBUTE = frozenset({Operation.STORE_ATTRIBUTE})


class IndirectGlobals:
    """How the file may write its globals by no name. Ask for it on the module's function."""

    def __init__(self, module: Function) -> None:
        """Look at the code objects that name one of the ways."""
        self.writer: str | None = None
        """The qualified name of a function that may; ``<module>`` where all code may."""
        self._bound: set[str] = set()
        """The names that are known to be bound so."""
        self._binds_any = False
        replaces = False
        for function in _walk(module):
            replaces = replaces or not _BUILTINS.isdisjoint(function.code.co_names)
            if _may_reach_globals(function):
                self._look_at(function)
        if replaces:
            self._look_for_builtins(module)

    @classmethod
    def of(cls, function: Function) -> Self:
        """The answer for the file that the function belongs to."""
        return cls(function) if function is function.module else function.module[cls]

    def may_bind(self, name: str) -> bool:
        """Whether the file may bind the global `name`, or the builtin, without naming it."""
        return self._binds_any or name in self._bound

    def _look_at(self, function: Function) -> None:
        stack = function[OperandStack]
        top = function is function.module
        for instruction in function[Instructions]:
            if _lets_out(function, instruction):
                self._found(function)
                self._binds_any = True
            elif _gives_globals(instruction, stack.result(instruction), top=top):
                self._look_at_uses(function, instruction)

    def _look_at_uses(self, function: Function, globals_dict: Instruction) -> None:
        stack = function[OperandStack]
        top = function is function.module
        consumers = stack.consumers(globals_dict)
        if stack.is_merged(globals_dict) and not top:
            consumers = [*consumers, globals_dict]
        for consumer in consumers:
            if _only_reads(function, consumer):
                continue
            key = _key(function, consumer)
            self._bound.update([key] if key else [])
            self._binds_any = self._binds_any or key is None
            if not top or consumer.operation in _STORES:
                self._found(function)

    def _look_for_builtins(self, module: Function) -> None:
        for function in _walk(module):
            self._bound.update(name for _, name in names(function.code, _STORES_ATTRIBUTE))
            if "setattr" in function.code.co_names:
                self._binds_any = True

    def _found(self, function: Function) -> None:
        self.writer = self.writer or function.code.co_qualname


def _may_reach_globals(function: Function) -> bool:
    """Whether the raw bytes name one of the ways: a function's ``locals()`` are not globals."""
    used = _SOURCES.intersection(function.code.co_names)
    if not used:
        return False
    if not _DICTS.isdisjoint(used):
        return True
    top = function is function.module
    called = _NAMES_AT_TOP if top else _NAMES_IN_FUNCTIONS
    return any(name in called for _, name in names(function.code, _LOADS))


def _walk(module: Function) -> Iterator[Function]:
    waiting = [module]
    while waiting:
        function = waiting.pop()
        yield function
        waiting.extend(function.nested)


def _lets_out(function: Function, load: Instruction) -> bool:
    """Whether ``globals`` is used but by calling it, or ``exec`` runs in the file's own globals."""
    if load.operation not in _LOADS or load.name not in _NAMES_IN_FUNCTIONS:
        return False
    stack = function[OperandStack]
    for consumer in stack.consumers(load):
        call = stack.result(consumer)
        if consumer.operation is Operation.POP:
            continue
        if consumer.operation not in _CALLS or not isinstance(call, v.Call):
            return True
        if all(operand.producer != load.index for operand in stack.operands(consumer)[:2]):
            return True
        positional = len(call.arguments) - len(call.keywords)
        if load.name in _RUNNERS and positional < 2 and "globals" not in call.keywords:
            return True
    return stack.is_merged(load)


def _gives_globals(instruction: Instruction, result: v.Value, *, top: bool) -> bool:
    """Whether `result` is the dict of the globals; `top` stands for code at module level."""
    match result:
        case v.Call(function=v.Global(name=name) | v.Name(name=name), arguments=()):
            return name == "globals" or (top and name in {"vars", "locals"})
        case v.Attribute(name=name) if name in _DICTS:
            return instruction.operation is Operation.LOAD_ATTRIBUTE
        case _:
            return False


def _only_reads(function: Function, consumer: Instruction) -> bool:
    if consumer.operation in _METHODS:
        return consumer.name in _LOOKING
    match function[OperandStack].result(consumer):
        case v.Call(function=v.Global(name=name) | v.Name(name=name), arguments=(_,), keywords=()):
            return name in _READERS
        case _:
            return consumer.operation in _READING


def _key(function: Function, consumer: Instruction) -> str | None:
    """The name that a store binds, where it is written out: ``globals()["LIMIT"] = 3``."""
    if consumer.operation is Operation.STORE_SUBSCRIPT:
        match function[OperandStack].operands(consumer)[-1].value:
            case v.Constant(value=str() as name):
                return name
    return None
