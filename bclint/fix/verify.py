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

_UNMEASURED = frozenset({Category.GROWTH, Category.FOLKLORE, Category.REPETITION})
"""Copying, and what a call does or how it is specialised, cost time that no instruction shows."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a change is not kept; `culprit` is the fix to blame where one can be told."""

    reason: str
    culprit: Diagnostic | None = None


_Owners = dict[tuple[str, int], list[Diagnostic]]
_MODULE = ("<module>", 0)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A fixed function before and after, and the fixes that were made in it."""

    before: Function
    now: Function
    fixed: Sequence[Diagnostic]

    @property
    def culprit(self) -> Diagnostic | None:
        return self.fixed[0] if len(self.fixed) == 1 else None


def verify(old: Snapshot, new: Snapshot, fixed: Sequence[Diagnostic]) -> Failure | None:
    """The first condition that `new` breaks, None when it may be kept.

    `fixed` are the findings of `old`, each with its fix, that were applied together. No fixed
    function has another inside it.
    """
    try:
        return next(_failures(old, new, fixed), None)
    except SourceError as error:
        return _uncompiled(error)
    except DecodeError as error:
        return Failure(f"the result cannot be decoded: {error}")


def verify_alone(old: Snapshot, new: Snapshot, fixed: Diagnostic) -> Failure | None:
    """Whether one fix by itself makes its function cheaper: in company it could hide."""
    try:
        pairs: list[_Pair] = []
        _pair_up(old.module, new.module, _owners(old, [fixed]), pairs, compare=False)
        return next(_dearer(old, pairs), None)
    except SourceError as error:
        return _uncompiled(error)
    except DecodeError as error:
        return Failure(f"the result cannot be decoded: {error}")


def _uncompiled(error: SourceError) -> Failure:
    return Failure(f"the result does not compile: {error.message} (line {error.line})")


def _failures(old: Snapshot, new: Snapshot, fixed: Sequence[Diagnostic]) -> Iterator[Failure]:
    after = new.module
    yield from _lost_comments(old, new, fixed)
    pairs: list[_Pair] = []
    owners = _owners(old, fixed)
    yield from map(_changed_elsewhere, _pair_up(old.module, after, owners, pairs))
    found = [diagnostic for pair in pairs for diagnostic in pair.fixed]
    for diagnostic in fixed:
        if diagnostic not in found:
            yield Failure("its function is not in the compiled file", diagnostic)
    for pair in pairs:
        yield from _changed_inside(pair)
        yield from _changed_scope(pair, after)
    yield from _dearer(old, pairs)
    yield from _findings(old, new, fixed)


def _lost_comments(old: Snapshot, new: Snapshot, fixed: Sequence[Diagnostic]) -> Iterator[Failure]:
    if old.comments != new.comments:
        lost = [*(old.comments - new.comments)]
        reason = f"the comment {lost[0]!r} would be lost" if lost else "it makes a comment"
        yield Failure(reason, fixed[0] if len(fixed) == 1 else None)


def _owners(old: Snapshot, fixed: Sequence[Diagnostic]) -> _Owners:
    """The definitions that fixes change, as code objects know themselves: name and first line."""
    owners: _Owners = {}
    for diagnostic in fixed:
        node = old.regions.owner(ranges_of(diagnostic))
        key = (node.name, old.regions.first_line(node)) if node else _MODULE
        owners.setdefault(key, []).append(diagnostic)
    return owners


def _pair_up(
    before: Function,
    now: Function,
    owners: _Owners,
    pairs: list[_Pair],
    *,
    compare: bool = True,
) -> list[Function]:
    """Walk both trees side by side; the fixed functions that come up go into `pairs`.

    Returns the functions of `before` that are no longer the same, though nothing fixed them;
    without `compare` only those that have gained or lost a nested one.
    """
    key = (before.code.co_name, before.code.co_firstlineno) if before.parent else _MODULE
    if key in owners:
        pairs.append(_Pair(before, now, owners[key]))
        return []
    if len(before.nested) != len(now.nested):
        return [before]
    if compare and shell(before.code) != shell(now.code):
        return [before]
    changed: list[Function] = []
    for inner_before, inner_now in zip(before.nested, now.nested, strict=True):
        changed += _pair_up(inner_before, inner_now, owners, pairs, compare=compare)
    return changed


def _changed_elsewhere(function: Function) -> Failure:
    return Failure(f"`{function.code.co_qualname}` changed, which the fix is not about")


def _changed_inside(pair: _Pair) -> Iterator[Failure]:
    """Functions inside a fixed one: all still there, in any order."""
    names = {diagnostic.function for diagnostic in pair.fixed}
    own = {part.code for part in own_parts(pair.before) if part.code.co_qualname in names}
    inside = list(inner_functions(pair.before))
    missing = Counter(whole(inner) for inner in inside if inner.code not in own)
    missing.subtract(map(whole, inner_functions(pair.now)))
    extra = -sum(count for count in missing.values() if count < 0)
    allowed = sum(inner.code in own for inner in inside)
    if any(count > 0 for count in missing.values()) or extra > allowed:
        name = pair.before.code.co_qualname
        yield Failure(f"a function inside `{name}` changed", pair.culprit)


def _changed_scope(pair: _Pair, module: Function) -> Iterator[Failure]:
    known = categories(pair.before)
    plain = "local" if has_fast_locals(pair.now) else "name"
    for name, category in categories(pair.now).items():
        was = known.get(name)
        if was is None and (
            category == plain or (category == "global" and is_plain_builtin(name, module))
        ):
            continue
        if was != category:
            reason = f"`{name}` would be a {category} variable"
            yield Failure(f"{reason}, not {was}" if was else reason, pair.culprit)


def _dearer(old: Snapshot, pairs: Sequence[_Pair]) -> Iterator[Failure]:
    unmeasured = {rule.code for rule in old.rules if rule.category in _UNMEASURED}
    for pair in pairs:
        measured = any(diagnostic.code not in unmeasured for diagnostic in pair.fixed)
        if measured and not _cost(pair.now) < _cost(pair.before):
            yield Failure("the loop did not become cheaper", pair.culprit)


def _cost(function: Function) -> float:
    return sum(map(loop_cost, own_parts(function)))


def _findings(old: Snapshot, new: Snapshot, fixed: Sequence[Diagnostic]) -> Iterator[Failure]:
    """The fixed findings are gone, and what there is was there before.

    A finding is known by its moved place, or, inside a text that was replaced, by what it is.
    """
    if len(new.report.errors) > len(old.report.errors):
        yield Failure(f"the result cannot be checked: {new.report.errors[-1]}")
    edits = [edit for diagnostic in fixed if diagnostic.fix for edit in diagnostic.fix.edits]
    moved = Moved(old.source, edits)
    gone = _places(fixed, moved)
    known = _places(old.report.diagnostics, moved)
    expected = Counter(_kind(old, diagnostic) for diagnostic in old.report.diagnostics)
    expected.subtract(_kind(old, diagnostic) for diagnostic in fixed)
    expected.subtract(_kind(new, diagnostic) for diagnostic in new.report.diagnostics)
    for diagnostic in new.report.diagnostics:
        span = diagnostic.span
        place = diagnostic.code, new.source.offset(span.start_line, span.start_column)
        if place not in gone and (place in known or expected[_kind(new, diagnostic)] >= 0):
            continue
        culprit = gone.get(place) or _nearest(fixed, diagnostic)
        if culprit and _kind(old, culprit) == _kind(new, diagnostic):
            yield Failure(f"{diagnostic.code} is still found on line {span.start_line}", culprit)
        else:
            reason = f"a new finding, {diagnostic.code} on line {span.start_line}"
            yield Failure(f"{reason}: {diagnostic.message}", culprit)


def _places(diagnostics: Sequence[Diagnostic], moved: Moved) -> dict[tuple[str, int], Diagnostic]:
    return {
        (diagnostic.code, moved.start_of(span)): diagnostic
        for diagnostic in diagnostics
        for span in diagnostic.all_places
    }


def _kind(snapshot: Snapshot, diagnostic: Diagnostic) -> tuple[str, str, str]:
    text = " ".join(snapshot.source.slice(diagnostic.span).split())
    return diagnostic.code, diagnostic.function, text


def _nearest(fixed: Sequence[Diagnostic], new: Diagnostic) -> Diagnostic | None:
    """The fix in the function with the new finding, where there is one alone."""
    inside = [one for one in fixed if one.function == new.function]
    return inside[0] if len(inside) == 1 else None
