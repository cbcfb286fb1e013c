"""Whether a changed source is what its fixes promised.

It is kept only if all of these hold:

1. it compiles;
2. every comment is still there;
3. every code object but those of the fixed functions is as it was, apart from line numbers;
   functions inside a fixed one may have moved, and are otherwise the same, but for generator
   expressions that are part of a fixed place;
4. in a fixed function each name is still the local, cell, free or global variable that it was, a
   new name is a plain local or an untouched builtin;
5. the fixed function costs less (`bclint.evidence.cost`), unless its rule is about something that
   no instruction shows;
6. the finding is gone, there is no new one of its rule or about advice turned round, and no rule
   fails. Other rules may find more: what moved out of a loop no longer hides it from them.

Nothing of either source is executed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import CodeType

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import DecodeError
from bclint.diagnostics import Diagnostic
from bclint.evidence.cost import loop_cost
from bclint.fix.codes import (
    categories,
    generators_in,
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
from bclint.source import SourceError, Span

_UNMEASURED = frozenset({Category.GROWTH, Category.FOLKLORE, Category.REPETITION, Category.NUMBERS})
"""Copying, what a call does, and how it or an operator is specialised cost time that no instruction
shows."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a change is not kept."""

    reason: str
    suspects: tuple[Diagnostic, ...] = ()
    """The fixes of which one is to blame; empty where it may be any."""


