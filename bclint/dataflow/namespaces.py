"""Stores to objects whose attributes are the file's globals, or builtins.

``sys.modules[__name__]``, ``import __main__`` and ``import builtins`` give such an object, a
*namespace*: ``this.LIMIT = 3``, ``setattr(this, "LIMIT", 3)``, ``vars(this)["LIMIT"] = 3`` and
``patch.object(this, "LIMIT", 3)`` rebind the global.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType
from typing import NamedTuple, Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.scan import performs
from bclint.dataflow import values as v
from bclint.dataflow.module import ModuleFacts
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.texts import texts_of
from bclint.dataflow.values import Value

_MODULES = frozenset({"builtins", "__builtins__", "__main__"})
_IMPORTERS = frozenset({"modules", "import_module", "__import__"})
_GETTERS = frozenset({"getattr", "hasattr"})
_SETTERS = frozenset({"setattr", "delattr", "object"})
_DICTS = frozenset({"__dict__", "vars"})
_STORES = frozenset({Operation.STORE_ATTRIBUTE, Operation.DELETE_ATTRIBUTE})
_ITEM_STORES = frozenset({Operation.STORE_SUBSCRIPT, Operation.DELETE_SUBSCRIPT})
_CALLS = frozenset({Operation.CALL, Operation.CALL_KEYWORDS})
_KEEPS = frozenset({Operation.STORE_LOCAL, Operation.STORE_CELL})
_DEEPEST = 4


class NamespaceStore(NamedTuple):
    """One way in which a function may rebind what it does not name."""

    function: Function
    name: str
    """The global; empty where it may be any."""
    whole: Instruction | None
    """What gives all of the names as a dict, where that is to be followed."""


class Namespaces:
    """The stores of a file to its namespaces. Ask for it on the module."""

    def __init__(self, module: Function) -> None:
        """Decode the functions that may get hold of one."""
        self._facts = module[ModuleFacts]
        self.stores: list[NamespaceStore] = []
        self._functions = functions = list(_walk(module))
        users = [function for function in functions if _may_get(function)]
        if not users:
            return
        kept = {name for name in self._facts.stores if self._is_namespace(v.Name(name), module, 0)}
        for function in functions:
            is_inside = function.code.co_freevars and any(map(_may_get, _holders(function)))
            if function in users or is_inside or not kept.isdisjoint(function.code.co_names):
                self.stores.extend(self._found(function))

    @classmethod
    def of(cls, function: Function) -> Self:
        """The answer for the file that the function belongs to."""
        return cls(function) if function is function.module else function.module[cls]

    def _found(self, function: Function) -> Iterator[NamespaceStore]:
        stack = function[OperandStack]
        for instruction in function[Instructions]:
            result = stack.result(instruction)
            if instruction.operation in _STORES:
                operands = stack.operands(instruction)
                if operands and self._is_namespace(operands[-1].value, function):
                    yield NamespaceStore(function, instruction.name, None)
            elif isinstance(result, v.Call) and instruction.operation in _CALLS:
                yield from self._called(function, result, instruction)
            elif _is_dict(result) and self._is_namespace(v.children(result)[0], function):
                yield NamespaceStore(function, "", instruction)

    def _called(
        self, function: Function, call: v.Call, at: Instruction
    ) -> Iterator[NamespaceStore]:
        """What a call may rebind that is given a namespace."""
        if not any(self._is_namespace(each, function) for each in call.arguments):
            return
        called = (v.chain(call.function) or ("",))[-1]
        second = call.arguments[1] if len(call.arguments) > 1 else v.UNKNOWN
        if called == "vars":
            yield NamespaceStore(function, "", at)
        elif called == "multiple":
            yield from (NamespaceStore(function, name, None) for name in call.keywords)
        elif called in _GETTERS:
            return
        elif isinstance(second, v.Constant) and isinstance(second.value, str):
            yield NamespaceStore(function, second.value, None)
        elif called in _SETTERS or self._changes_what_it_gets(called):
            yield NamespaceStore(function, "", None)

    def _changes_what_it_gets(self, called: str) -> bool:
        """Whether a function of the file of that name may store to the object that it is given."""
        return any(
            _may_store(function.code)
            for function in self._functions
            if function.code.co_name == called
        )

    def _is_namespace(self, value: Value, function: Function, depth: int = 0) -> bool:
        if depth > _DEEPEST:
            return False
        match value:
            case v.Imported(module=module, plain=True):
                return module in _MODULES
            case v.Global(name=name) | v.Name(name=name):
                return name == "__builtins__" or any(
                    self._is_namespace(each, function.module, depth + 1)
                    for each in self._facts.values_of(name)
                )
            case v.Local(name=name) | v.Cell(name=name) | v.Earlier(name=name):
                return any(
                    self._is_namespace(each, holder, depth + 1)
                    for holder in _holders(function)
                    for each in _stored(holder, name)
                )
            case v.Binary(symbol="[]", left=left, right=key):
                return (v.chain(left) or ("",))[-1] == "modules" and _is_own(key)
            case v.Call(function=called, arguments=(key, *_)):
                return (v.chain(called) or ("",))[-1] in _IMPORTERS and _is_own(key)
            case _:
                return False


def _may_store(code: CodeType) -> bool:
    """Whether `code` may assign an attribute, or write to the dict of an object's attributes."""
    used = code.co_names
    if performs(code, _STORES) or not _SETTERS.isdisjoint(used):
        return True
    writes = performs(code, _ITEM_STORES) or "update" in used
    return writes and not _DICTS.isdisjoint(used)


def _is_dict(value: Value) -> bool:
    return isinstance(value, v.Attribute) and value.name == "__dict__"


def _may_get(function: Function) -> bool:
    """Whether the names of `function` tell that it may get hold of a namespace."""
    used = function.code.co_names
    if not _MODULES.isdisjoint(used):
        return True
    return not _IMPORTERS.isdisjoint(used) and (
        "__name__" in used or not _MODULES.isdisjoint(texts_of(function.code))
    )


def _is_own(key: Value) -> bool:
    """Whether a module of that name is the file's own, or that of the builtins."""
    match key:
        case v.Global(name=name) | v.Name(name=name):
            return name == "__name__"
        case v.Constant(value=str() as name):
            return name in _MODULES
        case _:
            return False


def _walk(module: Function) -> Iterator[Function]:
    waiting = [module]
    while waiting:
        function = waiting.pop()
        yield function
        waiting.extend(function.nested)


def _holders(function: Function) -> Iterator[Function]:
    """The function and those around it, where a variable that they share gets its value."""
    holder: Function | None = function
    while holder is not None and holder.parent is not None:
        yield holder
        holder = holder.parent


def _stored(function: Function, name: str) -> Iterator[Value]:
    for store in function[Instructions]:
        if store.operation in _KEEPS and store.argument == name:
            yield from (operand.value for operand in function[OperandStack].operands(store))
