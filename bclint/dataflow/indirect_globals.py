"""Who may bind the file's globals without naming them: through ``globals()``, or by ``exec``.

``globals()["LIMIT"] = 3``, ``globals().update(…)``, ``exec(text)`` and ``f.__globals__`` rebind
what no ``global`` statement names. Reading is told apart: a subscript, a test with ``in``, and what
only looks. At module level such a store is the module binding its names, but a dict that is kept
there, ``names = globals()``, can be written by anybody.

So do stores to the module's own object (`bclint.dataflow.namespaces`). A name that is bound in this
way is no builtin any more; nor is one that the file stores to ``builtins``, or names by text:
``patch("builtins.len")``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.scan import names
from bclint.dataflow import values as v
from bclint.dataflow.namespaces import Namespaces
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.texts import Texts, texts_of

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
_TAKES = _METHODS | {Operation.IMPORT_FROM}
_STORES = frozenset({Operation.STORE_NAME, Operation.STORE_GLOBAL})
_LOADS = frozenset({Operation.LOAD_GLOBAL, Operation.LOAD_NAME})
_CALLS = frozenset({Operation.CALL, Operation.CALL_KEYWORDS})


class IndirectGlobals:
    """How the file may write its globals by no name. Ask for it on the module's function."""

    def __init__(self, module: Function) -> None:
        """Look at the code objects that name one of the ways."""
        self.writer: str | None = None
        """The qualified name of a function that may; ``<module>`` where all code may."""
        self._bound: set[str] = set()
        """The names that are known to be bound so."""
        self._binds_any = False
        for function in _walk(module):
            if _may_reach_globals(function):
                self._look_at(function)
        self._look_at_namespaces(module)
        self._look_for_named(module)

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
            is_taken = instruction.operation in _TAKES and _takes_runner(function, instruction)
            if is_taken or _lets_out(function, instruction):
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

    def _look_at_namespaces(self, module: Function) -> None:
        """What is stored as an attribute: ``sys.modules[__name__].LIMIT = 3``."""
        for function, name, whole in module[Namespaces].stores:
            if whole is not None:
                self._look_at_uses(function, whole)
            elif name:
                self._add(function, {name})
            else:
                self._binds_any = True
                self._found(function)

    def _look_for_named(self, module: Function) -> None:
        """What is named by text: ``patch("builtins.len")``."""
        named = module[Texts].last_of("builtins")
        for function in _walk(module) if named else ():
            texts = texts_of(function.code)
            self._add(function, {text.partition(".")[2] for text in texts} & named)

    def _add(self, function: Function, names: set[str]) -> None:
        self._bound |= names
        if names and function.parent is not None:
            self._found(function)

    def _found(self, function: Function) -> None:
        self.writer = self.writer or function.code.co_qualname


def _may_reach_globals(function: Function) -> bool:
    """Whether the raw bytes name one of the ways: a function's ``locals()`` are not globals."""
    used = _SOURCES.intersection(function.code.co_names)
    if not used:
        return False
    if not (_DICTS | _BUILTINS).isdisjoint(function.code.co_names):
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
        if load.name in _RUNNERS and _runs_in_globals(call):
            return True
    return stack.is_merged(load)


def _runs_in_globals(call: v.Call) -> bool:
    """Whether ``exec`` is given no other dict: ``exec(text)``, ``exec(text, None)``."""
    positional = len(call.arguments) - len(call.keywords)
    by_keyword = dict(zip(call.keywords, call.arguments[positional:], strict=True))
    given = call.arguments[1] if positional > 1 else by_keyword.get("globals")
    return given is None or given == v.Constant(type(None), None)


def _takes_runner(function: Function, instruction: Instruction) -> bool:
    """``builtins.exec`` and ``from builtins import exec``."""
    if instruction.name not in _NAMES_IN_FUNCTIONS:
        return False
    if instruction.operation is Operation.IMPORT_FROM:
        return True
    operands = function[OperandStack].operands(instruction)
    names = v.chain(operands[-1].value) if operands else None
    return names is not None and names[-1] in _BUILTINS


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
