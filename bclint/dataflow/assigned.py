"""Which attributes of imported modules a file assigns, under whatever name the module goes.

``os.environ = {}``, ``import math as m`` with ``m.sqrt = fast_sqrt`` in a function, and
``setattr(math, "sqrt", …)``. A store through anything that is not known to be a module counts for
none.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.owners import changed_attributes, first_arguments, imported_locals
from bclint.dataflow import values as v
from bclint.dataflow.module import ModuleFacts
from bclint.dataflow.stack import OperandStack

_STORES = frozenset({Operation.STORE_ATTRIBUTE, Operation.DELETE_ATTRIBUTE})
_SETTERS = frozenset({"setattr", "delattr"})


class AssignedAttributes:
    """The attributes of modules that a file assigns or deletes. Ask for it on the module."""

    def __init__(self, module: Function) -> None:
        """Decode the functions that may, as their raw bytes tell."""
        self._facts = module[ModuleFacts]
        self._found: set[tuple[str, str]] = set()
        """The first part of a module's name, and the attribute; empty where it may be any."""
        for name, attribute in self._facts.module_attributes_stored:
            self._add(self._facts.import_of(name), attribute)
        waiting = [module]
        while waiting:
            function = waiting.pop()
            waiting.extend(function.nested)
            if _may_assign(function.code):
                self._look_at(function)

    @classmethod
    def of(cls, function: Function) -> Self:
        """The answer for the file that the function belongs to."""
        return cls(function) if function is function.module else function.module[cls]

    def may_assign(self, module: str, name: str) -> bool:
        """Whether the file may assign the attribute `name` of the module of that dotted name."""
        first = module.partition(".")[0]
        return not self._found.isdisjoint({(first, name), (first, "")})

    def _look_at(self, function: Function) -> None:
        for instruction in function[Instructions]:
            for base, name in _assigned(function, instruction):
                match v.root(base):
                    case v.Global(name=variable) | v.Name(name=variable):
                        self._add(self._facts.import_of(variable), name)
                    case v.Local(name=variable):
                        for stored in _stored(function, variable):
                            self._add(stored, name)

    def _add(self, module: v.Value | None, name: str) -> None:
        if isinstance(module, v.Imported) and not module.level:
            self._found.add((module.module.partition(".")[0], name))


def _may_assign(code: CodeType) -> bool:
    """Whether `code` may assign attributes of what a local import binds, or by `setattr`."""
    imported = imported_locals(code)
    if any(not is_local or name in imported for is_local, name in first_arguments(code, _SETTERS)):
        return True
    return bool(imported) and any(
        owner is None or name in imported for owner, name, _ in changed_attributes(code)
    )


def _assigned(function: Function, instruction: Instruction) -> Iterator[tuple[v.Value, str]]:
    """What the instruction assigns an attribute of, and which; empty for one that is computed."""
    stack = function[OperandStack]
    if instruction.operation in _STORES:
        # Code that nothing reaches, as after `return`, has no operands, and assigns nothing.
        if operands := stack.operands(instruction):
            yield operands[-1].value, instruction.name
        return
    match stack.result(instruction):
        case v.Call(
            function=v.Global(name=called) | v.Name(name=called), arguments=(base, name, *_)
        ) if called in _SETTERS and instruction.operation is Operation.CALL:
            yield base, str(name.value) if isinstance(name, v.Constant) else ""


def _stored(function: Function, name: str) -> Iterator[v.Value]:
    """All that is stored to a local."""
    for store in function[Instructions]:
        if store.operation is Operation.STORE_LOCAL and store.argument == name:
            yield from (operand.value for operand in function[OperandStack].operands(store))
