"""Small sources as functions to analyse."""

from __future__ import annotations

from bclint.bytecode.compile import compile_source
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.engine.function import FunctionView
from bclint.source import SourceFile


def module_of(source: str) -> FunctionView:
    """The module that the source compiles to."""
    return FunctionView(compile_source(SourceFile("source.py", source.encode())))


def function_of(source: str, name: str = "f") -> FunctionView:
    """The first code object of that name."""
    return next(view for view in module_of(source).walk() if view.code.co_name == name)


def instruction_of(
    function: FunctionView, operation: Operation, argument: object = None
) -> Instruction:
    """The first instruction with that operation, and argument unless None."""
    return next(
        instruction
        for instruction in function[Instructions]
        if instruction.operation is operation
        and (argument is None or instruction.argument == argument)
    )
