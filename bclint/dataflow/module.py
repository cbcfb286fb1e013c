"""Facts about the whole file: who binds its globals, what is imported, which attributes change.

Everything is read from instructions; nothing is imported. Scanning all code objects is cheap
because the raw bytes are filtered first (`bclint.bytecode.scan`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from types import CodeType
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.imports import is_lazy
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.owners import changed_attributes
from bclint.bytecode.scan import names
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.values import Global, Imported, Name, Value, root
from bclint.flow.dominators import CompletionDominators
from bclint.flow.graph import ControlFlowGraph

_GLOBAL_STORES = frozenset({Operation.STORE_GLOBAL, Operation.DELETE_GLOBAL})
_ATTRIBUTE_STORES = frozenset({Operation.STORE_ATTRIBUTE, Operation.DELETE_ATTRIBUTE})
_MODULE_STORES = _GLOBAL_STORES | {Operation.STORE_NAME, Operation.DELETE_NAME}
"""Until 3.12 the module stores a name that some function declares global as a global too."""
_LOADS = frozenset({Operation.LOAD_GLOBAL, Operation.LOAD_NAME})
_DELETIONS = frozenset({Operation.DELETE_NAME, Operation.DELETE_GLOBAL})


class ModuleFacts:
    """What the module binds, and where. Ask for it on the module's function."""

    def __init__(self, module: Function) -> None:
        """Read the module's own code, and scan every nested code object for stores."""
        self.module = module
        self.stores: dict[str, list[Instruction]] = {}
        """Stores and deletions of each name by the module's own code, in order."""
        self.rebound_by_functions: dict[str, str] = {}
        """Globals that some function stores or deletes, with that function's qualified name."""
        self.attributes_stored: dict[str, set[str]] = {}
        """Attribute names that any code stores or deletes, with the functions that do."""
        self.star_import = False
        self._star_imports: list[Instruction] = []
        self._values: dict[str, list[Value]] = {}
        self._imports: dict[str, Imported | None] = {}
        self._made: dict[int, list[Instruction]] = {}
        """Where the module's own code loads each code object, by its identity."""
        self._read_module()
        for function in _nested(module):
            self._scan(function)
        self._scan_attributes(module)

    @classmethod
    def of(cls, function: Function) -> Self:
        """The facts of the file that the function belongs to."""
        if function is function.module:
            return cls(function)
        return function.module[cls]  # once a file, not once a function

    def values_of(self, name: str) -> Sequence[Value]:
        """What the module's own code stores under `name`, in order."""
        if name not in self._values:
            stack = self.module[OperandStack]
            self._values[name] = [
                operands[0].value
                for store in self.stores.get(name, [])
                if store.operation not in _DELETIONS and (operands := stack.operands(store))
            ]
        return self._values[name]

    def import_of(self, name: str) -> Imported | None:
        """What an import statement binds to the global `name`, if every store of it imports.

        ``try: import a as x`` / ``except ImportError: import b as x`` gives a module of no name:
        what either has the other may lack.
        """
        if name not in self._imports:
            self._imports[name] = self._import_of(name)
        return self._imports[name]

    def _import_of(self, name: str) -> Imported | None:
        if name in self.rebound_by_functions or self._may_come_from_star(name):
            return None
        values = self.values_of(name)
        imports = [value for value in values if isinstance(value, Imported)]
        if not imports or len(imports) != len(values):
            return None
        if len(set(imports)) == 1:
            return imports[0]
        return Imported("", plain=True) if all(each.plain for each in imports) else None

    def _may_come_from_star(self, name: str) -> bool:
        """Whether ``from m import *`` may be the last to bind `name`.

        It is not, if every run of the module that gets past it then passes a store of the name.
        """
        if not self._star_imports:
            return False
        returns = Operation.RETURN
        ends = [each for each in self.module[Instructions] if each.operation is returns]
        last = [
            store
            for store in self.stores.get(name, [])
            if all(self._precedes(star, store) for star in self._star_imports)
        ]
        return not any(all(self._precedes(store, end) for end in ends) for store in last)

    def imports_when_read(self, name: str) -> bool:
        """Whether reading the global `name` may import what it stands for: ``lazy import m``."""
        return name in self._lazy_names

    @cached_property
    def _lazy_names(self) -> frozenset[str]:
        if not any(map(self._is_lazy, self._import_statements)):
            return frozenset()
        stack = self.module[OperandStack]
        waiting = [each for each in self._import_statements if self._is_lazy(each)]
        found: set[str] = set()
        for instruction in waiting:
            for consumer in stack.consumers(instruction):
                if consumer.operation is Operation.IMPORT_FROM:
                    waiting.append(consumer)
                elif consumer.operation in _MODULE_STORES:
                    found.add(consumer.name)
        return frozenset(found)

    @cached_property
    def _import_statements(self) -> list[Instruction]:
        import_name = Operation.IMPORT_NAME
        return [each for each in self.module[Instructions] if each.operation is import_name]

    def _is_lazy(self, importing: Instruction) -> bool:
        return is_lazy(importing, named="__lazy_modules__" in self.stores)

    def submodules(self, name: str) -> set[str]:
        """Dotted names that ``import name.sub.module`` statements make modules of."""
        found: set[str] = set()
        instructions = self.module[Instructions]
        for instruction in instructions:
            if instruction.operation is Operation.IMPORT_NAME:
                parts = instruction.name.split(".")
                if parts[0] == name:
                    found.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))
        return found

    def bound_before(self, name: str, function: Function) -> bool:
        """Whether the module has bound `name` on every path to the making of `function`.

        Then every call of the function finds it bound: stores dominate the instruction that makes
        the outermost enclosing function or class, and nothing deletes the name.
        """
        makings = self._makings(function)
        stores = self.stores.get(name, [])
        if not makings or name in self.rebound_by_functions or not stores:
            return False
        if any(store.operation in _DELETIONS for store in stores):
            return False
        return all(any(self._precedes(store, making) for store in stores) for making in makings)

    def imported_before(self, dotted: str, function: Function) -> bool:
        """Whether the module has imported `dotted` on every path to the making of `function`.

        ``import a.b`` and ``from a.b import c`` import ``a`` as well.
        """
        makings = self._makings(function)
        imports = [
            instruction
            for instruction in self._import_statements
            if f"{instruction.name}.".startswith(f"{dotted}.")
            and self._is_absolute(instruction)
            and not self._is_lazy(instruction)
        ]
        return bool(makings) and all(
            any(self._precedes(each, making) for each in imports) for making in makings
        )

    def _is_absolute(self, importing: Instruction) -> bool:
        value = self.module[OperandStack].result(importing)
        return isinstance(value, Imported) and value.level == 0

    def _precedes(self, first: Instruction, second: Instruction) -> bool:
        graph, dominators = self.module[ControlFlowGraph], self.module[CompletionDominators]
        one, other = graph.block_of(first).index, graph.block_of(second).index
        if one == other:
            return first.index < second.index
        return dominators.dominates(one, other)

    def _makings(self, function: Function) -> list[Instruction]:
        """The module's instructions that make the top-level code object around `function`.

        There may be several: a short end of the module is copied into the handlers before it.
        """
        top: Function = function
        while top.parent is not None and top.parent.parent is not None:
            top = top.parent
        return self._made.get(id(top.code), [])

    def _read_module(self) -> None:
        for instruction in self.module[Instructions]:
            if instruction.operation in _MODULE_STORES:
                self.stores.setdefault(instruction.name, []).append(instruction)
            elif instruction.operation is Operation.IMPORT_STAR:
                self.star_import = True
                self._star_imports.append(instruction)
            elif isinstance(instruction.argument, CodeType):
                self._made.setdefault(id(instruction.argument), []).append(instruction)

    def _scan(self, function: Function) -> None:
        for _, name in names(function.code, _GLOBAL_STORES):
            self.rebound_by_functions.setdefault(name, function.code.co_qualname)
        self._scan_attributes(function)

    def _scan_attributes(self, function: Function) -> None:
        for _, name in names(function.code, _ATTRIBUTE_STORES):
            self.attributes_stored.setdefault(name, set()).add(function.code.co_qualname)

    @cached_property
    def module_attributes_stored(self) -> set[tuple[str, str]]:
        """Pairs of global and attribute, as in ``os.environ = …``."""
        found: set[tuple[str, str]] = set()
        for function in (self.module, *_nested(self.module)):
            changed = list(changed_attributes(function.code))
            if any(owner is None for owner, _, _ in changed):
                found |= _globals_changed(function)
            found.update((name, attribute) for kind, name, attribute in changed if kind in _LOADS)
        return found


def _globals_changed(function: Function) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for instruction in function[Instructions]:
        if instruction.operation in _ATTRIBUTE_STORES:
            operands = function[OperandStack].operands(instruction)
            base = root(operands[-1].value) if operands else None
            if isinstance(base, Global | Name):
                found.add((base.name, instruction.name))
    return found


def _nested(module: Function) -> Iterator[Function]:
    waiting = list(module.nested)
    while waiting:
        function = waiting.pop()
        yield function
        waiting.extend(function.nested)
