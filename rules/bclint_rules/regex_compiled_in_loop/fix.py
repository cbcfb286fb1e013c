"""The fix of BCL204: compile before the loop, and call the pattern's methods in it.

``re.sub("a", "b", text, flags=re.I)`` becomes ``pattern.sub("b", text)`` below
``pattern = re.compile("a", re.I)``.
"""

from __future__ import annotations

from functools import partial

import libcst as cst

from bclint.fix.api import Diagnostic, Edit, Fix, FixContext, Span, bind_before_loop

_NAMES = ("pattern", *(f"pattern{number}" for number in range(2, 10)))
_FLAGS_POSITION = {"compile": 1, "split": 3, "sub": 4, "subn": 4}
_USUAL_FLAGS_POSITION = 2


def fix(context: FixContext, diagnostic: Diagnostic) -> Fix | None:
    """None where ``re`` has no name here, as after ``from re import match``."""
    call = context.node_at(diagnostic.span)
    if not isinstance(call, cst.Call):
        return None
    if _is_alone(context, diagnostic):
        return bind_before_loop(context, diagnostic, names=_NAMES, rebindable=False)
    expression = _compiling(context, call)
    if expression is None:
        return None
    return bind_before_loop(
        context,
        diagnostic,
        names=_NAMES,
        expression=expression,
        replacement=partial(_replaced, context, diagnostic),
        rebindable=False,
    )


def _is_alone(context: FixContext, diagnostic: Diagnostic) -> bool:
    """Whether every place is a call of ``compile`` itself, whatever ``re`` is called."""
    calls = [context.node_at(span) for span in diagnostic.all_places]
    return all(isinstance(call, cst.Call) and _method(call) == "compile" for call in calls)


def _method(call: cst.Call) -> str:
    name = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
    return name.value if isinstance(name, cst.Name) else ""


def _argument(call: cst.Call, keyword: str, position: int) -> cst.Arg | None:
    for index, argument in enumerate(call.args):
        if (argument.keyword.value if argument.keyword else None) == keyword:
            return argument
        if index == position and argument.keyword is None:
            return argument
    return None


def _flags(call: cst.Call) -> cst.Arg | None:
    position = _FLAGS_POSITION.get(_method(call), _USUAL_FLAGS_POSITION)
    return _argument(call, "flags", position)


def _compiling(context: FixContext, call: cst.Call) -> str | None:
    """The call of ``compile`` that stands before the loop."""
    pattern = _argument(call, "pattern", 0)
    if not isinstance(call.func, cst.Attribute) or pattern is None:
        return None
    flags = _flags(call)
    module = context.text(context.span_of(call.func.value))
    arguments = [context.text(_value_span(context, each)) for each in (pattern, flags) if each]
    if any("\n" in text and "#" in text for text in arguments):
        return None  # a comment between the parts of a string
    return f"{module}.compile({', '.join(arguments)})"


def _value_span(context: FixContext, argument: cst.Arg) -> Span:
    """The argument without its keyword, but with its parentheses."""
    whole = context.span_of(argument)
    if argument.keyword is None:
        return whole
    value = context.span_of(argument.value)
    parentheses = len(argument.value.lpar)
    start = value.start_column - parentheses
    return Span(value.start_line, start, whole.end_line, whole.end_column)


def _replaced(context: FixContext, diagnostic: Diagnostic, span: Span, name: str) -> Edit | None:
    """One place: the name for ``re.compile(…)``, else a call of the pattern's method."""
    call = context.node_at(span)
    if not isinstance(call, cst.Call):
        return None
    if _method(call) == "compile":
        return context.replace(span, name)
    if not isinstance(call.func, cst.Attribute):
        return None
    dropped = (_argument(call, "pattern", 0), _flags(call))
    kept = [argument for argument in call.args if argument not in dropped]
    head = f"{name}.{_method(call)}("
    if call.args[0] is dropped[0] and dropped[1] is None:
        first = context.span_of(call.args[1])
        start = Span(span.start_line, span.start_column, first.start_line, first.start_column)
        return None if _has_comment(context, start) else context.replace(start, head)
    inside = any(span.contains(other) for other in diagnostic.all_places if other != span)
    if inside or _has_comment(context, span):
        return None
    texts = [context.text(context.span_of(argument)) for argument in kept]
    return context.replace(span, f"{head}{', '.join(texts)})")


def _has_comment(context: FixContext, span: Span) -> bool:
    """Whether a comment may stand in `span`, which the edit would lose."""
    return span.end_line > span.start_line and "#" in context.text(span)
