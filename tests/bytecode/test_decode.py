"""One source, one expected listing: the same normalised instructions on every version."""

from __future__ import annotations

import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

from bclint.bytecode.compile import compile_source
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.source import SourceFile

SOURCE = """
import math


def f(self, rows, key):
    total = 0
    for first, *rest in rows:
        total += math.sqrt(first)
        self.items.append(first)
        self.table[key] = rest[0], -total
        if first is not key:
            print(total, sep="")
        del self.last
    return total
"""

EXPECTED = """
LOAD_CONSTANT 0
STORE_LOCAL total
LOAD_LOCAL rows
GET_ITERATOR
FOR_ITERATE
UNPACK 1
STORE_LOCAL first
STORE_LOCAL rest
LOAD_LOCAL total
LOAD_GLOBAL math
LOAD_ATTRIBUTE sqrt
LOAD_LOCAL first
CALL 1
BINARY_OPERATION +=
STORE_LOCAL total
LOAD_LOCAL self
LOAD_ATTRIBUTE items
LOAD_METHOD append
LOAD_LOCAL first
CALL 1
POP
LOAD_LOCAL rest
LOAD_CONSTANT 0
LOAD_SUBSCRIPT
LOAD_LOCAL total
UNARY_OPERATION -
BUILD_TUPLE 2
LOAD_LOCAL self
LOAD_ATTRIBUTE table
LOAD_LOCAL key
STORE_SUBSCRIPT
LOAD_LOCAL first
LOAD_LOCAL key
IS is not
JUMP_IF false
LOAD_GLOBAL print
LOAD_LOCAL total
LOAD_CONSTANT ''
CALL 2
POP
LOAD_LOCAL self
DELETE_ATTRIBUTE last
JUMP
LOAD_LOCAL total
RETURN
"""

SILENT = frozenset(
    {
        *(Operation.NOTHING, Operation.PUSH_NULL, Operation.TO_BOOL, Operation.KEYWORD_NAMES),
        *(Operation.END_FOR, Operation.POP_ITERATOR),
    }
)
"""Operations that only some versions write down, and that take part in no expression."""

COUNTED = frozenset({Operation.CALL, Operation.BUILD_TUPLE, Operation.UNPACK})


def code_objects(code: CodeType) -> Iterator[CodeType]:
    """`code` and everything nested in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from code_objects(constant)


def function_of(source: str) -> CodeType:
    """The first function that a source defines."""
    return list(code_objects(compile(source, "source", "exec")))[1]


def line_of(instruction: Instruction) -> str:
    """One line of the listing: operation and what it works on, targets and layouts left out."""
    operation = instruction.operation
    if operation is Operation.CALL_KEYWORDS:
        return f"CALL {instruction.number}"
    if isinstance(instruction.argument, str) and operation is not Operation.LOAD_SUBSCRIPT:
        is_constant = operation is Operation.LOAD_CONSTANT
        return f"{operation.name} {repr(instruction.argument) if is_constant else instruction.name}"
    if operation in COUNTED or operation is Operation.LOAD_CONSTANT:
        return f"{operation.name} {instruction.argument}"
    return operation.name


def listing(code: CodeType) -> list[str]:
    """The listing of a code object; a tuple of keyword names belongs to its call."""
    return [
        line_of(instruction)
        for instruction in Instructions(code)
        if instruction.operation not in SILENT and instruction.argument != ("sep",)
    ]


def test_every_version_gives_the_expected_listing() -> None:
    assert listing(function_of(SOURCE)) == EXPECTED.split("\n")[1:-1]


def test_targets_are_instructions_and_loops_go_back() -> None:
    instructions = Instructions(function_of(SOURCE))
    header = next(i for i in instructions if i.operation is Operation.FOR_ITERATE)
    back = [i for i in instructions if i.operation is Operation.JUMP and i.target >= 0]
    assert [instructions[i.target] for i in back] == [header]
    assert header.target > back[0].index


def test_extended_arguments_reach_the_right_name() -> None:
    names = [f"name_{number}" for number in range(600)]
    source = "def f():\n" + "".join(f"    {name}\n" for name in names)
    loads = [i for i in Instructions(function_of(source)) if i.operation is Operation.LOAD_GLOBAL]
    assert [load.argument for load in loads] == names


def test_jumps_over_extended_arguments() -> None:
    body = "".join(f"        a{number} = x\n" for number in range(400))
    code = function_of(f"def f(xs):\n    for x in xs:\n{body}    return xs\n")
    instructions = Instructions(code)
    header = next(i for i in instructions if i.operation is Operation.FOR_ITERATE)
    back = next(i for i in instructions if i.operation is Operation.JUMP)
    assert back.target == header.index
    assert instructions[header.target].index > back.index


def test_local_names_match_the_interpreter() -> None:
    folder = Path(sysconfig.get_paths()["stdlib"])
    checked = 0
    for path in sorted(folder.glob("a*.py")):
        for code in code_objects(compile_source(SourceFile.read(str(path)))):
            for instruction in Instructions(code):
                if instruction.operation is Operation.STORE_LOCAL and instruction.shape.pops == 1:
                    checked += instruction.argument in code.co_varnames + code.co_cellvars
                    assert instruction.argument in code.co_varnames + code.co_cellvars
    assert checked > 100


def test_positions_are_whole_or_none() -> None:
    instructions = Instructions(function_of(SOURCE))
    load = next(i for i in instructions if i.argument == "sqrt")
    position = instructions.position(load)
    assert position is not None
    assert (position.line, position.column, position.end_column) == (8, 17, 26)


@pytest.mark.parametrize("name", ["sys", "x.y", "a"])
def test_imports_name_their_module(name: str) -> None:
    code = function_of(f"def f():\n    import {name}\n")
    imports = [i for i in Instructions(code) if i.operation is Operation.IMPORT_NAME]
    assert [i.argument for i in imports] == [name]
