"""Linting one file: compile, find the functions that can matter, check, locate.

A pure function of the source and the rules; suppressions and selection are applied by callers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bclint.bytecode import scan
from bclint.bytecode.compile import compile_source
from bclint.bytecode.decode import DecodeError, Instruction, Instructions
from bclint.bytecode.imports import RawImports
from bclint.dataflow.copies import Copies
from bclint.dataflow.wanted_loads import WantedLoads
from bclint.diagnostics import Applicability, Diagnostic, Saving, Verdict, least_of, weakest
from bclint.engine.function import FunctionView
from bclint.engine.locate import located
from bclint.engine.weigh import Scales, savings
from bclint.evidence.bound import LookupBound, strictest
from bclint.evidence.errors import EvidenceError
from bclint.rule import Finding, Rule, Saves
from bclint.source import SourceError, SourceFile, Span

_Weighed = tuple[Finding, tuple[Saving, ...]]
"""A finding, with what its change saves on each targeted version."""


@dataclass(frozen=True, slots=True)
class FileError:
    """Something that could not be done; the place counts from 1."""

    path: str
    line: int
    """0 where it is no line that stands in the way, but the file as a whole."""
    column: int
    message: str
    lasting: bool = field(default=False, compare=False)
    """Whether the same bytes give the same error whenever they are checked."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What linting one file gave: diagnostics in source order, and errors."""

    path: str
    diagnostics: tuple[Diagnostic, ...]
    errors: tuple[FileError, ...]


def lint(
    source: SourceFile,
    rules: Sequence[Rule],
    scales: Scales | None = None,
    min_gain: float = 0.0,
    module: FunctionView | None = None,
) -> FileReport:
    """Check one file with `rules`; bad source and crashing rules become errors.

    With `scales` each finding is weighed; whether it pays is for the caller to ask. Findings
    that gain less than `min_gain`, in percent, are not wanted: they may be among the diagnostics,
    or not. `module` has the functions of the source, where it is compiled already.
    """
    if module is not None:
        return _linted(source, rules, scales, min_gain, module)
    try:
        module = FunctionView(compile_source(source))
    except SourceError as error:
        failure = FileError(
            source.path, error.line, error.column, error.message, lasting=error.lasting
        )
        return FileReport(source.path, (), (failure,))
    try:
        return _linted(source, rules, scales, min_gain, module)
    finally:
        module.release()


def _linted(
    source: SourceFile,
    rules: Sequence[Rule],
    scales: Scales | None,
    min_gain: float,
    module: FunctionView,
) -> FileReport:
    diagnostics: list[Diagnostic] = []
    errors: list[FileError] = []
    left_out: list[tuple[FunctionView, Rule, list[_Weighed]]] = []
    for function in module.walk():
        for rule in _interested(function, rules, scales, min_gain):
            try:
                weighed = _weighed(function, rule, scales)
                wanted = [each for each in weighed if _is_wanted(*each, min_gain)]
                if len(wanted) < len(weighed):
                    left_out.append((function, rule, weighed))
                diagnostics.extend(_checked(source, function, rule, weighed, wanted))
            except (DecodeError, SourceError) as error:
                errors.append(_failure(source, function, str(error)))
                break
            except EvidenceError as error:
                errors.append(_failure(source, function, f"{rule.code}: {error}"))
            except (Exception, SystemExit) as error:
                message = f"rule {rule.code} of {rule.package} crashed: {_described(error)}"
                errors.append(_failure(source, function, message))
    diagnostics += list(_at_the_same_places(source, left_out, diagnostics))
    return FileReport(source.path, tuple(_once(diagnostics)), tuple(errors))


def _interested(
    function: FunctionView, rules: Sequence[Rule], scales: Scales | None, min_gain: float
) -> Iterator[Rule]:
    """The rules whose needs the raw bytes of the function may meet."""
    code = function.code
    in_loops = scan.in_loops(code)
    if not in_loops:
        rules = [rule for rule in rules if not rule.needs.in_loop]
    for rule in rules:
        needs = rule.needs
        if needs.names and needs.names.isdisjoint(code.co_names):
            continue
        opcodes = in_loops if needs.in_loop else code.co_code[::2]
        if not scan.holds(opcodes, needs.any_of):
            continue
        if needs.also and not scan.holds(opcodes, needs.also):
            continue
        if needs.imports and not function.module[RawImports].may_use(code, needs.imports):
            continue
        if needs.raw and not needs.raw(function):
            continue
        if needs.only_lookups and scales and not _may_gain(function, scales, min_gain):
            continue
        yield rule


