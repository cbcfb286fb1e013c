"""Functions that may bind the file's globals without naming them: through ``globals()``.

``globals()["LIMIT"] = 3``, ``globals().update(…)``, ``exec(text, globals())`` and
``f.__globals__`` rebind what no ``global`` statement names. Reading is told apart: a subscript, a
test with ``in``, and methods that only look. At module level such a store is the module binding
its names, but a dict that is kept there, ``names = globals()``, can be written by anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow import values as v
from bclint.dataflow.stack import OperandStack

_SOURCES = frozenset({"globals", "__globals__", "vars", "locals"})
_READING = frozenset({Operation.LOAD_SUBSCRIPT, Operation.CONTAINS, Operation.POP})
_LOOKING = frozenset({"get", "items", "keys", "values", "copy", "__getitem__", "__contains__"})
_METHODS = frozenset({Operation.LOAD_METHOD, Operation.LOAD_ATTRIBUTE})
_STORES = frozenset({Operation.STORE_NAME, Operation.STORE_GLOBAL})


class IndirectGlobals:
    """How the file may write its globals by no name. Ask for it on the module's function."""

    def __init__(self, module: Function) -> None:
        """Look at the code objects that name one of the ways."""
        self.writer = next(_writers(module), None)
        """The qualified name of a function that may; ``<module>`` where all code may."""

    @classmethod
    def of(cls, function: Function) -> Self:
        """The answer for the file that the function belongs to."""
        return cls(function) if function is function.module else function.module[cls]


def _writers(module: Function) -> Iterator[str]:
    waiting = [module]
    while waiting:
        function = waiting.pop()
        waiting.extend(function.nested)
        if not _SOURCES.isdisjoint(function.code.co_names) and _may_write(function):
            yield function.code.co_qualname


def _may_write(function: Function) -> bool:
    stack = function[OperandStack]
    top = function is function.module
    for instruction in function[Instructions]:
        if not _gives_globals(instruction, stack.result(instruction), top=top):
            continue
        consumers = stack.consumers(instruction)
        if top:
            writes = any(consumer.operation in _STORES for consumer in consumers)
        else:
            writes = stack.is_merged(instruction) or not all(map(_only_reads, consumers))
        if writes:
            return True
    return False


def _gives_globals(instruction: Instruction, result: v.Value, *, top: bool) -> bool:
    """Whether `result` is the dict of the globals; `top` stands for code at module level."""
    match result:
        case v.Call(function=v.Global(name=name) | v.Name(name=name), arguments=()):
            return name == "globals" or (top and name in {"vars", "locals"})
        case v.Attribute(name="__globals__"):
            return instruction.operation is Operation.LOAD_ATTRIBUTE
        case _:
            return False


def _only_reads(consumer: Instruction) -> bool:
    return consumer.operation in _READING or (
        consumer.operation in _METHODS and consumer.name in _LOOKING
    )
