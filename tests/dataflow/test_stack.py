"""The operand stack: depths as the interpreter counts them, values as the source spells them."""

from __future__ import annotations

import dis
import sysconfig
from pathlib import Path

import pytest

from bclint.bytecode.compile import compile_source
from bclint.bytecode.decode import Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow import values as v
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.values import Value
from bclint.engine.function import FunctionView
from bclint.flow.graph import ControlFlowGraph
from bclint.source import SourceFile
from tests.functions import function_of, instruction_of

STDLIB = Path(sysconfig.get_paths()["stdlib"])


def depths_by_dis(function: FunctionView) -> dict[int, int]:
    """Depth before each raw instruction, from dis.stack_effect alone, along all normal paths.

    An independent account: raw instructions, dis's jump targets, no table of ours. Handlers start
    at the depth that the exception table says. Where dis cannot say (some opcodes of 3.12, and
    suspensions, which it counts differently) the path ends.
    """
    raw = list(dis.get_instructions(function.code))
    index = {instruction.offset: position for position, instruction in enumerate(raw)}
    starts = {
        region.handler: region.depth + 1 + region.keeps_offset
        for region in function[Instructions].regions
    }
    found: dict[int, int] = {}
    waiting = [(0, 0), *((offset, depth) for offset, depth in starts.items() if offset in index)]
    while waiting:
        offset, depth = waiting.pop()
        if offset in found or offset not in index:
            continue
        found[offset] = depth
        instruction = raw[index[offset]]
        if instruction.opname in STOPS:
            continue
        number = instruction.arg if instruction.opcode in HAS_ARGUMENT else None
        for jump in (False, True):
            target = _next(raw, index[offset], instruction, jump=jump)
            if target is None:
                continue
            try:
                effect = dis.stack_effect(instruction.opcode, number, jump=jump)
            except ValueError:
                continue
            waiting.append((target, depth + effect))
    return found


HAS_ARGUMENT = set(getattr(dis, "hasarg", range(dis.HAVE_ARGUMENT, 256)))

STOPS = {"RETURN_VALUE", "RETURN_CONST", "RERAISE", "RAISE_VARARGS", "RETURN_GENERATOR", "PRECALL"}
"""Ends of paths; 3.11 gives PRECALL the arguments of its CALL, and counts no RETURN_GENERATOR."""


def _next(
    raw: list[dis.Instruction], position: int, instruction: dis.Instruction, *, jump: bool
) -> int | None:
    is_jump = instruction.opcode in dis.hasjrel or instruction.opcode in dis.hasjabs
    if jump:
        return int(instruction.argval) if is_jump else None
    if instruction.opname in {"JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT"}:
        return None
    return raw[position + 1].offset if position + 1 < len(raw) else None


@pytest.mark.parametrize("name", ["argparse.py", "ast.py", "contextlib.py", "asyncio/tasks.py"])
def test_depths_agree_with_dis(name: str) -> None:
    compared = 0
    source = SourceFile.read(str(STDLIB / name))
    for function in FunctionView(compile_source(source)).walk():
        ours = {
            instruction.offset: depth
            for instruction in function[Instructions]
            if instruction.leading
            and (depth := function[OperandStack].depth_before(instruction)) is not None
        }
        for offset, depth in depths_by_dis(function).items():
            if offset in ours:
                compared += 1
                assert ours[offset] == depth, (function.code.co_qualname, offset)
    assert compared > 500


def test_no_instruction_takes_more_than_there_is() -> None:
    for name in ("argparse.py", "asyncio/base_events.py", "typing.py"):
        source = SourceFile.read(str(STDLIB / name))
        for function in FunctionView(compile_source(source)).walk():
            stack = function[OperandStack]
            for instruction in function[Instructions]:
                depth = stack.depth_before(instruction)
                if depth is not None:
                    assert depth >= len(stack.operands(instruction))


def value_of(expression: str, parameters: str = "a, b") -> Value:
    """The value that ``return expression`` returns."""
    function = function_of(f"def f({parameters}):\n return ({expression})\n")
    return function[OperandStack].operands(instruction_of(function, Operation.RETURN))[0].value


