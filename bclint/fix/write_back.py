"""The shared fix of read-modify-write rules: a local during the loop, written back behind it.

``self.n += x`` becomes ``n = self.n`` above the loop, ``n += x`` in it and ``self.n = n`` below.
The rule's verdict says what other code the loop runs; the source shows the ways out of the loop,
which bytecode does not tell apart from what follows it. The change is for display only when

1. a ``return``, ``raise`` or ``yield`` in the loop would leave before the write;
2. the loop has an ``else``, a ``try`` or a ``with``, which would run before the write;
3. something is called on the way to a ``break``, or between the first line and the loop;
4. a function made in the loop uses the same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from bclint.dataflow import known
from bclint.diagnostics import Applicability, Diagnostic, Edit, Fix, Verdict, weakest
from bclint.fix.context import FixContext
from bclint.fix.moves import insertion_point

_Statement = cst.For | cst.While


def update_in_local(
    context: FixContext, diagnostic: Diagnostic, *, names: Sequence[str]
) -> Fix | None:
    """Keep what the finding's places read and write in a local while the loop runs.

    `names` are candidates for the local, best first. None where a place cannot be replaced.
    """
    loop = context.loop_of(diagnostic)
    name = context.free_name(*names)
    target = "".join(context.text(diagnostic.span).split())
    if not isinstance(loop, _Statement) or name is None:
        return None
    point = insertion_point(context, loop)
    places = _places(context, diagnostic, loop, target)
    if point is None or places is None:
        return None
    obstacles = [*point.verdicts, *_obstacles(context, loop, places, target)]
    verdicts = [Verdict(Applicability.DISPLAY_ONLY, found.reason) for found in obstacles]
    verdict = weakest(diagnostic.verdict, *verdicts)
    edits: list[Edit] = []
    if not _never_ends(loop):
        edits.append(context.insert_line_before(loop, f"{name} = {target}"))
        edits += (context.replace(context.span_of(place), name) for place in places)
        edits.append(context.insert_line_after(loop, f"{target} = {name}"))
    return Fix(
        f"keep `{target}` in a local during the loop",
        verdict.applicability,
        verdict.reason,
        tuple(sorted(edits, key=lambda edit: edit.span)),
    )


def _places(
    context: FixContext, diagnostic: Diagnostic, loop: _Statement, target: str
) -> list[cst.CSTNode] | None:
    """Every mention of the target that the loop runs, on the ways out of it too.

    None where one cannot be a name instead, or where a finding's place is not among them.
    """
    found = [node for node in _running(context, loop) if _is_mention(context, node, target)]
    spans = {context.span_of(node) for node in found}
    if not spans.issuperset(diagnostic.all_places):
        return None
    for node in found:
        for outer in context.ancestors(node):
            if isinstance(outer, _NOT_A_NAME):
                return None
            if isinstance(outer, _PATTERN_VALUES):
                return None  # `case self.n:` compares, but `case n:` binds
            if isinstance(outer, cst.FormattedStringExpression) and outer.equal is not None:
                return None  # `f"{self.n=}"` prints the text
            if outer is loop:
                break
    return found


_NOT_A_NAME = (cst.TemplatedStringExpression, cst.Del, cst.NameItem)


_PATTERN_VALUES = (cst.MatchValue, cst.MatchMappingElement)


def _running(context: FixContext, loop: _Statement) -> Iterator[cst.CSTNode]:
    """All nodes of the loop that its iterations evaluate; not what a ``for`` iterates over."""
    start = loop.iter if isinstance(loop, cst.For) else None
    for node in context.region.parsed.parents:
        outside = True
        for outer in (node, *context.ancestors(node)):
            if outer is start:
                break
            if outer is loop:
                outside = False
                break
        if not outside and node is not loop:
            yield node


def _is_mention(context: FixContext, node: cst.CSTNode, target: str) -> bool:
    """Whether `node` is the variable or the chain of attributes that `target` spells."""
    if not isinstance(node, (cst.Name, cst.Attribute)):
        return False
    parent = next(context.ancestors(node), None)
    if isinstance(parent, cst.Attribute) and parent.attr is node:
        return False
    if isinstance(parent, (cst.Arg, cst.Param)) and node in (
        parent.keyword if isinstance(parent, cst.Arg) else parent.name,
    ):
        return False
    return "".join(context.text(context.span_of(node)).split()) == target


def _obstacles(
    context: FixContext, loop: _Statement, places: Sequence[cst.CSTNode], target: str
) -> Iterator[Verdict]:
    """What the source shows to stand in the way, the worst first."""
    scope = context.scope_of(loop)
    for place in places:
        if context.scope_of(place) is not scope:
            yield _told(f"line {_line(context, place)} uses `{target}` in a scope of its own")
    if loop.orelse is not None:
        line = _line(context, loop.orelse)
        yield _told(f"the `else` on line {line} would run before `{target}` is written")
    for node in _running(context, loop):
        if isinstance(node, tuple(_EXITS)) and context.scope_of(node) is scope:
            what = _EXITS[type(node)]
            yield _told(f"{what} on line {_line(context, node)} would {_skip(node)} `{target}`")
    if context.watches_locals():
        yield _told("the function looks at its local names")
    for call in _calls_before_break(context, loop):
        text = " ".join(context.text(context.span_of(call)).split())
        line = _line(context, call)
        yield _told(f"`{text}` on line {line} would run before `{target}` is written")


_EXITS: dict[type[cst.CSTNode], str] = {
    cst.Return: "the `return`",
    cst.Raise: "the `raise`",
    cst.Yield: "the `yield`",
    cst.Await: "the `await`",
    cst.Try: "the `try`",
    cst.TryStar: "the `try`",
    cst.With: "the `with`",
}


def _skip(node: cst.CSTNode) -> str:
    leaves = isinstance(node, (cst.Return, cst.Raise))
    return "skip the writing of" if leaves else "run code before the writing of"


def _told(reason: str) -> Verdict:
    return Verdict(Applicability.DISPLAY_ONLY, reason)


def _line(context: FixContext, node: cst.CSTNode) -> int:
    return context.span_of(node).start_line


def _calls_before_break(context: FixContext, loop: _Statement) -> Iterator[cst.Call]:
    """Calls of unknown code in the blocks inside the loop that end in one of its ``break``."""
    for node in _running(context, loop):
        if isinstance(node, cst.Call) and not _is_quiet(context, node):
            blocks = [outer for outer in _up_to(context, node, loop) if _is_block(outer)]
            # The last block is the loop's own body, all of whose calls the rule has judged.
            if any(_breaks(context, block, loop) for block in blocks[:-1]):
                yield node


def _up_to(context: FixContext, node: cst.CSTNode, loop: _Statement) -> Iterator[cst.CSTNode]:
    for outer in context.ancestors(node):
        if outer is loop:
            return
        yield outer


def _is_block(node: cst.CSTNode) -> bool:
    return isinstance(node, (cst.IndentedBlock, cst.SimpleStatementSuite))


def _breaks(context: FixContext, block: cst.CSTNode, loop: _Statement) -> bool:
    """Whether a ``break`` below `block` leaves `loop` itself."""
    for node in _running(context, loop):
        if isinstance(node, cst.Break):
            around = list(_up_to(context, node, loop))
            if block in around and not any(isinstance(outer, _Statement) for outer in around):
                return True
    return False


def _is_quiet(context: FixContext, call: cst.Call) -> bool:
    """Whether a call runs no unknown code, by the same measure as calls inside the loop."""
    if isinstance(call.func, cst.Attribute):
        return call.func.attr.value in known.CONTAINER_METHODS
    name = call.func.value if isinstance(call.func, cst.Name) else ""
    return name in known.QUIET_BUILTINS and context.is_builtin(name)


def _never_ends(loop: _Statement) -> bool:
    """Whether the loop is a ``while True`` without ``break``, so that nothing below is reached."""
    if not isinstance(loop, cst.While):
        return False
    endless = isinstance(loop.test, (cst.Name, cst.Integer)) and loop.test.value in ("True", "1")
    return endless and not _has_break(loop.body)


def _has_break(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.Break):
        return True
    nested = (cst.For, cst.While, cst.FunctionDef, cst.ClassDef)
    return any(_has_break(child) for child in node.children if not isinstance(child, nested))
