"""One state of a document to its findings: the same that ``bclint`` reports of the same text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bclint.diagnostics import Diagnostic
from bclint.engine.history import History
from bclint.engine.linter import FileError, lint
from bclint.engine.suppression import Suppressions, unsuppressed
from bclint.engine.weigh import pays, scales_for
from bclint.frontends.lsp.configuration import Scope
from bclint.frontends.lsp.documents import Document
from bclint.source import SourceError


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known of one state of a document."""

    document: Document
    scope: Scope
    diagnostics: tuple[Diagnostic, ...] = ()
    """In the order of their places, without fixes."""
    errors: tuple[FileError, ...] = ()
    """What failed though the text compiles."""
    broken: str | None = None
    """Why the text cannot be compiled, or encoded; then nothing is known of it."""
    history: History = field(default_factory=History, compare=False)
    """Holds the functions of this state."""


def analyse(
    document: Document, scope: Scope, history: History, is_cancelled: Callable[[], bool]
) -> Analysis:
    """Check `document`; `history` is that of its earlier states.

    Raises `bclint.engine.history.Cancelled` once `is_cancelled` says so.
    """
    try:
        source = document.source
        if not scope.rules or Suppressions.of(source).skip_file:
            return Analysis(document, scope, history=history)
        module = history.functions_of(source, is_cancelled)
    except SourceError as error:
        return Analysis(document, scope, broken=str(error), history=history)
    scales, min_gain = scales_for(scope.targets), scope.min_gain
    report = lint(source, scope.rules, scales, min_gain=min_gain, module=module)
    found = [each for each in report.diagnostics if pays(each, min_gain)]
    wanted = sorted(unsuppressed(source, found), key=lambda each: (each.span, each.code))
    return Analysis(document, scope, tuple(wanted), report.errors, history=history)
