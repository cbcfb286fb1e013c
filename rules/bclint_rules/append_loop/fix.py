"""The fix of BCL302: a comprehension, or ``list()`` of what the loop iterates over.

The item's text stays where it is, between two edits; what the loop iterates over is copied behind
it. Comments of the two statements move above the one that is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from bclint.fix.api import Diagnostic, Edit, Fix, FixContext, Span

LONGEST_LINE = 88


@dataclass(frozen=True, slots=True)
class _Pattern:
    """The two statements."""

    empty: cst.BaseExpression
    """The empty list."""
    assignment: cst.SimpleStatementLine
    loop: cst.For
    call: cst.Call


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """``out = [f(x) for x in xs]`` for ``out = []`` and the loop that fills it."""
    name = diagnostic.details["name"]
    pattern = _pattern(context, diagnostic, name)
    comments = _comments(context, pattern) if pattern else None
    if pattern is None or comments is None:
        return None
    copies = bool(diagnostic.details["copies"])
    if copies and not context.is_builtin("list"):
        return None
    edits = _copy(context, pattern) if copies else _comprehension(context, pattern)
    if comments:
        lines = f"\n{context.indentation_of(pattern.assignment)}".join(comments)
        edits.insert(0, context.insert_line_before(pattern.assignment, lines))
    verdict = diagnostic.verdict
    title = f"fill `{name}` with {'`list()`' if copies else 'a comprehension'}"
    return Fix(title, verdict.applicability, verdict.reason, tuple(edits))


def _pattern(context: FixContext, diagnostic: Diagnostic, name: str) -> _Pattern | None:
    """The two statements, one right after the other in the same block."""
    call = context.node_at(diagnostic.span)
    loop = context.loop_of(diagnostic)
    if not isinstance(call, cst.Call) or not isinstance(loop, cst.For) or call.lpar:
        return None
    if loop.orelse is not None or loop.asynchronous is not None or not _is_body(loop, call):
        return None
    block = context.region.parsed.parents.get(loop)
    if not isinstance(block, (cst.IndentedBlock, cst.Module)):
        return None
    before = block.body.index(loop) - 1
    assignment = block.body[before] if before >= 0 else None
    empty = _empty_list(assignment, name)
    if empty is None or not isinstance(assignment, cst.SimpleStatementLine):
        return None
    if context.statement_of(assignment) is not assignment:
        return None
    return _Pattern(empty, assignment, loop, call)


def _is_body(loop: cst.For, call: cst.Call) -> bool:
    """Whether the loop's body is the statement that `call` is, and nothing else."""
    match loop.body:
        case (
            cst.IndentedBlock(body=[cst.SimpleStatementLine(body=[cst.Expr(value=only)])])
            | cst.SimpleStatementSuite(body=[cst.Expr(value=only)])
        ):
            return only is call and len(call.args) == 1
        case _:
            return False


def _empty_list(statement: cst.CSTNode | None, name: str) -> cst.BaseExpression | None:
    """The ``[]`` or ``list()`` of ``name = []``."""
    match statement:
        case cst.SimpleStatementLine(
            body=[
                cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=target))], value=value)
                | cst.AnnAssign(target=cst.Name(value=target), value=value)
            ]
        ) if target == name and value is not None and not value.lpar:
            return value
        case _:
            return None


def _copy(context: FixContext, pattern: _Pattern) -> list[Edit]:
    """``list(xs)`` in the place of the empty list, and the loop removed."""
    copied = f"list({_iterable(context, pattern.loop)})"
    empty, last = context.span_of(pattern.empty), context.span_of(pattern.call)
    return [_replaced(_start(empty), _end(last), copied)]


def _comprehension(context: FixContext, pattern: _Pattern) -> list[Edit]:
    """Replace all before the item and all behind it."""
    loop, item = pattern.loop, _whole(context, pattern.call.args[0].value)
    target = context.text(_whole(context, loop.target))
    clause = f"for {target} in {_iterable(context, loop)}"
    text = context.text(item)
    empty, last = context.span_of(pattern.empty), context.span_of(pattern.call)
    opening, closing = "[", f" {clause}]"
    length = empty.start_column + len(text) + len(opening) + len(closing)
    if length > LONGEST_LINE or "\n" in text + clause or "\r" in text + clause:
        outer = context.source.newline + context.indentation_of(pattern.assignment)
        opening, closing = f"[{outer}    ", f"{outer}    {clause}{outer}]"
    return [
        _replaced(_start(empty), _start(item), opening),
        _replaced(_end(item), _end(last), closing),
    ]


def _iterable(context: FixContext, loop: cst.For) -> str:
    """What the loop iterates over, as it can stand in a comprehension or a call."""
    text = context.text(_whole(context, loop.iter))
    needs_parentheses = isinstance(loop.iter, (cst.IfExp, cst.Lambda, cst.Tuple))
    return f"({text})" if needs_parentheses and not loop.iter.lpar else text


def _comments(context: FixContext, pattern: _Pattern) -> list[str] | None:
    """The comments of both statements that have to move, in order.

    None where one stands inside an expression, or behind the body but still in it.
    """
    body = pattern.loop.body
    if isinstance(body, cst.IndentedBlock) and any(line.comment for line in body.footer):
        return None
    inside = [
        _whole(context, pattern.loop.target),
        _whole(context, pattern.loop.iter),
        context.span_of(pattern.call),
    ]
    first, last = context.span_of(pattern.assignment), context.span_of(pattern.call)
    found: list[tuple[Span, str]] = []
    for node in context.region.parsed.parents:
        if not isinstance(node, cst.Comment):
            continue
        span = context.span_of(node)
        if any(expression.contains(span) for expression in inside):
            return None
        if _start(first) <= _start(span) < _end(last):
            found.append((span, node.value))
    return [text for _, text in sorted(found)]


def _whole(context: FixContext, node: cst.BaseExpression) -> Span:
    """The range of `node` with its own parentheses."""
    if not node.lpar:
        return context.span_of(node)
    first, last = context.span_of(node.lpar[0]), context.span_of(node.rpar[-1])
    return Span(*_start(first), *_end(last))


def _replaced(start: tuple[int, int], end: tuple[int, int], text: str) -> Edit:
    return Edit(Span(*start, *end), text)


def _start(span: Span) -> tuple[int, int]:
    return span.start_line, span.start_column


def _end(span: Span) -> tuple[int, int]:
    return span.end_line, span.end_column
