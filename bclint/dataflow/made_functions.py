"""The functions that a function makes: ``def`` and ``lambda``, with all that they capture."""

from __future__ import annotations

from dataclasses import dataclass
from types import CodeType
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow import values as v
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.values import Value

_DEFAULTS = 1
_KEYWORD_DEFAULTS = 2
_ANNOTATIONS = 4
_CLOSURE = 8
_ANNOTATE = 16
_FLAGS = (_DEFAULTS, _KEYWORD_DEFAULTS, _ANNOTATIONS, _CLOSURE, _ANNOTATE)
"""What a part is for: bits that a version gives all at once, or one at a time (3.13)."""


@dataclass(frozen=True, slots=True)
class MadeFunction:
    """One ``def`` or ``lambda`` where it is evaluated."""

    code: CodeType
    makes: Instruction
    """The instruction that makes the object; its place is the lambda's, or the ``def`` line."""
    complete: Instruction
    """The instruction that leaves the function with all its parts."""
    defaults: tuple[Value, ...]
    """The default values of parameters, those of keyword-only ones included."""
    annotations: tuple[Value, ...]
    """What annotations evaluate to; empty where they are evaluated later (3.14)."""
    cells: tuple[str, ...]
    """The variables that it shares with the function around it."""

    @property
    def is_lambda(self) -> bool:
        """Whether it is an expression."""
        return self.code.co_name == "<lambda>"


class MadeFunctions:
    """All functions that one function makes, comprehensions and the compiler's own left out."""

    def __init__(self, function: Function) -> None:
        """Follow each function object through the instructions that complete it."""
        self._stack = function[OperandStack]
        self.made: list[MadeFunction] = [
            made
            for instruction in function[Instructions]
            if instruction.operation is Operation.MAKE_FUNCTION
            and (made := self._complete(instruction))
        ]

    @classmethod
    def of(cls, function: Function) -> Self:
        """The functions that `function` makes."""
        return cls(function)

    def _complete(self, makes: Instruction) -> MadeFunction | None:
        value = self._stack.result(makes)
        if not isinstance(value, v.FunctionObject) or not _is_written(value.code):
            return None
        parts = dict(zip(_flags(makes), value.captures, strict=False))
        last = makes
        while (attribute := self._attribute_of(last)) is not None:
            parts[attribute.number] = self._stack.operands(attribute)[0].value
            last = attribute
        defaults = _elements(parts.get(_DEFAULTS)), _elements(parts.get(_KEYWORD_DEFAULTS))
        closure = parts.get(_CLOSURE)
        cells = [cell.name for cell in _elements(closure) if isinstance(cell, v.CellReference)]
        later = parts.get(_ANNOTATE)
        if isinstance(later, v.FunctionObject):
            # A function that evaluates annotations when asked for: what it closes over counts.
            cells += later.code.co_freevars
        annotations = _elements(parts.get(_ANNOTATIONS))
        return MadeFunction(value.code, makes, last, sum(defaults, ()), annotations, tuple(cells))

    def _attribute_of(self, instruction: Instruction) -> Instruction | None:
        """The instruction that adds a part to the function that `instruction` left."""
        return next(
            (
                consumer
                for consumer in self._stack.consumers(instruction)
                if consumer.operation is Operation.SET_FUNCTION_ATTRIBUTE
                and self._stack.operands(consumer)[1].producer == instruction.index
            ),
            None,
        )


def _is_written(code: CodeType) -> bool:
    """Whether the source has it as a ``def`` or ``lambda``; a class body is called at once."""
    return code.co_name == "<lambda>" or not code.co_name.startswith(("<", "__annotate"))


def _flags(makes: Instruction) -> list[int]:
    return [flag for flag in _FLAGS if makes.number & flag]


def _elements(part: Value | None) -> tuple[Value, ...]:
    """The values that a part is made of; a constant tuple is one of constants."""
    match part:
        case None:
            return ()
        case v.Display(elements=elements):
            return elements
        case v.Constant(value=tuple() as content):
            return tuple(v.constant(element) for element in content)
        case v.Constant(value=dict() as content):
            return tuple(v.constant(element) for element in content.values())
        case _:
            return (v.UNKNOWN,)
