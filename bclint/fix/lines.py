"""Moving whole statements: an import or a definition out of the loop that repeats it."""

from __future__ import annotations

import io
import tokenize

import libcst as cst

from bclint.diagnostics import Edit
from bclint.fix.context import FixContext, Statement
from bclint.source import Span


def move_before(
    context: FixContext, moved: Statement, target: Statement
) -> tuple[Edit, Edit] | None:
    """Take `moved` with its lines, its comments included, out of its block and above `target`.

    A comment right above it, indented as it is, is its own. The lines are indented as `target` is.
    None where the block would be left empty, another statement shares the lines, or a string that
    spans lines would be changed by the indentation.
    """
    block = context.region.parsed.parents.get(moved)
    if not isinstance(block, (cst.IndentedBlock, cst.Module)) or len(block.body) < 2:
        return None
    if isinstance(moved, cst.SimpleStatementLine) and len(moved.body) != 1:
        return None
    first, last = context.lines_of(moved)
    if context.statement_of(moved) is not moved or last >= len(context.source.lines):
        return None  # a last line may lack the newline that it needs above
    first = _with_comments_above(context, first, context.indentation_of(moved))
    lines = context.source.lines[first - 1 : last]
    old, new = context.indentation_of(moved), context.indentation_of(target)
    if _has_long_string("".join(lines)):
        return None
    text = "".join(
        f"{new}{line.removeprefix(old)}" if line.startswith(old) else line for line in lines
    )
    above = context.insert_line_before(target, "").span
    return Edit(above, text), Edit(Span(first, 0, last + 1, 0), "")


def _with_comments_above(context: FixContext, line: int, indentation: str) -> int:
    """The first of the comment lines right above `line`, or `line` itself."""
    while context.source.line(line - 1).startswith(f"{indentation}#"):
        line -= 1
    return line


_LINE_ENDS = (tokenize.NEWLINE, tokenize.NL)


def _has_long_string(text: str) -> bool:
    """Whether a string, or a part of an f-string, reaches over a line's end."""
    lines = io.StringIO(f"if 1:\n{text}", newline=None)
    try:
        return any(
            token.start[0] != token.end[0]
            for token in tokenize.generate_tokens(lines.readline)
            if token.type not in _LINE_ENDS
        )
    except (tokenize.TokenError, SyntaxError):
        return True
