"""What a file imports at its top level, from raw bytes: before anything is decoded."""

from __future__ import annotations

from types import CodeType
from typing import Self

from bclint.bytecode import versions
from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction
from bclint.bytecode.scan import imports


class RawImports:
    """The imports of a file. Ask for it on the module."""

    def __init__(self, module: Function) -> None:
        """Read the module's raw bytes."""
        self._bound: dict[str, set[str]] = {}
        """Names that are bound, by the first part of the module's name."""
        for imported, name in imports(module.code):
            self._bound.setdefault(imported.partition(".")[0], set()).add(name)
        self.names = frozenset[str]().union(*self._bound.values())
        """All names that may be bound by imports."""

    @classmethod
    def of(cls, function: Function) -> Self:
        """The imports of the file that the function belongs to."""
        return cls(function.module)

    def packages_of(self, name: str) -> frozenset[str]:
        """The first parts of all that may be imported under `name`."""
        return frozenset(package for package, names in self._bound.items() if name in names)

    def may_use(self, code: CodeType, modules: frozenset[str]) -> bool:
        """Whether `code` imports one of `modules`, or names what the file imports of one."""
        used = code.co_names
        return not modules.isdisjoint(used) or any(
            not self._bound.get(module, _NOTHING).isdisjoint(used) for module in modules
        )


def is_lazy(importing: Instruction, *, named: bool) -> bool:
    """Whether an import may wait until the name that it binds is read (since 3.15).

    `named` says that the module lists imports that do, in ``__lazy_modules__``.
    """
    bits = importing.number & (versions.LAZY_IMPORT | versions.EAGER_IMPORT)
    return bool(bits & versions.LAZY_IMPORT) or (
        named and bool(versions.LAZY_IMPORT) and not bits & versions.EAGER_IMPORT
    )


_NOTHING: frozenset[str] = frozenset()
