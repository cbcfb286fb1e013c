"""Findings as the protocol has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types

from bclint.diagnostics import Diagnostic
from bclint.frontends.lsp.documents import Document
from bclint.frontends.lsp.positions import Columns
from bclint.frontends.lsp.severity import severity
from bclint.rule import Category, Rule
from bclint.source import Span

SOURCE = "bclint"


@dataclass(frozen=True, slots=True)
class Presenter:
    """Knows what the client can show."""

    rules: Sequence[Rule]
    columns: Columns
    relates: bool
    """Whether the client shows related places."""
    tags: frozenset[types.DiagnosticTag]

    def diagnostics(
        self, document: Document, found: Sequence[Diagnostic]
    ) -> list[types.Diagnostic]:
        """Return `found` for the client."""
        return [self.diagnostic(document, each) for each in found]

    def diagnostic(self, document: Document, found: Diagnostic) -> types.Diagnostic:
        """Return one finding for the client."""
        rule = next((rule for rule in self.rules if rule.code == found.code), None)
        return types.Diagnostic(
            range=self.columns.range_of(document.lines, found.span),
            message=found.message,
            severity=types.DiagnosticSeverity(severity(found.gain)),
            code=found.code,
            code_description=types.CodeDescription(page_uri(rule)) if rule else None,
            source=SOURCE,
            tags=self._tags(rule) or None,
            related_information=self._related(document, found) or None,
        )

    def _tags(self, rule: Rule | None) -> list[types.DiagnosticTag]:
        """What was written for speed and slows down is code that had better not be there."""
        unnecessary = rule is not None and rule.category is Category.FOLKLORE
        wanted = [types.DiagnosticTag.Unnecessary] if unnecessary else []
        return [tag for tag in wanted if tag in self.tags]

    def _related(
        self, document: Document, found: Diagnostic
    ) -> list[types.DiagnosticRelatedInformation]:
        if not self.relates:
            return []
        return [
            types.DiagnosticRelatedInformation(
                types.Location(document.uri, self.columns.range_of(document.lines, span)), text
            )
            for span, text in _related_places(found)
        ]


def page_uri(rule: Rule) -> str:
    """Return where the rule's page is installed."""
    return (Path(rule.folder).resolve() / "rule.md").as_uri()


def _related_places(found: Diagnostic) -> Iterator[tuple[Span, str]]:
    for place in found.places:
        yield place, "here as well"
    if found.loop is not None:
        yield found.loop, "in this loop"
