"""The shared fix of most rules: bind an expression to a new local before the loop.

It is sound, as far as the source shows it, when all of these hold; else the fix is weaker or none:

1. the rule's verdict says that nothing in the loop rebinds the expression;
2. the line inserted runs where the loop would have run: in the same scope, in the same block, at
   once before it (`bclint.fix.moves`);
3. every place reads the expression and nothing else: none is assigned to, deleted, or printed as
   text (``f"{self.x=}"``);
4. the new name is fresh, and nothing looks at the names of the scope.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

import libcst as cst

from bclint.diagnostics import Applicability, Diagnostic, Edit, Fix, Verdict, weakest
from bclint.fix.comments import comments_in
from bclint.fix.context import FixContext, Statement
from bclint.fix.moves import insertion_point
from bclint.fix.places import names_of, read_at
from bclint.fix.syntax import parse_quietly
from bclint.source import Span

Replacement = Callable[[Span, str], Edit | None]


def bind_before_loop(
    context: FixContext,
    diagnostic: Diagnostic,
    *,
    names: Sequence[str],
    expression: str | None = None,
    title: str | None = None,
    replacement: Replacement | None = None,
    rebindable: bool = True,
) -> Fix | None:
    """Insert ``name = expression`` above the finding's loop and use the name at every place.

    `expression` defaults to the text of the reported place, which all places must then equal.
    `names` are candidates for the name, best first. `replacement` gives the edit for one place
    where the bare name is not what must stand there (``re.match(p, s)`` → ``pattern.match(s)``).
    `rebindable` says whether a call that now comes after the binding, such as the one in
    ``for x in self.load():``, could change its value; false for globals, modules, constants.

    The applicability is the verdict's, or weaker, with the reason. None where the edit cannot
    be written or would be wrong.
    """
    places = [read_at(context, span) for span in diagnostic.all_places]
    loop = context.loop_of(diagnostic)
    code = expression or _shared_text(context, diagnostic)
    name = context.free_name(*names)
    if loop is None or code is None or name is None or None in places:
        return None
    point = insertion_point(context, loop, rebindable=rebindable)
    if point is None or not point.assigned.isdisjoint(names_of(code)):
        return None
    scope = _scope_verdict(context, point.statement, [node for node in places if node], code)
    if scope is None:
        return None
    edits = [context.insert_line_before(point.statement, f"{name} = {code}")]
    for span in sorted(diagnostic.all_places):
        edit = replacement(span, name) if replacement else context.replace(span, name)
        if edit is None:
            return None
        edits.append(edit)
    verdict = weakest(diagnostic.verdict, scope, *point.verdicts)
    return Fix(
        title or f"bind `{' '.join(code.split())}` before the loop",
        verdict.applicability,
        verdict.reason,
        tuple(edits),
    )


def _shared_text(context: FixContext, diagnostic: Diagnostic) -> str | None:
    """What every place reads, as it can stand behind ``name =``; None where they differ."""
    text = context.text(diagnostic.span)
    trees = {_tree(context.text(span)) for span in diagnostic.all_places}
    if len(trees) != 1 or None in trees:
        return None
    # `a.\n b` is one expression only inside the brackets that it was taken from.
    return text if parse_quietly(f"name = {text}") else f"({text})"


def _tree(text: str) -> str | None:
    """The syntax of an expression that can move: it has no comment, walrus, await or yield."""
    tree = parse_quietly(f"({text}\n)")
    if tree is None:
        return None
    if "#" in text and comments_in(text):
        return None
    stays = (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)
    if any(isinstance(node, stays) for node in ast.walk(tree)):
        return None
    return ast.dump(tree)


def _scope_verdict(
    context: FixContext, statement: Statement, places: Sequence[cst.BaseExpression], code: str
) -> Verdict | None:
    """How far the new name means the same at the binding and at every place."""
    if any(_is_hidden(context, node, code) for node in places):
        return None
    scope = context.scope_of(statement)
    found = [Verdict(Applicability.SAFE, "")]
    for node in places:
        if context.scope_of(node) is not scope:
            line = context.span_of(node).start_line
            reason = f"line {line} runs in a scope of its own, where the new name is not a local"
            found.append(Verdict(Applicability.DISPLAY_ONLY, reason))
    if isinstance(scope, cst.ClassDef):
        if any(_in_comprehension(context, node) for node in places):
            return None  # a class's names cannot be seen from its comprehensions
        found.append(_new_attribute("class"))
    elif context.module_level:
        found.append(_new_attribute("module"))
    return weakest(*found)


def _is_hidden(context: FixContext, place: cst.BaseExpression, code: str) -> bool:
    """Whether a lambda or comprehension around `place` binds a name of `code` anew."""
    names = names_of(code)
    for outer in context.ancestors(place):
        bound: list[cst.CSTNode] = []
        if isinstance(outer, cst.Lambda):
            bound.append(outer.params)
        elif isinstance(outer, cst.BaseComp):
            clause: cst.CompFor | None = outer.for_in
            while clause is not None:
                bound.append(clause.target)
                clause = clause.inner_for_in
        if any(not names.isdisjoint(context.names_below(node)) for node in bound):
            return True
    return False


def _new_attribute(owner: str) -> Verdict:
    return Verdict(Applicability.UNSAFE, f"the new name becomes an attribute of the {owner}")


def _in_comprehension(context: FixContext, node: cst.CSTNode) -> bool:
    for outer in context.ancestors(node):
        if isinstance(outer, cst.BaseComp):
            return True
        if isinstance(outer, cst.ClassDef):
            return False
    return False