def _may_gain(function: FunctionView, scales: Scales, min_gain: float) -> bool:
    """Whether a lookup of the function may cost `min_gain` percent of an iteration.

    It has to on every version, so that one will do to find out: the one that gives least. Where
    some may, what has other names is not looked at; copies (`finally`) have the same.
    """
    if not scales.prices or not min_gain:
        return True
    prices = strictest(scales.prices)
    try:
        bound = function[LookupBound]
        if 100 * bound.most(prices) < min_gain:
            return False
    except DecodeError:  # said where the rule asks for the instructions
        return True
    if not function.has(WantedLoads):
        function.give(WantedLoads(bound.names_with(min_gain / 100, prices)))
    return True


def _weighed(function: FunctionView, rule: Rule, scales: Scales | None) -> list[_Weighed]:
    """What the rule finds in the function, each with what its change saves; once for all uses."""
    return [
        (finding, savings(function, rule, finding, scales) if scales else ())
        for finding in rule.check(function)
    ]


def _is_wanted(finding: Finding, saved: tuple[Saving, ...], min_gain: float) -> bool:
    """Whether the finding may gain `min_gain` percent; others need no place."""
    if finding.saves is not Saves.LOOKUP:
        return True
    least = least_of(saved)
    return least is None or 100 * (least.gain or 0.0) >= min_gain


def _checked(
    source: SourceFile,
    function: FunctionView,
    rule: Rule,
    weighed: Sequence[_Weighed],
    wanted: Sequence[_Weighed],
) -> list[Diagnostic]:
    """The diagnostics of `wanted`, some of all that a rule found in a function."""
    return [
        diagnostic
        for finding, saved in _for_all_copies(function, weighed, wanted)
        if (diagnostic := located(source, function, rule, finding, saved))
    ]


def _at_the_same_places(
    source: SourceFile,
    left_out: Sequence[tuple[FunctionView, Rule, list[_Weighed]]],
    diagnostics: Sequence[Diagnostic],
) -> Iterator[Diagnostic]:
    """What was left out and is a copy of what was not: both have a say."""
    keys = {_key(diagnostic) for diagnostic in diagnostics}
    with_finding = {(code, function) for code, _, function in keys}
    for function, rule, weighed in left_out:
        if (rule.code, function.code.co_qualname) in with_finding:
            for diagnostic in _checked(source, function, rule, weighed, weighed):
                if _key(diagnostic) in keys and diagnostic not in diagnostics:
                    yield diagnostic


def _key(diagnostic: Diagnostic) -> tuple[str, Span, str]:
    return diagnostic.code, diagnostic.span, diagnostic.function


def _for_all_copies(
    function: FunctionView, weighed: Sequence[_Weighed], wanted: Sequence[_Weighed]
) -> Iterator[_Weighed]:
    """`wanted`, some of `weighed`, unsafe where a copy of the same code is in none (`Copies`)."""
    found = {place.index for each, _ in weighed for place in (each.instruction, *each.places)}
    for finding, saved in wanted:
        copy = _unproved_copy(function, finding, found)
        if copy is None:
            yield finding, saved
            continue
        line = function[Instructions].line(copy)
        reason = f"line {line} also runs on another way out of its `try`, where that is not proved"
        unproved = Verdict(Applicability.UNSAFE, reason)
        yield replace(finding, verdict=weakest(finding.verdict, unproved)), saved


def _unproved_copy(function: FunctionView, finding: Finding, found: set[int]) -> Instruction | None:
    if finding.loop is None:
        return None
    places = finding.instruction, *finding.places
    is_value = finding.saves is Saves.LOOKUP
    return function[Copies].unproved(places, finding.loop, found, is_value=is_value)


def _failure(source: SourceFile, function: FunctionView, message: str) -> FileError:
    return FileError(source.path, function.code.co_firstlineno or 1, 1, message)


def _described(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _once(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """In source order, and code that the compiler wrote twice (``finally``) only once.

    It is trusted as far as each copy, and all of them have to be moved before the same loop.
    """
    seen: dict[tuple[object, ...], Diagnostic] = {}
    for diagnostic in sorted(diagnostics, key=lambda d: (d.span, d.code, -len(d.places))):
        key = _key(diagnostic)
        first = seen.setdefault(key, diagnostic)
        if first is not diagnostic:
            heavier = max(first, diagnostic, key=lambda each: each.gain or 0.0)
            verdict = _of_both(first, diagnostic)
            seen[key] = replace(first, verdict=verdict, savings=heavier.savings)
    return list(seen.values())


def _of_both(first: Diagnostic, other: Diagnostic) -> Verdict:
    verdict = weakest(first.verdict, other.verdict)
    if first.loop == other.loop and first.details == other.details:
        return verdict
    reason = "what is proved of one way out of its `try` is not what is proved of another"
    return weakest(verdict, Verdict(Applicability.UNSAFE, reason))
