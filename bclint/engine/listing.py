"""A function's source and bytecode line by line, with what each instruction costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.specialization import forms, raw_name, takes_argument
from bclint.diagnostics import Diagnostic
from bclint.engine.function import FunctionView
from bclint.evidence.bills import item_of, price_of
from bclint.evidence.cost import ITERATIONS
from bclint.evidence.prices import Prices
from bclint.flow.loops import LoopForest

_HAS_A_SAY = 5.0
"""Nanoseconds from which it is worth saying that an instruction is never specialised."""


@dataclass(frozen=True, slots=True)
class Row:
    """One instruction of the interpreter."""

    name: str
    """As ``dis`` calls it."""
    argument: str
    depth: int
    """How many loops run it."""
    cost: float
    """Nanoseconds of one run, hot; a call with what it calls."""
    is_bound: bool
    """Whether it calls code that is not known, and `cost` is the least."""
    forms: tuple[str, ...]
    """What it may be specialised to; ``never`` for a dear one that is not."""


@dataclass(frozen=True, slots=True)
class Line:
    """Instructions that stand together and come from one line of the source."""

    number: int
    """From 1; 0 for what the compiler adds by itself."""
    text: str
    rows: tuple[Row, ...]
    heat: float
    """The nanoseconds of the rows where each loop runs `ITERATIONS` times."""
    findings: tuple[Diagnostic, ...]
    """Those that start on the line, where it is listed first."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One function."""

    path: str
    function: str
    """The qualified name."""
    python: str
    lines: tuple[Line, ...]


def listing(
    path: str,
    source_lines: Sequence[str],
    function: FunctionView,
    diagnostics: Sequence[Diagnostic],
    prices: Prices,
) -> Listing:
    """The listing of `function`, with those of `diagnostics` that are about it.

    Raises `DecodeError` for a function that cannot be decoded.
    """
    name = function.code.co_qualname
    own = [diagnostic for diagnostic in diagnostics if diagnostic.function == name]
    return Listing(path, name, prices.python, tuple(_lines(source_lines, function, own, prices)))


def _lines(
    source_lines: Sequence[str],
    function: FunctionView,
    diagnostics: Sequence[Diagnostic],
    prices: Prices,
) -> Iterator[Line]:
    instructions = function[Instructions]
    seen: set[int] = set()
    for number, group in groupby(instructions, lambda each: instructions.line(each) or 0):
        rows = tuple(_rows(function, list(group), prices))
        findings = () if number in seen else _starting(diagnostics, number)
        seen.add(number)
        text = source_lines[number - 1] if 0 < number <= len(source_lines) else ""
        heat = sum([row.cost * ITERATIONS**row.depth for row in rows])
        yield Line(number, text, rows, heat, findings)


def _starting(diagnostics: Sequence[Diagnostic], line: int) -> tuple[Diagnostic, ...]:
    return tuple(each for each in diagnostics if each.span.start_line == line)


def _rows(
    function: FunctionView, instructions: Sequence[Instruction], prices: Prices
) -> Iterator[Row]:
    """One row for each instruction of the interpreter, pairs together."""
    code = function.code
    for _, group in groupby(instructions, lambda each: each.offset):
        parts = list(group)
        priced = [price_of(item_of(function, part), prices) for part in parts]
        cost = sum(price for price, _ in priced)
        found = forms(code, parts[0])
        yield Row(
            raw_name(code, parts[0]),
            ", ".join(_argument(function, part) for part in parts),
            function[LoopForest].depth_of(parts[0].index),
            cost,
            not all(whole for _, whole in priced),
            found or (("never",) if cost >= _HAS_A_SAY else ()),
        )


def _argument(function: FunctionView, instruction: Instruction) -> str:
    if instruction.target >= 0:
        instructions = function[Instructions]
        return f"to line {instructions.line(instructions[instruction.target])}"
    if not takes_argument(function.code, instruction):
        return ""
    argument = instruction.argument
    is_constant = instruction.operation is Operation.LOAD_CONSTANT
    return argument if isinstance(argument, str) and not is_constant else repr(argument)
