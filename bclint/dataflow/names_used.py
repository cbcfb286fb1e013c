"""Who in a file uses a name: by the names that code objects hold, nothing is decoded."""

from __future__ import annotations

from typing import Self

from bclint.bytecode.analysis import Function


class NamesUsed:
    """Which functions of a file use a name, themselves or through what they call."""

    def __init__(self, module: Function) -> None:
        """Collect the names of every function, without decoding any."""
        self._names: dict[str, set[str]] = {}
        waiting = list(module.nested)
        while waiting:
            function = waiting.pop()
            waiting.extend(function.nested)
            self._names.setdefault(function.code.co_name, set()).update(function.code.co_names)

    @classmethod
    def of(cls, function: Function) -> Self:
        """The names that the functions of the file use."""
        return cls(function.module)

    def functions_using(self, name: str) -> set[str]:
        """The names of functions that use `name`, and of those that use one of them, and so on."""
        users: set[str] = set()
        waiting = [name]
        while waiting:
            wanted = waiting.pop()
            found = {user for user, names in self._names.items() if wanted in names} - users
            users |= found
            waiting.extend(found)
        return users
