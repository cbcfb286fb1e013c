"""From instructions to exact source ranges."""

from __future__ import annotations

from bclint.bytecode.decode import KEEPS_COLUMNS, Instruction, Instructions, Position
from bclint.bytecode.opcodes import Operation
from bclint.dataflow.stack import OperandStack
from bclint.diagnostics import Diagnostic, Saving
from bclint.engine.function import FunctionView
from bclint.flow.graph import ControlFlowGraph
from bclint.flow.loops import Loop, LoopForest, LoopKind
from bclint.rule import Finding, Rule
from bclint.source import SourceFile, Span

_LONGEST_EXPRESSION = 60


_ATTRIBUTE_LOADS = frozenset({Operation.LOAD_ATTRIBUTE, Operation.LOAD_METHOD})


_HEADERS = frozenset({Operation.FOR_ITERATE, Operation.GET_ASYNC_NEXT})


def located(
    source: SourceFile,
    function: FunctionView,
    rule: Rule,
    finding: Finding,
    savings: tuple[Saving, ...] = (),
) -> Diagnostic | None:
    """The finding at its source ranges; None where the compiler gave its instruction no place."""
    span = span_of(source, function, finding.instruction)
    if span is None:
        return None
    places = {span_of(source, function, place) for place in finding.places} - {None, span}
    text = _shown_text(source, span) if KEEPS_COLUMNS else "…"
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        message=finding.message.replace("{expression}", text),
        path=source.path,
        span=span,
        places=tuple(sorted(place for place in places if place is not None)),
        function=function.code.co_qualname,
        verdict=finding.verdict,
        loop=loop_span(source, function, finding.loop) if finding.loop else None,
        details=dict(finding.details),
        savings=savings,
    )


def _shown_text(source: SourceFile, span: Span) -> str:
    text = " ".join(source.slice(span).split())
    if len(text) > _LONGEST_EXPRESSION:
        text = text[: _LONGEST_EXPRESSION - 1] + "…"
    return text


def span_of(source: SourceFile, function: FunctionView, instruction: Instruction) -> Span | None:
    """The source range of an instruction.

    An attribute of a chain that is written over several lines has only its name as position
    (``Python/codegen.c``: ``update_start_location_to_match_attr``); it starts where its base does.
    Where the interpreter keeps no columns it is the whole line.
    """
    position = function[Instructions].position(instruction)
    if position is None:
        line = None if KEEPS_COLUMNS else function[Instructions].line(instruction)
        return source.span_of_line(line) if line else None
    start = position
    if instruction.operation in _ATTRIBUTE_LOADS:
        start = _start_of_chain(function, instruction, position)
    return source.span_from_utf8(start.line, position.end_line, start.column, position.end_column)


def _start_of_chain(
    function: FunctionView, instruction: Instruction, position: Position
) -> Position:
    instructions, stack = function[Instructions], function[OperandStack]
    while instruction.operation in _ATTRIBUTE_LOADS:
        operands = stack.operands(instruction)
        if not operands or operands[0].producer < 0:
            break
        instruction = instructions[operands[0].producer]
        before = instructions.position(instruction)
        if before is None or not instruction.leading:
            break
        if (before.line, before.column) < (position.line, position.column):
            position = before
    return position


def loop_span(source: SourceFile, function: FunctionView, loop: Loop) -> Span | None:
    """Where a loop is found: its header's position, or for a ``while`` all that it runs.

    The header of a ``for`` or comprehension stands at what it iterates over (since 3.13), or at
    the whole statement or comprehension (before, and for ``async for``).
    """
    instructions = function[Instructions]
    graph = function[ControlFlowGraph]
    if loop.kind is LoopKind.WHILE:
        positions = [instructions.position(i) for i in function[LoopForest].instructions_of(loop)]
        whole = [position for position in positions if position is not None]
        if not whole:
            return None
        first = min(whole, key=lambda position: (position.line, position.column))
        last = max(whole, key=lambda position: (position.end_line, position.end_column))
        return source.span_from_utf8(first.line, last.end_line, first.column, last.end_column)
    for instruction in graph.instructions_of(graph.blocks[loop.header]):
        if instruction.operation in _HEADERS:
            position = instructions.position(instruction)
            if position is not None:
                return source.span_from_utf8(
                    position.line, position.end_line, position.column, position.end_column
                )
    return None
