"""A measured program of a rule's page: what runs when it is executed at some size.

A program either defines ``run(size=1000)``, and executing it is a call of that function, or
``run()`` and somewhere ``range(1000)``: then all of its module code is executed, as an import
does it, and ``run()`` only gives the result; for other sizes the number is another.

This module needs nothing but the standard library: the interpreters that are measured import it.
"""

from __future__ import annotations

import inspect
import marshal
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import repeat
from types import CodeType

ENTRY = "run"
SIZE = 1000
"""The size of both kinds of programs when nothing else is asked for."""

_RANGE = re.compile(rf"\brange\({SIZE}\)")


class Program:
    """The text of a program, compiled, at one size."""

    def __init__(self, text: str, size: int = SIZE, *, path: str = "<program>") -> None:
        """Execute the module once. Raises `TypeError` unless it has the form described above."""
        self._text, self._size = _at_size(text, size), size
        self._code = compile(self._text, path, "exec", dont_inherit=True)
        entry = _entry(_execute(self._code))
        self._call: Callable[[], object] | None = None
        if "size" in inspect.signature(entry).parameters:
            self._call = partial(entry, size)
        elif not _RANGE.search(text):
            raise TypeError(f"{ENTRY}() takes no `size`, and nothing runs over range({SIZE})")

    def result(self) -> object:
        """What ``run`` gives."""
        return self._call() if self._call else _entry(_execute(self._code))()

    def script(self, times: int) -> str:
        """The text of a program of its own that executes this one so often, and no more."""
        if self._call:
            return f"{self._text}\nfor _ in range({times}): {ENTRY}({self._size})\n"
        code = f"compile({self._text!r}, '', 'exec')"
        return f"code = {code}\nfor _ in range({times}): exec(code, {{}})\n"

    def executions(self, times: int) -> Iterable[Callable[[], object]]:
        """What to call, one after the other, to execute the program so often.

        Module code is new each time, as it is for an import: it has not specialised before.
        """
        if self._call:
            return repeat(self._call, times)
        return list(self._new_modules(times))

    def _new_modules(self, times: int) -> Iterator[Callable[[], object]]:
        text = marshal.dumps(self._code)
        for _ in range(times):
            yield partial(exec, marshal.loads(text), {"__name__": "bclint_example"})  # noqa: S302


def _at_size(text: str, size: int) -> str:
    return _RANGE.sub(f"range({size})", text)


def _execute(code: CodeType) -> dict[str, object]:
    namespace: dict[str, object] = {"__name__": "bclint_example"}
    exec(code, namespace)  # noqa: S102  a rule author's own documentation
    return namespace


def _entry(namespace: dict[str, object]) -> Callable[..., object]:
    entry = namespace.get(ENTRY)
    if not callable(entry):
        raise TypeError(f"the program defines no function {ENTRY}(size=1000)")
    return entry
