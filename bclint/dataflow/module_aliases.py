"""What may stand for a module besides the name that an import statement gives it.

``m = math``, ``patch(math)``, ``sys.modules["math"]``, ``import_module("math")``: an attribute that
is assigned through one of these is the module's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.scan import names
from bclint.dataflow import values as v
from bclint.dataflow.module import ModuleFacts
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.values import Value

_IMPORTERS = frozenset({"import_module", "__import__"})
_LOOKERS = frozenset({"getattr", "hasattr", "dir", "vars", "isinstance", "id", "repr", "print"})
_OWN_OBJECTS = frozenset({"self", "cls"})
_IMPORTS = frozenset({Operation.IMPORT_NAME})
_READS = frozenset(
    {
        *(Operation.LOAD_ATTRIBUTE, Operation.LOAD_METHOD, Operation.IMPORT_FROM, Operation.POP),
        *(Operation.IS, Operation.TO_BOOL, Operation.NOT, Operation.JUMP_IF, Operation.COMPARE),
    }
)
"""What takes a module and keeps no reference to it."""


class ModuleAliases:
    """What may stand for modules in a file. Ask for it on the module."""

    def __init__(self, module: Function) -> None:
        """Nothing is looked at before it is asked for."""
        self._module = module
        self._facts = module[ModuleFacts]
        self._handed_out: dict[str, bool] = {}

    @classmethod
    def of(cls, function: Function) -> Self:
        """The aliases in the file that the function belongs to."""
        return cls(function) if function is function.module else function.module[cls]

    def may_be(self, value: Value, function: Function, module: str, depth: int = 3) -> bool:
        """Whether `value`, as `function` has it, may be the module of that dotted name."""
        match value:
            case v.Global(name=name) | v.Name(name=name):
                return self._global_may_be(name, module, depth)
            case v.Local(name=name) | v.Earlier(name=name):
                return self._local_may_be(name, function, module, depth)
            case v.Cell() | v.Item() | v.Unknown():
                return self.is_handed_out(module)
            case _:
                inner = _namespace_of(value)
                if inner is not None:
                    return self.may_be(inner, function, module, depth)
                return _looks_like(value, module)

    def is_handed_out(self, module: str) -> bool:
        """Whether the file uses the module as a value: passes it on, or gives it another name."""
        first = _first(module)
        if first not in self._handed_out:
            self._handed_out[first] = any(
                self._hands_out(function, first) for function in functions_of(self._module)
            )
        return self._handed_out[first]

    def _global_may_be(self, name: str, module: str, depth: int) -> bool:
        bound = self._facts.import_of(name)
        if bound is not None:
            return (bound.plain and bound.module == "") or _first(bound.module) == _first(module)
        if name in self._facts.rebound_by_functions:
            return self.is_handed_out(module)
        values = self._facts.values_of(name)
        return depth > 0 and any(
            self.may_be(each, self._module, module, depth - 1) for each in values
        )

    def _local_may_be(self, name: str, function: Function, module: str, depth: int) -> bool:
        code = function.code
        is_parameter = name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if is_parameter and name not in _OWN_OBJECTS and self.is_handed_out(module):
            return True
        return depth > 0 and any(
            self.may_be(stored, function, module, depth - 1) for stored in _stored(function, name)
        )

    def _hands_out(self, function: Function, first: str) -> bool:
        """Whether `function` takes a module whose name starts with `first` for a value."""
        code = function.code
        is_bound = {name for name in code.co_names if self._is_import_of(name, first)}
        imports = any(_first(name) == first for _, name in names(code, _IMPORTS))
        if not is_bound and not (imports and function is not self._module):
            return False
        return any(
            self._takes(function, instruction, first) for instruction in function[Instructions]
        )

    def _is_import_of(self, name: str, first: str) -> bool:
        values = self._facts.values_of(name) if name in self._facts.stores else ()
        return any(_is_of(each, first) for each in values)

    def _takes(self, function: Function, instruction: Instruction, first: str) -> bool:
        operation = instruction.operation
        if operation in _READS:
            return False
        operands = function[OperandStack].operands(instruction)
        match function[OperandStack].result(instruction):
            case v.Call(function=called) if (v.chain(called) or ("",))[-1] in _LOOKERS:
                return False
        if operation in _STORES_ATTRIBUTE:
            operands = operands[:-1]  # what it is an attribute of is told by itself
        return any(
            self._is_module(operand.value, function, operation, first) for operand in operands
        )

    def _is_module(
        self, value: Value, function: Function, operation: Operation, first: str
    ) -> bool:
        match value:
            case v.Local(name=name):
                return any(_is_of(stored, first) for stored in _stored(function, name))
            case v.Global(name=name) | v.Name(name=name):
                return self._is_import_of(name, first)
            case v.Imported():
                return _is_of(value, first) and operation in _HANDING_STORES
            case _:
                return False


def _namespace_of(value: Value) -> Value | None:
    """The `m` of ``m.__dict__`` and ``vars(m)``."""
    match value:
        case v.Attribute(base=inner, name="__dict__"):
            return inner
        case v.Call(function=v.Global(name="vars") | v.Name(name="vars"), arguments=(inner,)):
            return inner
        case _:
            return None


def _looks_like(value: Value, module: str) -> bool:
    """Whether the expression itself says that it is the module, or may be."""
    match value:
        case v.Imported(module=imported):
            return _first(imported) == _first(module)
        case v.Constant(value=str() as text):
            return text == module or text.endswith(f".{module}")
        case v.Attribute(name=name):
            return name == module.rpartition(".")[2]
        case v.Call(function=called):
            return (v.chain(called) or ("",))[-1] in _IMPORTERS
        case v.Binary(symbol="[]", left=left):
            return (v.chain(left) or ("",))[-1] == "modules"
        case _:
            return False


def functions_of(module: Function) -> Iterator[Function]:
    """All functions of the file, the module's own code first."""
    waiting = [module]
    while waiting:
        function = waiting.pop()
        yield function
        waiting.extend(function.nested)


_STORES_ATTRIBUTE = frozenset({Operation.STORE_ATTRIBUTE, Operation.DELETE_ATTRIBUTE})
_HANDING_STORES = frozenset(
    {Operation.STORE_CELL, Operation.STORE_GLOBAL, Operation.STORE_ATTRIBUTE}
)
"""Where an import statement binds a name that other functions see."""


def _first(module: str) -> str:
    return module.partition(".")[0]


def _is_of(value: Value, first: str) -> bool:
    return isinstance(value, v.Imported) and _first(value.module) == first


def _stored(function: Function, name: str) -> Iterator[Value]:
    """All that is stored to a local."""
    for store in function[Instructions]:
        if store.operation is Operation.STORE_LOCAL and store.argument == name:
            yield from (operand.value for operand in function[OperandStack].operands(store))
