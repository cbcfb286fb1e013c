"""Findings that comments silence: ``# noqa``, ``# noqa: BCL101`` and ``# bclint: skip-file``.

The grammar is flake8's, so that one comment serves both front ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bclint.diagnostics import Diagnostic
from bclint.engine.comments import Comment, Comments
from bclint.source import SourceFile

_MARK = re.compile(r"noqa|bclint\s*:", re.IGNORECASE)
"""What a text must hold before its comments are looked for."""
_CODE = r"(?:[A-Za-z]+[0-9]+|[A-Z]{1,3})\b(?!-)"
"""A code, or the letters of one: these in capitals only, for words may follow the colon."""
NOQA = re.compile(rf"#\s*(?i:noqa)\b(?:\s*:\s*(?P<codes>{_CODE}(?:[,\s]+{_CODE})*))?")
_EACH = re.compile(_CODE)
SKIP_FILE = re.compile(r"#\s*bclint\s*:\s*skip-file\b", re.IGNORECASE)

EVERYTHING = ("",)
"""The prefixes of a comment without codes: every code starts so."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code, or the beginning of one, where a comment names it."""

    text: str
    """In capitals."""
    start: int
    """The column (from 0) that it starts at."""
    end: int


@dataclass(frozen=True, slots=True)
class Directive:
    """One ``# noqa`` with what it silences."""

    line: int
    start: int
    """The column (from 0) of its ``#``."""
    end: int
    codes: tuple[Code, ...]
    """Empty where it silences everything."""
    first_line: int
    last_line: int
    """The lines that it speaks for: those that are joined with its own."""

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The beginnings of the codes that it silences."""
        return tuple(code.text for code in self.codes) or EVERYTHING


@dataclass(frozen=True, slots=True)
class Suppressions:
    """What the comments of one file silence."""

    skip_file: bool
    prefixes: Mapping[int, tuple[str, ...]]
    """Beginnings of the silenced codes, by line (from 1)."""
    directives: tuple[Directive, ...] = ()
    """The comments themselves; none where it is not sure that they are comments."""

    @classmethod
    def of(cls, source: SourceFile) -> Suppressions:
        """Read the comments of `source`; those that only look so, in strings, do not count."""
        if not _may_suppress(source):
            return cls(False, MappingProxyType({}))
        comments = Comments.of(source)
        directives = tuple(_directives(comments))
        prefixes: dict[int, tuple[str, ...]] = {}
        for directive in directives:
            for line in range(directive.first_line, directive.last_line + 1):
                prefixes[line] = prefixes.get(line, ()) + directive.prefixes
        skip_file = any(SKIP_FILE.search(comment.text) for comment in comments.all)
        sure = directives if comments.is_exact else ()
        return cls(skip_file, MappingProxyType(prefixes), sure)

    def silence(self, diagnostic: Diagnostic) -> bool:
        """Whether a comment stands for `diagnostic` on a line that its own span covers."""
        if self.skip_file:
            return True
        if not self.prefixes:
            return False
        span = diagnostic.span
        return any(
            diagnostic.code.startswith(self.prefixes.get(line, ()))
            for line in range(span.start_line, span.end_line + 1)
        )


def skips_file(source: SourceFile) -> bool:
    """Whether a comment of `source` keeps the whole file out."""
    text = source.data.lower()
    return b"skip-file" in text and b"bclint" in text and Suppressions.of(source).skip_file


def _may_suppress(source: SourceFile) -> bool:
    """Whether the text holds what makes comments worth a look; a search in bytes is quick."""
    text = source.data.lower()
    return (b"noqa" in text or b"bclint" in text) and bool(_MARK.search(source.text))


def unsuppressed(source: SourceFile, diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Those of `diagnostics` that no comment of `source` silences, in their order."""
    if not diagnostics:
        return ()
    suppressions = Suppressions.of(source)
    return tuple(diagnostic for diagnostic in diagnostics if not suppressions.silence(diagnostic))


def _directives(comments: Comments) -> Iterator[Directive]:
    for comment in comments.all:
        for match in NOQA.finditer(comment.text):
            yield _directive(comment, match, comments.lines_with(comment.line))


def _directive(comment: Comment, match: re.Match[str], lines: tuple[int, int]) -> Directive:
    column = comment.column
    named = _EACH.finditer(comment.text, *match.span("codes")) if match["codes"] else ()
    codes = tuple(Code(e[0].upper(), column + e.start(), column + e.end()) for e in named)
    return Directive(comment.line, column + match.start(), column + match.end(), codes, *lines)