_Owners = dict[tuple[str, int], list[Diagnostic]]
_MODULE = ("<module>", 0)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A fixed function before and after, and the fixes that were made in it."""

    before: Function
    now: Function
    fixed: tuple[Diagnostic, ...]
    generators: frozenset[CodeType]
    """The generator expressions that stand in the fixed places, and may become lists."""


def verify(old: Snapshot, new: Snapshot, fixed: Sequence[Diagnostic]) -> list[Failure]:
    """The conditions that `new` breaks; it may be kept when there are none.

    `fixed` are the findings of `old`, each with its fix, that were applied together. No fixed
    function has another inside it.
    """
    return _until_error(_failures(old, new, fixed))


def verify_cost(old: Snapshot, new: Snapshot, fixed: Sequence[Diagnostic]) -> list[Failure]:
    """The fixes that do not make their functions cheaper; `fixed` has one for each function.

    In the company of others in its function such a fix could hide.
    """

    def failures() -> Iterator[Failure]:
        pairs: list[_Pair] = []
        _pair_up(old, old.module, new.module, _owners(old, fixed), pairs, compare=False)
        yield from _dearer(old, pairs)

    return _until_error(failures())


def _until_error(failures: Iterator[Failure]) -> list[Failure]:
    found: list[Failure] = []
    try:
        found.extend(failures)
    except SourceError as error:
        reason = f"the result does not compile: {error.message} (line {error.line})"
        found.append(Failure(reason))
    except DecodeError as error:
        found.append(Failure(f"the result cannot be decoded: {error}"))
    return found


def _failures(old: Snapshot, new: Snapshot, fixed: Sequence[Diagnostic]) -> Iterator[Failure]:
    after = new.module
    yield from _lost_comments(old, new)
    pairs: list[_Pair] = []
    owners = _owners(old, fixed)
    yield from map(_changed_elsewhere, _pair_up(old, old.module, after, owners, pairs))
    found = [diagnostic for pair in pairs for diagnostic in pair.fixed]
    for diagnostic in fixed:
        if diagnostic not in found:
            yield Failure("its function is not in the compiled file", (diagnostic,))
    for pair in pairs:
        yield from _changed_inside(pair)
        yield from _changed_scope(pair, after)
    yield from _dearer(old, pairs)
    yield from _findings(old, new, fixed)


def _lost_comments(old: Snapshot, new: Snapshot) -> Iterator[Failure]:
    if old.comments != new.comments:
        lost = [*(old.comments - new.comments)]
        reason = f"the comment {lost[0]!r} would be lost" if lost else "it makes a comment"
        yield Failure(reason)


def _owners(old: Snapshot, fixed: Sequence[Diagnostic]) -> _Owners:
    """The definitions that fixes change, as code objects know themselves: name and first line."""
    owners: _Owners = {}
    for diagnostic in fixed:
        node = old.regions.owner(ranges_of(diagnostic))
        key = (node.name, old.regions.first_line(node)) if node else _MODULE
        owners.setdefault(key, []).append(diagnostic)
    return owners


def _pair_up(
    old: Snapshot,
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
        pairs.append(_pair(old, before, now, owners[key]))
        return []
    if len(before.nested) != len(now.nested):
        return [before]
    if compare and shell(before.code) != shell(now.code):
        return [before]
    changed: list[Function] = []
    for inner_before, inner_now in zip(before.nested, now.nested, strict=True):
        changed += _pair_up(old, inner_before, inner_now, owners, pairs, compare=compare)
    return changed


def _pair(old: Snapshot, before: Function, now: Function, fixed: Sequence[Diagnostic]) -> _Pair:
    spans = [span for diagnostic in fixed for span in diagnostic.all_places]
    return _Pair(before, now, tuple(fixed), generators_in(before, old.source, spans))


def _changed_elsewhere(function: Function) -> Failure:
    return Failure(f"`{function.code.co_qualname}` changed, which the fix is not about")


def _changed_inside(pair: _Pair) -> Iterator[Failure]:
    """Functions inside a fixed one: all still there, in any order."""
    names = {diagnostic.function for diagnostic in pair.fixed}
    # The comprehension of a lambda is a part of it.
    own = {
        part.code
        for part in own_parts(pair.before)
        if any(f"{name}.".startswith(f"{part.code.co_qualname}.") for name in names)
    }
    own |= pair.generators
    inside = list(inner_functions(pair.before))
    missing = Counter(whole(inner) for inner in inside if inner.code not in own)
    missing.subtract(map(whole, inner_functions(pair.now)))
    extra = -sum(count for count in missing.values() if count < 0)
    allowed = sum(inner.code in own for inner in inside)
    if any(count > 0 for count in missing.values()) or extra > allowed:
        name = pair.before.code.co_qualname
        yield Failure(f"a function inside `{name}` changed", pair.fixed)


def _changed_scope(pair: _Pair, module: Function) -> Iterator[Failure]:
    known = categories(pair.before, pair.generators)
    plain = "local" if has_fast_locals(pair.now) else "name"
    for name, category in categories(pair.now).items():
        was = known.get(name)
        if was is None and (
            category == plain or (category == "global" and is_plain_builtin(name, module))
        ):
            continue
        if was != category:
            reason = f"`{name}` would be a {category} variable"
            yield Failure(f"{reason}, not {was}" if was else reason, pair.fixed)


def _dearer(old: Snapshot, pairs: Sequence[_Pair]) -> Iterator[Failure]:
    unmeasured = {rule.code for rule in old.rules if rule.category in _UNMEASURED}
    for pair in pairs:
        measured = any(diagnostic.code not in unmeasured for diagnostic in pair.fixed)
        if measured and not _cost(pair.now) < _cost(pair.before):
            yield Failure("the loop did not become cheaper", pair.fixed)


def _cost(function: Function) -> float:
    return sum(map(loop_cost, own_parts(function)))


def _findings(old: Snapshot, new: Snapshot, fixed: Sequence[Diagnostic]) -> Iterator[Failure]:
    """The fixed findings are gone, and what there is was there before.

    A finding is known by its moved place, or, inside a text that was replaced, by what it is.
    """
    if len(new.report.errors) > len(old.report.errors):
        yield Failure(f"the result cannot be checked: {new.report.errors[-1]}")
    done = {_place(diagnostic) for diagnostic in fixed}
    counted = {rule.code for rule in old.rules if rule.category is Category.FOLKLORE}
    counted |= {diagnostic.code for diagnostic in fixed}
    edits = [edit for diagnostic in fixed if diagnostic.fix for edit in diagnostic.fix.edits]
    moved = Moved(old.source, edits)
    gone = _places(fixed, moved)
    known = _places((one for one in old.report.diagnostics if _place(one) not in done), moved)
    expected = Counter(_kind(old, diagnostic) for diagnostic in old.report.diagnostics)
    expected.subtract(_kind(old, diagnostic) for diagnostic in fixed)
    expected.subtract(_kind(new, diagnostic) for diagnostic in new.report.diagnostics)
    for diagnostic in new.report.diagnostics:
        span = diagnostic.span
        offset = new.source.offset(span.start_line, span.start_column)
        if offset not in gone and (offset in known or expected[_kind(new, diagnostic)] >= 0):
            continue
        if offset not in gone and diagnostic.code not in counted:
            continue
        suspects = (gone[offset],) if offset in gone else _suspects(old, fixed, new, diagnostic)
        if any(
            one.code == diagnostic.code and _kind(old, one) == _kind(new, diagnostic)
            for one in suspects
        ):
            yield Failure(f"{diagnostic.code} is still found on line {span.start_line}", suspects)
        else:
            reason = f"a new finding, {diagnostic.code} on line {span.start_line}"
            yield Failure(f"{reason}: {diagnostic.message}", suspects)


def _place(diagnostic: Diagnostic) -> tuple[str, Span]:
    return diagnostic.code, diagnostic.span


def _places(diagnostics: Iterable[Diagnostic], moved: Moved) -> dict[int, Diagnostic]:
    """Where the places of findings are afterwards.

    What one rule said of a place, another may say now: once a local holds a value, BCL107 takes
    the next loop from BCL101.
    """
    return {
        moved.start_of(span): diagnostic
        for diagnostic in diagnostics
        for span in diagnostic.all_places
    }


def _kind(snapshot: Snapshot, diagnostic: Diagnostic) -> tuple[str, str]:
    return diagnostic.function, " ".join(snapshot.source.slice(diagnostic.span).split())


def _suspects(
    old: Snapshot, fixed: Sequence[Diagnostic], new: Snapshot, found: Diagnostic
) -> tuple[Diagnostic, ...]:
    """The fixes that may have caused a finding: about the same text, else in its function."""
    nearby = tuple(one for one in fixed if one.function == found.function)
    return tuple(one for one in nearby if _kind(old, one) == _kind(new, found)) or nearby