A, B = v.Local("a"), v.Local("b")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a", A),
        ("a.x.y", v.Attribute(v.Attribute(A, "x"), "y")),
        ("os.path", v.Attribute(v.Global("os"), "path")),
        ("a.f(b)", v.Call(v.Attribute(A, "f"), (B,))),
        ("len(a)", v.Call(v.Global("len"), (A,))),
        ("sorted(a, key=b)", v.Call(v.Global("sorted"), (A, B), ("key",))),
        ("a.f(b, key=b)", v.Call(v.Attribute(A, "f"), (B, B), ("key",))),
        ("a[b]", v.Binary("[]", A, B)),
        ("a + b", v.Binary("+", A, B)),
        ("a < b", v.Binary("<", A, B)),
        ("a in b", v.Binary("in", A, B)),
        ("a is not b", v.Binary("is not", A, B)),
        ("-a", v.Unary("-", A)),
        ("+a", v.Unary("+", A)),
        ("not a", v.Unary("not", A)),
        ("(a, b)", v.Display(tuple, (A, B))),
        ("[a, b]", v.Display(list, (A, B))),
        ("{a, b}", v.Display(set, (A, B))),
        ("{a: b}", v.Display(dict, (A, B))),
        ("{1: a, 2: b}", v.Display(dict, (v.constant(1), A, v.constant(2), B))),
        ("[1, 2, 3]", v.Display(list, tuple(map(v.constant, (1, 2, 3))))),
        ("3.5", v.constant(3.5)),
        ("lambda: 1", None),
    ],
)
def test_values(expression: str, expected: Value | None) -> None:
    found = value_of(expression)
    if expected is None:
        assert isinstance(found, v.FunctionObject)
    elif found == v.Unary("not", v.Unary("bool", A)):
        assert expected == v.Unary("not", A)  # 3.13 asks for the truth value first
    else:
        assert found == expected


def test_a_formatted_string_is_formatted() -> None:
    assert isinstance(value_of("f'{a}-{b!r:>4}'"), v.Formatted)


def test_what_paths_disagree_on_is_unknown() -> None:
    # Long enough that no version copies the end of the function into both branches.
    rest = (B, A, B, A, B, A)
    assert value_of("[(a if b else b.x), b, a, b, a, b, a]") == v.Display(list, (v.UNKNOWN, *rest))
    assert value_of("[(a if b else a), b, a, b, a, b, a]") == v.Display(list, (A, *rest))


def test_unpacked_calls_hide_their_arguments() -> None:
    assert value_of("a(*b)") == v.Call(A, (v.UNKNOWN,), unpacked=True)


def test_constants_are_told_apart_by_type() -> None:
    assert v.constant(1) != v.constant(1.0)
    assert v.constant(1) != v.constant(True)


def test_depth_is_bounded() -> None:
    deep = ".".join(["a", *("x" for _ in range(2 * v.MAXIMUM_DEPTH))])
    found = value_of(deep)
    length = 0
    while isinstance(found, v.Attribute):
        found, length = found.base, length + 1
    assert length <= v.MAXIMUM_DEPTH


def test_consumers_look_through_copies() -> None:
    function = function_of("def f(a):\n a.b.n += 1\n")
    load = instruction_of(function, Operation.LOAD_ATTRIBUTE, "b")
    found = {each.operation for each in function[OperandStack].consumers(load)}
    assert found == {Operation.LOAD_ATTRIBUTE, Operation.STORE_ATTRIBUTE}


def test_every_reachable_block_is_interpreted() -> None:
    function = function_of("def f(a):\n try: a()\n except E: a = 1\n finally: print(a)\n")
    graph, stack = function[ControlFlowGraph], function[OperandStack]
    loads = [i for i in graph.instructions if i.operation is Operation.LOAD_GLOBAL]
    assert all(stack.depth_before(load) is not None for load in loads)


def test_or_keeps_the_value_along_its_jump() -> None:
    # 3.11 jumps and keeps, or pops and goes on, in one instruction.
    rest = (B, A, B, A, B, A)
    assert value_of("[(a or a), b, a, b, a, b, a]") == v.Display(list, (A, *rest))
    assert value_of("[(a or b), b, a, b, a, b, a]") == v.Display(list, (v.UNKNOWN, *rest))
