"""The fix of BCL301: grow a list in place, a str at its end; for all else only what to write."""

from __future__ import annotations

import libcst as cst

from bclint.fix.api import Applicability, Diagnostic, Edit, Fix, FixContext, Span

_TITLES: dict[tuple[str, str], str] = {
    ("str", "append"): "collect the parts in a list, and join them after the loop",
    ("str", "prepend"): "collect the parts in a list, and join them in reverse after the loop",
    ("bytes", "append"): "grow a bytearray, and make it bytes after the loop",
    ("bytes", "prepend"): "collect the parts in a list, and join them in reverse after the loop",
    ("tuple", "append"): "grow a list, and make it a tuple after the loop",
    ("tuple", "prepend"): "append to a list, and make it a tuple in reverse after the loop",
    ("list", "append"): "append to the list instead of adding to it",
    ("list", "prepend"): "append, and reverse the list after the loop, or use collections.deque",
}


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """``xs.append(x)`` for ``xs = xs + [x]``, ``s += a + b`` for ``s = s + a + b``."""
    kind, change = diagnostic.details["kind"], diagnostic.details["change"]
    verdict = diagnostic.verdict
    title = _TITLES.get((kind, change))
    if title is not None:
        return Fix(title, Applicability.DISPLAY_ONLY, verdict.reason, ())
    name = diagnostic.details["name"]
    title = f"let `{name}` grow in place" if kind == "list" else f"add to `{name}` once, with `+=`"
    edits: list[Edit] = []
    for span in sorted(diagnostic.all_places):
        change_here = _grown_in_place(context, span, name)
        if change_here is None:
            reason = f"the statement on line {span.start_line} has to be written anew"
            return Fix(title, Applicability.DISPLAY_ONLY, reason, ())
        edits.extend(change_here)
    return Fix(title, verdict.applicability, verdict.reason, tuple(edits))


def _grown_in_place(context: FixContext, span: Span, name: str) -> list[Edit] | None:
    """The edits for the statement whose value stands at `span`."""
    value = context.node_at(span)
    statement = _assignment_of(context, value, name) if value else None
    if value is None or statement is None or value.lpar:
        return None
    if any(isinstance(node, cst.NamedExpr) for node in _inside(context, value)):
        return None
    whole = context.span_of(statement)
    if "#" in context.text(whole) and whole.end_line > whole.start_line:
        return None
    if isinstance(value, cst.FormattedString):
        return _without_first_field(context, whole, value, name)
    rest = _rest_of_sum(value, name)
    if rest is None or not isinstance(value, cst.BinaryOperation):
        return None
    if isinstance(rest, cst.List) and value.right is rest and _has_one_element(rest):
        return _appended(context, whole, rest, name)
    start = _start_of(context, rest)
    return [Edit(Span(*_start(whole), *start), f"{name} += ")]


def _assignment_of(context: FixContext, value: cst.BaseExpression, name: str) -> cst.Assign | None:
    """The statement ``name = value``, if it has no other target."""
    match next(context.ancestors(value)):
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=target))]) as statement:
            return statement if target == name and statement.value is value else None
        case _:
            return None


def _rest_of_sum(value: cst.BaseExpression, name: str) -> cst.BaseExpression | None:
    """The second term of ``name + a + b``, where no parentheses group the terms."""
    while isinstance(value, cst.BinaryOperation) and isinstance(value.operator, cst.Add):
        left = value.left
        if isinstance(left, cst.Name) and left.value == name and not left.lpar:
            return value.right
        if left.lpar:
            return None
        value = left
    return None


def _has_one_element(display: cst.List) -> bool:
    only_one = len(display.elements) == 1 and isinstance(display.elements[0], cst.Element)
    return only_one and not display.lpar


def _appended(context: FixContext, whole: Span, display: cst.List, name: str) -> list[Edit] | None:
    """``name.append(element)``: the element's own text stays where it is."""
    outer = context.span_of(display)
    text = context.text(outer)[1:-1]
    inside = text.rstrip()
    if isinstance(display.elements[0].comma, cst.Comma):
        inside = inside.removesuffix(",").rstrip()
    if "\n" in text or "\r" in text:
        return None
    left = Span(*_start(whole), outer.start_line, outer.start_column + 1)
    end = outer.start_column + 1 + len(inside)
    right = Span(outer.end_line, end, outer.end_line, outer.end_column)
    return [Edit(left, f"{name}.append("), Edit(right, ")")]


def _without_first_field(
    context: FixContext, whole: Span, text: cst.FormattedString, name: str
) -> list[Edit] | None:
    """``name += f"{x}"`` for ``name = f"{name}{x}"``."""
    match text.parts[0]:
        case (
            cst.FormattedStringExpression(
                expression=cst.Name(value=first), conversion=None, format_spec=None, equal=None
            ) as field
        ) if first == name and len(text.parts) > 1:
            end = context.span_of(field)
            removed = Span(*_start(whole), end.end_line, end.end_column)
            return [Edit(removed, f"{name} += {text.start}")]
        case _:
            return None


def _inside(context: FixContext, node: cst.CSTNode) -> list[cst.CSTNode]:
    return [
        inner
        for inner in context.region.parsed.parents
        if inner is node or node in context.ancestors(inner)
    ]


def _start_of(context: FixContext, node: cst.BaseExpression) -> tuple[int, int]:
    """Where `node` starts, its own parentheses included."""
    return _start(context.span_of(node.lpar[0] if node.lpar else node))


def _start(span: Span) -> tuple[int, int]:
    return span.start_line, span.start_column
