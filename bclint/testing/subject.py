"""What an assertion is about: a function, class or module that is imported, as its file has it.

The file is read and compiled again, so that decorators, and pytest's rewriting of ``assert``, do
not show: what is looked at is what ``bclint`` itself would see.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, ModuleType

from bclint.bytecode.compile import compile_source
from bclint.engine.function import FunctionView
from bclint.source import SourceError, SourceFile


@dataclass(frozen=True, slots=True)
class Subject:
    """Code objects of one file, each with all that are inside it."""

    name: str
    source: SourceFile
    functions: tuple[FunctionView, ...]

    @property
    def everything(self) -> Iterator[FunctionView]:
        """The code objects and all inside them."""
        for function in self.functions:
            yield from function.walk()

    def function_at(self, name: str, line: int) -> FunctionView | None:
        """The code object with qualified `name` that has `line`; None where it is no part."""
        for function in self.everything:
            if function.code.co_qualname == name and line in lines_of(function):
                return function
        return None


def subject_of(thing: object) -> Subject:
    """Return what `thing` is made of: a function, method, class, module, or a wrapper of one.

    Raises `TypeError` for anything else, and `ValueError` where its source cannot be read or is
    no longer what was imported.
    """
    thing = _unwrapped(thing)
    name = _name(thing)
    try:
        path = inspect.getsourcefile(thing)
    except TypeError:
        path = None
    if path is None:
        raise ValueError(f"`{name}` has no source: it was not imported from a Python file")
    try:
        source = SourceFile.read(_shown(path))
        module = FunctionView(compile_source(source))
    except SourceError as error:
        raise ValueError(f"the source of `{name}` cannot be used: {error}") from None
    functions = tuple(_matching(module, thing))
    if not functions:
        raise ValueError(f"`{name}` is not in {source.path}: it changed since it was imported")
    return Subject(name, source, functions)


def lines_of(function: FunctionView) -> range:
    """The lines of the source that `function` stands on."""
    numbers = [number for _, _, number in function.code.co_lines() if number]
    numbers.append(function.code.co_firstlineno)
    return range(min(numbers), max(numbers) + 1)


_Thing = ModuleType | type | Callable[..., object]


def _unwrapped(thing: object) -> _Thing:
    given = thing
    while True:
        inner = _inside(thing)
        if inner is None:
            break
        thing = inner
    if isinstance(thing, (ModuleType, type)):
        return thing
    if callable(thing) and isinstance(getattr(thing, "__code__", None), CodeType):
        return thing
    raise TypeError(f"{given!r} is no function, class or module that is written in Python")


def _inside(thing: object) -> object | None:
    """What a wrapper of the standard library, or one that tells, has inside; None for others."""
    if isinstance(thing, property):
        return thing.fget
    if isinstance(thing, (functools.partial, functools.partialmethod, functools.cached_property)):
        return thing.func
    if isinstance(thing, type):
        return None
    inner: object | None = getattr(thing, "__wrapped__", None) or getattr(thing, "__func__", None)
    return inner


def _name(thing: _Thing) -> str:
    return str(getattr(thing, "__qualname__", None) or getattr(thing, "__name__", thing))


def _matching(module: FunctionView, thing: _Thing) -> Iterator[FunctionView]:
    if isinstance(thing, ModuleType):
        yield module
        return
    code: CodeType | None = getattr(thing, "__code__", None)
    for function in module.walk():
        found = function.code
        if code is None:
            # Nothing but a class body runs without fast locals below the module.
            is_body = not found.co_flags & inspect.CO_OPTIMIZED and function is not module
            if is_body and found.co_qualname == _name(thing):
                yield function
        elif (found.co_qualname, found.co_firstlineno) == (code.co_qualname, code.co_firstlineno):
            yield function


def _shown(path: str) -> str:
    """`path` as people name it: relative to the current folder where it lies below."""
    start = os.getcwd().rstrip(os.sep) + os.sep  # noqa: PTH109  paths of findings are text
    return path.removeprefix(start)
