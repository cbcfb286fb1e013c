"""The table of instructions against the running interpreter's own account of itself."""

from __future__ import annotations

import dis
import opcode

import pytest

from bclint.bytecode.opcodes import PAIRS, SHAPES, TERMINATORS, Operation, Shape, opcodes_of

INTERNAL = (
    "INSTRUMENTED_",
    "ENTER_EXECUTOR",
    "EXIT_INIT_CHECK",
    "INTERPRETER_EXIT",
    "RESERVED",
    "TRACE_RECORD",
    "EXTENDED_ARG",
    "RETURN_CONST",
)
"""Never in `co_code` as such, a prefix, or split before the table is asked."""

ARGUMENTS = range(1, 6)

QUIRKS = {
    "RETURN_GENERATOR": "3.11 counts the value that resuming pushes nowhere",
    "PRECALL": "3.11 counts the arguments of the CALL behind it here",
    "CALL": "3.11 counts its arguments at PRECALL; both together are tested below",
    "RETURN_VALUE": "3.14 counts the value that the caller receives",
}

VALID_ARGUMENTS = {"BUILD_SLICE": (2, 3)}


def names() -> list[str]:
    return sorted(
        name
        for name, number in opcode.opmap.items()
        if number < 256 and not name.startswith(INTERNAL)
    )


def has_opcode(name: str) -> bool:
    """Whether real code may hold it: 3.12 and 3.13 keep LOAD_METHOD as a pseudo-instruction."""
    return opcode.opmap.get(name, 256) < 256


def effect(shape: Shape, argument: int, *, jump: bool) -> int:
    return shape.pushed(argument, jump=jump) - shape.popped(argument)


@pytest.mark.parametrize("name", names())
def test_every_opcode_has_a_row(name: str) -> None:
    assert name in SHAPES or name in PAIRS


@pytest.mark.parametrize("name", [n for n in names() if n not in PAIRS and n not in QUIRKS])
@pytest.mark.parametrize("jump", [False, True])
def test_stack_effects_agree_with_dis(name: str, jump: bool) -> None:
    expected = {
        argument: value
        for argument in VALID_ARGUMENTS.get(name, ARGUMENTS)
        if (value := stack_effect(name, argument, jump=jump)) is not None
    }
    if not expected:
        pytest.skip(f"dis.stack_effect has no answer for {name} on this version")
    ours = {argument: effect(SHAPES[name], argument, jump=jump) for argument in expected}
    assert ours == expected


def stack_effect(name: str, argument: int, *, jump: bool) -> int | None:
    """What dis says; None where this version refuses to say."""
    for given in (argument, None):
        try:
            return dis.stack_effect(opcode.opmap[name], given, jump=jump)
        except ValueError:
            continue
    return None


def test_calls_and_their_preparation_agree_with_dis_together() -> None:
    parts = [name for name in ("PRECALL", "CALL") if name in opcode.opmap]
    for argument in ARGUMENTS:
        expected = sum(dis.stack_effect(opcode.opmap[name], argument) for name in parts)
        ours = sum(effect(SHAPES[name], argument, jump=False) for name in parts)
        assert ours == expected


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        (Operation.LOAD_METHOD, "LOAD_METHOD" if has_opcode("LOAD_METHOD") else "LOAD_ATTR"),
        (Operation.LOAD_GLOBAL, "LOAD_GLOBAL"),
        (Operation.BINARY_OPERATION, "BINARY_OP"),
        (Operation.IMPORT_NAME, "IMPORT_NAME"),
    ],
)
def test_raw_opcodes_of_an_operation(wanted: Operation, name: str) -> None:
    assert opcode.opmap[name] in opcodes_of(frozenset({wanted}))


def test_nothing_falls_through_a_terminator() -> None:
    assert Operation.RETURN in TERMINATORS
    assert Operation.JUMP_IF not in TERMINATORS
