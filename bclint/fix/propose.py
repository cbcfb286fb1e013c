"""Proposing: each finding with the fix that its rule's ``fix`` module gives."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bclint.diagnostics import Diagnostic, Fix
from bclint.fix.context import FixContext
from bclint.fix.places import changes_kept_text
from bclint.fix.region import Regions
from bclint.rule import Rule
from bclint.source import SourceFile

RuleFix = Callable[[FixContext, Diagnostic], Fix | None]


@dataclass(frozen=True, slots=True)
class FixProblem:
    """Why a finding has no fix although its rule has one; the line counts from 1."""

    path: str
    line: int
    message: str
    crash: bool
    """True where the rule's fix failed, false where LibCST cannot read the source."""


def propose(
    source: SourceFile,
    diagnostics: Sequence[Diagnostic],
    rules: Sequence[Rule],
    errors: list[FixProblem] | None = None,
) -> list[Diagnostic]:
    """`diagnostics` in their order, each with its rule's fix where there is one.

    A fix that is for display only is there too, so that the change can be shown. What went wrong
    is added to `errors`; it never stops the others.
    """
    proposer = Proposer(source, rules, Regions(source), errors)
    return [proposer(diagnostic)[0] for diagnostic in diagnostics]


class Proposer:
    """Fills in the fixes of one source's findings, one at a time."""

    def __init__(
        self,
        source: SourceFile,
        rules: Sequence[Rule],
        regions: Regions,
        errors: list[FixProblem] | None = None,
    ) -> None:
        """Use `regions` of `source`; what goes wrong is added to `errors`."""
        self._source = source
        self._rules = {rule.code: rule for rule in rules}
        self._regions = regions
        self._errors = errors

    def __call__(
        self, diagnostic: Diagnostic, reserved: frozenset[str] = frozenset()
    ) -> tuple[Diagnostic, frozenset[str]]:
        """`diagnostic` with its fix, or as it is, and the new names that the fix may use.

        None of them is `reserved`.
        """
        rule = self._rules.get(diagnostic.code)
        if rule is None:
            return diagnostic, frozenset()
        try:
            make = _fix_of(rule)
            if make is None:
                return diagnostic, frozenset()
            context = FixContext.of(self._source, diagnostic, self._regions, reserved)
            if context is None:
                self._report(diagnostic, "LibCST cannot read the code around it", crash=False)
                return diagnostic, frozenset()
            fix = make(context, diagnostic)
            if fix is not None and changes_kept_text(context, fix.edits):
                fix = None
            return replace(diagnostic, fix=fix), frozenset(context.given)
        except RecursionError:  # LibCST and fixes go down as deep as expressions do
            self._report(diagnostic, "the code around it is nested too deeply", crash=False)
            return diagnostic, frozenset()
        except Exception as error:
            text = " ".join(f"{type(error).__name__}: {error}".split())
            message = f"the fix of {rule.package} crashed: {text}"
            self._report(diagnostic, message, crash=True)
            return diagnostic, frozenset()

    def _report(self, diagnostic: Diagnostic, message: str, *, crash: bool) -> None:
        if self._errors is not None:
            line = diagnostic.span.start_line
            text = f"no fix for {diagnostic.code}: {message}"
            self._errors.append(FixProblem(diagnostic.path, line, text, crash))


def _fix_of(rule: Rule) -> RuleFix | None:
    """The rule's ``fix`` function; None where its folder has no ``fix.py``."""
    name = f"{rule.package}.fix"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name == name:
            return None
        raise
    make: RuleFix = module.fix
    return make
