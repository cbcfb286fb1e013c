"""Sound by assumption: a global in capitals is never rebound."""

from __future__ import annotations

from collections.abc import Iterator

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.diagnostics import Applicability, Verdict
from bclint.flow.loops import Loop, LoopForest
from bclint.rule import Category, Finding, Needs, Rule

SAFE = Verdict(Applicability.SAFE, "capitals are constant")
UNSAFE = Verdict(Applicability.UNSAFE, "capitals are constant, mostly")


def check(function: Function) -> Iterator[Finding]:
    """One finding for each name and outermost loop; names with RISKY in them are unsafe."""
    found: dict[tuple[str, int], tuple[Loop, list[Instruction]]] = {}
    forest = function[LoopForest]
    for instruction in function[Instructions]:
        loop = forest.loop_of(instruction)
        if loop is None or instruction.operation is not Operation.LOAD_GLOBAL:
            continue
        if instruction.name.isupper():
            *_, outermost = loop.outwards
            key = instruction.name, outermost.header
            found.setdefault(key, (outermost, []))[1].append(instruction)
    for (name, _), (outermost, loads) in found.items():
        verdict = UNSAFE if "RISKY" in name else SAFE
        yield Finding(
            "`{expression}` is a constant", loads[0], verdict, outermost, tuple(loads[1:])
        )


RULE = Rule(
    code="BCL900",
    name="constant-in-loop",
    summary="A constant is looked up in a loop",
    category=Category.LOOKUP,
    needs=Needs(frozenset({Operation.LOAD_GLOBAL})),
    check=check,
    package=__package__,
)
