"""Whether a changed source is what its fixes promised.

It is kept only if all of these hold:

1. it compiles;
2. every comment is still there;
3. every code object but those of the fixed functions is as it was, apart from line numbers;
   functions inside a fixed one may have moved, and are otherwise the same;
4. in a fixed function each name is still the local, cell, free or global variable that it was, a
   new name is a plain local or an untouched builtin;
5. the fixed function costs less (`bclint.evidence.cost`), unless its rule is about something that
   no instruction shows;
6. the finding is gone, there is no new one, and no rule fails.

Nothing of either source is executed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import DecodeError
from bclint.diagnostics import Diagnostic
from bclint.evidence.cost import loop_cost
from bclint.fix.codes import (
    categories,
    has_fast_locals,
    inner_functions,
    is_plain_builtin,
    own_parts,
    shell,
    whole,
)
from bclint.fix.context import ranges_of
from bclint.fix.edits import Moved
from bclint.fix.snapshot import Snapshot
from bclint.rule import Category
from bclint.source import SourceError

_UNMEASURED = frozenset({Category.GROWTH, Category.FOLKLORE})
"""Copying, and the specialisation of a call, cost time that no instruction shows."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a change is not kept; `culprit` is the fix to blame where one can be told."""

    reason: str
    culprit: Diagnostic | None = None


def verify(old: Snapshot, new: Snapshot, fixed: Sequence[Diagnostic]) -> Failure | None:
    """The first condition that `new` breaks, None when it may be kept.

    `fixed` are the findings of `old`, each with its fix, that were applied together; no two of
    them in one function.
    """
    try:
        return next(_failures(old, new, fixed), None)
    except SourceError as error:
        return Failure(f"the result does not compile: {error.message} (line {error.line})")
    except DecodeError as error:
        return Failure(f"the result cannot be decoded: {error}")


def _failures(old: Snapshot, new: Snapshot, fixed: Sequence[Diagnostic]) -> Iterator[Failure]:
    after = new.module
    yield from _lost_comments(old, new, fixed)
    owners = _owners(old, fixed)
    pairs: list[tuple[Function, Function, Diagnostic]] = []
    yield from _changed_elsewhere(old.module, after, owners, pairs)
    found = [diagnostic for _, _, diagnostic in pairs]
    for diagnostic in fixed:
        if diagnostic not in found:
            yield Failure("its function is not in the compiled file", diagnostic)
    unmeasured = {rule.code for rule in old.rules if rule.category in _UNMEASURED}
    for before, now, diagnostic in pairs:
        yield from _changed_inside(before, now, diagnostic)
        yield from _changed_scope(before, now, after, diagnostic)
        if diagnostic.code not in unmeasured and not _is_cheaper(before, now):
            yield Failure("the loop did not become cheaper", diagnostic)
    yield from _findings(old, new, fixed)


def _lost_comments(old: Snapshot, new: Snapshot, fixed: Sequence[Diagnostic]) -> Iterator[Failure]:
    if old.comments != new.comments:
        lost = [*(old.comments - new.comments)]
        reason = f"the comment {lost[0]!r} would be lost" if lost else "it makes a comment"
        yield Failure(reason, fixed[0] if len(fixed) == 1 else None)


def _owners(old: Snapshot, fixed: Sequence[Diagnostic]) -> dict[tuple[str, int], Diagnostic]:
    """The definition that each fix changes, as a code object knows itself: name and first line."""
    owners: dict[tuple[str, int], Diagnostic] = {}
    for diagnostic in fixed:
        node = old.regions.owner(ranges_of(diagnostic))
        key = (node.name, old.regions.first_line(node)) if node else ("<module>", 0)
        owners[key] = diagnostic
    return owners


def _key(function: Function) -> tuple[str, int]:
    if function.parent is None:
        return "<module>", 0
    return function.code.co_name, function.code.co_firstlineno


def _changed_elsewhere(
    before: Function,
    now: Function,
    owners: dict[tuple[str, int], Diagnostic],
    pairs: list[tuple[Function, Function, Diagnostic]],
) -> Iterator[Failure]:
    """Walk both trees side by side; the fixed functions that come up go into `pairs`."""
    if owner := owners.get(_key(before)):
        pairs.append((before, now, owner))
        return
    if shell(before.code) != shell(now.code) or len(before.nested) != len(now.nested):
        yield Failure(f"`{before.code.co_qualname}` changed, which the fix is not about")
        return
    for inner_before, inner_now in zip(before.nested, now.nested, strict=True):
        yield from _changed_elsewhere(inner_before, inner_now, owners, pairs)


def _changed_inside(before: Function, now: Function, diagnostic: Diagnostic) -> Iterator[Failure]:
    """Functions inside a fixed one: all still there, in any order."""
    own = {part.code for part in own_parts(before) if part.code.co_qualname == diagnostic.function}
    inside = [inner for inner in inner_functions(before) if inner.code not in own]
    missing = Counter(map(whole, inside))
    missing.subtract(map(whole, inner_functions(now)))
    extra = -sum(count for count in missing.values() if count < 0)
    allowed = sum(1 for inner in inner_functions(before) if inner.code in own)
    if any(count > 0 for count in missing.values()) or extra > allowed:
        yield Failure(f"a function inside `{before.code.co_qualname}` changed", diagnostic)


def _changed_scope(
    before: Function, now: Function, module: Function, diagnostic: Diagnostic
) -> Iterator[Failure]:
    known = categories(before)
    plain = "local" if has_fast_locals(now) else "name"
    for name, category in categories(now).items():
        was = known.get(name)
        if was is None and (
            category == plain or (category == "global" and is_plain_builtin(name, module))
        ):
            continue
        if was != category:
            reason = f"`{name}` would be a {category} variable"
            yield Failure(f"{reason}, not {was}" if was else reason, diagnostic)


def _is_cheaper(before: Function, now: Function) -> bool:
    return sum(map(loop_cost, own_parts(now))) < sum(map(loop_cost, own_parts(before)))


def _findings(old: Snapshot, new: Snapshot, fixed: Sequence[Diagnostic]) -> Iterator[Failure]:
    """The fixed findings are gone, and what there is was there before, at the moved places."""
    edits = [edit for diagnostic in fixed if diagnostic.fix for edit in diagnostic.fix.edits]
    moved = Moved(old.source, edits)
    gone = {
        (diagnostic.code, moved.start_of(span)): diagnostic
        for diagnostic in fixed
        for span in diagnostic.all_places
    }
    known = {
        (diagnostic.code, moved.start_of(span))
        for diagnostic in old.report.diagnostics
        for span in diagnostic.all_places
    }
    if len(new.report.errors) > len(old.report.errors):
        yield Failure(f"the result cannot be checked: {new.report.errors[-1]}")
    for diagnostic in new.report.diagnostics:
        span = diagnostic.span
        key = diagnostic.code, new.source.offset(span.start_line, span.start_column)
        if key in gone:
            yield Failure(f"{diagnostic.code} is still found on line {span.start_line}", gone[key])
        elif key not in known:
            reason = f"a new finding, {diagnostic.code} on line {span.start_line}"
            yield Failure(f"{reason}: {diagnostic.message}", _nearest(fixed, diagnostic))


def _nearest(fixed: Sequence[Diagnostic], new: Diagnostic) -> Diagnostic | None:
    """The fix in the function with the new finding."""
    return next((one for one in fixed if one.function == new.function), None)
