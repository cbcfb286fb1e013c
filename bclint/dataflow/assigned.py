"""Which attributes of imported modules a file assigns, under whatever name the module goes.

``os.environ = {}``, ``import math as m`` with ``m.sqrt = fast_sqrt`` in a function,
``setattr(math, "sqrt", …)``, ``patch("math.sqrt")`` and ``vars(math)["sqrt"] = …``. A store through
a parameter counts where the file hands the module out.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from types import CodeType
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.owners import changed_attributes, first_arguments, imported_locals
from bclint.bytecode.scan import names
from bclint.dataflow import values as v
from bclint.dataflow.module import ModuleFacts
from bclint.dataflow.module_aliases import ModuleAliases, functions_of
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.texts import Texts, texts_of

_STORES = frozenset({Operation.STORE_ATTRIBUTE, Operation.DELETE_ATTRIBUTE})
_ITEM_STORES = frozenset({Operation.STORE_SUBSCRIPT, Operation.DELETE_SUBSCRIPT})
_CALLS = frozenset({Operation.CALL, Operation.CALL_KEYWORDS})
_SETTERS = frozenset({"setattr", "delattr"})
_GETTERS = frozenset({"getattr", "hasattr"})
_OWN_OBJECTS = frozenset({"self", "cls"})


class AssignedAttributes:
    """The attributes of modules that a file assigns or deletes. Ask for it on the module."""

    def __init__(self, module: Function) -> None:
        """Decode the functions that may, as their raw bytes tell."""
        self._facts = module[ModuleFacts]
        self._found: set[tuple[str, str]] = set()
        """The first part of a module's name, and the attribute; empty where it may be any."""
        for name, attribute in self._facts.module_attributes_stored:
            self._add(self._facts.import_of(name), attribute)
        self._module = module
        self._answers: dict[tuple[str, str], bool] = {}
        for function in functions_of(module):
            if _may_assign(function.code):
                self._look_at(function)

    @classmethod
    def of(cls, function: Function) -> Self:
        """The answer for the file that the function belongs to."""
        return cls(function) if function is function.module else function.module[cls]

    def may_assign(self, module: str, name: str) -> bool:
        """Whether the file may assign the attribute `name` of the module of that dotted name."""
        first = module.partition(".")[0]
        if not self._found.isdisjoint({(first, name), (first, "")}):
            return True
        key = module, name
        if key not in self._answers:
            self._answers[key] = self._module[Texts].name(f"{module}.{name}") or any(
                map(partial(self._changes, module, name), functions_of(self._module))
            )
        return self._answers[key]

    def _changes(self, module: str, name: str, function: Function) -> bool:
        """Whether `function` may assign the attribute through what may stand for the module."""
        code = function.code
        is_named = name in self._module[Texts].words and name in texts_of(code)
        is_stored = name in self._facts.attributes_stored and _stores_of_others(code, name)
        if not is_named and not is_stored and not _sets_of_others(code):
            return False
        wanted = name, ""
        may_be = partial(self._module[ModuleAliases].may_be, function=function, module=module)
        return any(
            found in wanted and may_be(base)
            for instruction in function[Instructions]
            for base, found in (
                *_assigned(function, instruction),
                *_named(function, instruction, name),
            )
        )

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


def _stores_of_others(code: CodeType, name: str) -> bool:
    """Whether `code` stores an attribute of that name, and not of ``self`` alone."""
    count = sum(stored == name for _, stored in names(code, _STORES))
    own = sum(
        attribute == name and owner in _OWN_OBJECTS
        for _, owner, attribute in (changed_attributes(code) if count else ())
    )
    return own < count


def _sets_of_others(code: CodeType) -> bool:
    """Whether `code` calls `setattr` for what is in a local variable other than ``self``."""
    return any(
        is_local and name not in _OWN_OBJECTS for is_local, name in first_arguments(code, _SETTERS)
    )


def _named(
    function: Function, instruction: Instruction, name: str
) -> Iterator[tuple[v.Value, str]]:
    """What an attribute or an item is set of by text: ``patch.object(os, "sep")``."""
    stack = function[OperandStack]
    if instruction.operation in _ITEM_STORES:
        *_, base, key = (operand.value for operand in stack.operands(instruction))
        if key == v.Constant(str, name):
            yield base, name
        return
    call = stack.result(instruction) if instruction.operation in _CALLS else None
    if not isinstance(call, v.Call) or (v.chain(call.function) or ("",))[-1] in _GETTERS:
        return
    if call.arguments[1:2] == (v.Constant(str, name),):
        yield call.arguments[0], name
    if name in call.keywords:
        yield from ((argument, name) for argument in call.arguments[:1])
        if isinstance(call.function, v.Attribute):  # `vars(os).update(sep="/")`
            yield call.function.base, name


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
