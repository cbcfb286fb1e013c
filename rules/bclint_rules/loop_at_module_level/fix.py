"""What BCL106 shows: the function to write, with the loop moved in."""

from __future__ import annotations

import libcst as cst

from bclint.fix.api import Applicability, Diagnostic, Edit, Fix, FixContext, Span

_MOST_LINES = 20
"""A longer loop would fill the terminal; the words are enough."""
_TITLE = "move the loop into a function, and call it"


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix:
    """Put ``def main(total):`` above the loop, indent it, and return what is read afterwards."""
    details = diagnostic.details
    edits: tuple[Edit, ...] = ()
    name = context.free_name("main", "run")
    loop = context.loop_of(diagnostic)
    if name and isinstance(loop, (cst.For, cst.While)) and not details["shared"]:
        edits = _moved(context, loop, name, details["arguments"], details["results"])
    return Fix(_TITLE, Applicability.DISPLAY_ONLY, diagnostic.verdict.reason, edits)


_UNMOVABLE = (cst.Del, cst.Global)


def _moved(
    context: FixContext, loop: cst.For | cst.While, name: str, arguments: str, results: str
) -> tuple[Edit, ...]:
    """The edits, none where indenting the lines is not enough."""
    statement = context.statement_of(loop)
    if statement is not loop:
        return ()
    first, last = context.lines_of(loop)
    lines = [context.source.line(number) for number in range(first, last + 1)]
    if len(lines) > _MOST_LINES or any('"""' in line or "'''" in line for line in lines):
        return ()
    if any(isinstance(node, _UNMOVABLE) for node in _inside(context, loop)):
        return ()
    margin = context.indentation_of(loop)
    indented = (number for number, line in enumerate(lines, first) if line.strip())
    call = f"{results} = {name}({arguments})" if results else f"{name}({arguments})"
    behind = f"    return {results}\n{margin}{call}" if results else call
    return (
        context.insert_line_before(loop, f"def {name}({arguments}):"),
        *(Edit(Span(number, len(margin), number, len(margin)), "    ") for number in indented),
        context.insert_line_after(loop, behind),
    )


def _inside(context: FixContext, loop: cst.CSTNode) -> list[cst.CSTNode]:
    return [node for node in context.region.parsed.parents if loop in context.ancestors(node)]
