"""Where values come from: which function of which module, or which constant.

Nothing is imported: an origin is what the import statements and assignments of the file say.
"""

from __future__ import annotations

from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction
from bclint.bytecode.opcodes import Operation
from bclint.dataflow import values as v
from bclint.dataflow.assigned import AssignedAttributes
from bclint.dataflow.definitions import ReachingDefinitions
from bclint.dataflow.indirect_globals import IndirectGlobals
from bclint.dataflow.module import ModuleFacts
from bclint.dataflow.types import KnownTypes
from bclint.dataflow.values import Constant, Imported, Value

BUILTINS = "builtins"


class Origins:
    """The origins of the values of one function."""

    def __init__(self, function: Function) -> None:
        """Read the module's bindings, and the function's own."""
        self._function = function
        self._facts = function[ModuleFacts]
        self._indirect = function[IndirectGlobals]
        self._assigned = function[AssignedAttributes]
        self._types = function[KnownTypes]
        self._definitions = function[ReachingDefinitions]

    @classmethod
    def of(cls, function: Function) -> Self:
        """The origins of one function's values."""
        return cls(function)

    def dotted(self, value: Value, at: Instruction) -> str | None:
        """The full name of what `value` certainly is at `at`: ``re.match``, ``builtins.sorted``.

        ``import re as r`` and ``from re import match as m`` are seen through. None where a name
        has another binding as well, or comes from a relative import.
        """
        names = v.chain(value)
        if names is None:
            return None
        start = self._imported(v.root(value), at) or self._builtin(v.root(value))
        if start is None:
            return None
        module, _, name = ".".join((start, *names[1:])).rpartition(".")
        return None if self._assigned.may_assign(module, name) else f"{module}.{name}".lstrip(".")

    def constant(self, value: Value, at: Instruction) -> Constant | None:
        """The constant that `value` certainly is at `at`: itself, or the only one of its name."""
        if isinstance(value, v.Constant):
            return value
        stored = self._stored(value, at)
        return stored[0] if len(stored) == 1 and isinstance(stored[0], v.Constant) else None

    def _imported(self, root: Value, at: Instruction) -> str | None:
        stored = self._stored(root, at)
        if len(set(stored)) != 1 or not isinstance(stored[0], v.Imported):
            return None
        return _dotted(stored[0])

    def _stored(self, root: Value, at: Instruction) -> list[Value]:
        """All that the name may stand for; empty where that is not known."""
        match root:
            case v.Global(name=name):
                return self._of_module(name)
            case v.Name(name=name) if not self._is_own_name_of_class(name):
                return self._of_module(name)
            case v.Local(name=name):
                reaching = sorted(self._definitions.before(at, name))
                if not reaching or reaching[0] < 0:
                    return []
                return [self._definitions.stored_value(definition) for definition in reaching]
            case _:
                return []

    def _of_module(self, name: str) -> list[Value]:
        facts = self._facts
        if facts.star_import or name in facts.rebound_by_functions:
            return []
        if self._indirect.may_bind(name):
            return []
        stores = facts.stores.get(name, [])
        if any(store.operation is Operation.DELETE_NAME for store in stores):
            return []
        values = facts.values_of(name)
        return list(values) if len(values) == len(stores) else []

    def _is_own_name_of_class(self, name: str) -> bool:
        function = self._function
        return (
            function is not function.module
            and name in function.code.co_names
            and any(
                instruction.operation is Operation.STORE_NAME and instruction.argument == name
                for instruction in self._definitions.graph.instructions
            )
        )

    def _builtin(self, root: Value) -> str | None:
        match root:
            case v.Global(name=name) if self._types.is_builtin(name):
                return f"{BUILTINS}.{name}"
            case v.Name(name=name) if self._types.is_builtin(
                name
            ) and not self._is_own_name_of_class(name):
                return f"{BUILTINS}.{name}"
            case _:
                return None


def _dotted(bound: Imported) -> str | None:
    if bound.level:
        return None
    return bound.module if bound.plain else f"{bound.module}.{bound.name}"
