"""Who in a file uses a name: by the names that code objects hold, nothing is decoded."""

from __future__ import annotations

from typing import Self

from bclint.bytecode.analysis import Function


class NamesUsed:
    """Which functions of a file use a name, themselves or through what they call."""

    def __init__(self, module: Function) -> None:
        """Collect the names of every function, without decoding any."""
        self._users: dict[str, set[str]] = {}
        """The functions that use a name themselves, by the name."""
        self._all_users: dict[str, set[str]] = {}
        waiting = list(module.nested)
        while waiting:
            function = waiting.pop()
            waiting.extend(function.nested)
            for name in function.code.co_names:
                self._users.setdefault(name, set()).add(function.code.co_name)

    @classmethod
    def of(cls, function: Function) -> Self:
        """The names that the functions of the file use."""
        return cls(function.module)

    def functions_using(self, name: str) -> set[str]:
        """The names of functions that use `name`, and of those that use one of them, and so on."""
        if name not in self._all_users:
            users: set[str] = set()
            waiting = [name]
            while waiting:
                found = self._users.get(waiting.pop(), set()) - users
                users |= found
                waiting.extend(found)
            self._all_users[name] = users
        return self._all_users[name]
