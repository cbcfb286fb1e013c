"""Where code goes that is moved out of a loop, and what then runs in another order.

A line above the loop's statement runs once, before whatever the statement itself evaluates on the
way to the loop:

1. ``for x in self.load():`` and ``f(g(), [... for x in xs])`` call something between that line and
   the loop, which may rebind what the moved code reads;
2. ``a and [... for x in xs]`` may never reach the loop, while the line always runs;
3. a loop inside another loop of the same statement (a comprehension in a comprehension, or in
   the test of a ``while``) would be left by the line as well, and nothing is proved of that;
4. ``for x in (yield):`` is suspended between the line and the loop: even a global that nothing in
   the file rebinds but the module's own code may change there;
5. with no iteration the line still binds a name, which ``locals()`` shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import libcst as cst

from bclint.dataflow import known
from bclint.diagnostics import Applicability, Verdict
from bclint.fix.context import FixContext, Loop, Statement
from bclint.source import Span

_NEVER = (
    cst.Annotation,
    cst.CompFor,
    cst.ExceptHandler,
    cst.ExceptStarHandler,
    cst.MatchCase,
    cst.TypeAlias,
    cst.TypeParameters,
    cst.While,
)
"""What runs a comprehension inside it in another scope, later, repeatedly or only sometimes."""


@dataclass(frozen=True, slots=True)
class InsertionPoint:
    """The statement above which a line runs before a loop; `verdicts` weaken a move to there."""

    statement: Statement
    verdicts: tuple[Verdict, ...]
    assigned: frozenset[str]
    """Names that get a value only between the line and the loop: ``for x in (xs := load()):``."""


def insertion_point(
    context: FixContext, loop: Loop, *, rebindable: bool = True
) -> InsertionPoint | None:
    """The place above `loop` for code that is moved out of it, None where there is none.

    `rebindable` says whether a call between that place and the loop could change its result; where
    the function is suspended, other code may change whatever it likes.
    """
    statement = context.statement_of(loop)
    if statement is None:
        return None
    conditions: list[Verdict] = []
    if isinstance(loop, cst.CompFor):
        path = _path(context, loop, statement)
        if not _is_reached_once(path):
            return None
        conditions = [verdict for step in pairwise(path) for verdict in _condition(*step)]
    elif statement is not loop:
        return None
    between = list(_between(context, loop, statement))
    disturbing = [
        node for node in between if _suspends(node) or (rebindable and _may_rebind(context, node))
    ]
    conditions.extend(_runs_between(context, node) for node in disturbing[:1])
    if context.watches_locals():
        reason = "the function looks at its local names (`locals()`, `eval` or the like)"
        conditions.append(Verdict(Applicability.DISPLAY_ONLY, reason))
    assigned = (
        node.target.value
        for node in between
        if isinstance(node, cst.NamedExpr) and isinstance(node.target, cst.Name)
    )
    return InsertionPoint(statement, tuple(conditions), frozenset(assigned))


def _path(context: FixContext, loop: cst.CompFor, statement: Statement) -> list[cst.CSTNode]:
    """The nodes from the comprehension's ``for`` outwards to its statement."""
    path: list[cst.CSTNode] = [loop]
    for outer in context.ancestors(loop):
        path.append(outer)
        if outer is statement:
            break
    return path


def _is_reached_once(path: list[cst.CSTNode]) -> bool:
    """Whether the statement evaluates the comprehension at most once, in its own scope."""
    own = path[1]
    if not isinstance(own, cst.BaseComp) or own.for_in is not path[0]:
        return False
    for inner, outer in pairwise(path[1:]):
        if isinstance(outer, cst.CompFor) and outer.iter is inner:
            continue  # as the first iterable of another comprehension it runs once
        if isinstance(outer, cst.BaseComp) and outer.for_in is inner:
            continue
        if isinstance(outer, (*_NEVER, cst.BaseComp)):
            return False
        if isinstance(outer, cst.Lambda) and outer.body is inner:
            return False
        if isinstance(outer, cst.SimpleStatementLine) and outer.body[0] is not inner:
            return False
    return True


def _condition(inner: cst.CSTNode, outer: cst.CSTNode) -> Iterator[Verdict]:
    """Why `outer` may never evaluate `inner`, or does more before it than calling."""
    what = None
    if isinstance(outer, cst.BooleanOperation) and outer.right is inner:
        what = "the right side of `and` or `or`"
    elif isinstance(outer, cst.IfExp) and outer.test is not inner:
        what = "one branch of a conditional expression"
    elif isinstance(outer, cst.Comparison) and inner in outer.comparisons[1:]:
        what = "a chained comparison"
    elif isinstance(outer, cst.Assert):
        what = "an `assert`"
    elif isinstance(outer, cst.With) and inner is not outer.items[0]:
        what = "a `with` that first enters another context"
    elif isinstance(outer, (cst.Param, cst.Decorator, cst.ClassDef)):
        what = "the head of a definition"
    if what:
        reason = f"the loop stands in {what}: it may not run, what is moved always does"
        yield Verdict(Applicability.UNSAFE, reason)


_EFFECTS = (cst.Call, cst.Await, cst.Yield, cst.NamedExpr)


def _between(context: FixContext, loop: Loop, statement: Statement) -> Iterator[cst.CSTNode]:
    """The calls, suspensions and assignments that run after an inserted line, before the loop."""
    if isinstance(loop, cst.While):
        return  # the test belongs to the loop
    before = iterated = context.span_of(loop.iter)
    if isinstance(loop, cst.CompFor):
        first, comprehension = context.span_of(statement), next(context.ancestors(loop))
        start = context.span_of(comprehension)
        before = Span(first.start_line, first.start_column, start.start_line, start.start_column)
    for node in context.region.parsed.parents:
        if isinstance(node, _EFFECTS) or _suspends(node):
            span = context.span_of(node)
            if iterated.contains(span) or (before.contains(span) and not _is_target(context, node)):
                yield node


def _suspends(node: cst.CSTNode) -> bool:
    """Whether any code may run at `node`, the module's own assignments too."""
    if isinstance(node, cst.CompFor):
        return node.asynchronous is not None
    return isinstance(node, (cst.Await, cst.Yield))


def _may_rebind(context: FixContext, node: cst.CSTNode) -> bool:
    return not isinstance(node, cst.NamedExpr) and not _is_quiet(context, node)


def _runs_between(context: FixContext, call: cst.CSTNode) -> Verdict:
    text = " ".join(context.text(context.span_of(call)).split())
    line = context.span_of(call).start_line
    reason = f"`{text}` on line {line} runs between the binding and the loop"
    return Verdict(Applicability.UNSAFE, reason)


def _is_quiet(context: FixContext, node: cst.CSTNode) -> bool:
    """Whether a call runs no unknown code, by the same measure as calls inside the loop."""
    if not isinstance(node, cst.Call) or any(_is_callback(argument) for argument in node.args):
        return False
    if isinstance(node.func, cst.Attribute):
        return node.func.attr.value in known.CONTAINER_METHODS
    name = node.func.value if isinstance(node.func, cst.Name) else ""
    return name in known.QUIET_BUILTINS and context.is_builtin(name)


def _is_callback(argument: cst.Arg) -> bool:
    return argument.keyword is not None and argument.keyword.value in {"key", "default"}


def _is_target(context: FixContext, node: cst.CSTNode) -> bool:
    """Whether `node` is part of what is assigned to, which runs after the value."""
    return any(isinstance(outer, cst.AssignTarget) for outer in context.ancestors(node))
