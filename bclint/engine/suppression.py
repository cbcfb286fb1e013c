"""Findings that comments silence: ``# noqa``, ``# noqa: BCL101`` and ``# bclint: skip-file``.

The grammar is flake8's, so that one comment serves both front ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bclint.diagnostics import Diagnostic
from bclint.source import SourceFile

_MARK = re.compile(r"noqa|bclint\s*:", re.IGNORECASE)
"""What a text must hold before its comments are looked for."""
_CODE = r"(?:[A-Za-z]+[0-9]+|[A-Z]{1,3})\b(?!-)"
"""A code, or the letters of one: these in capitals only, for words may follow the colon."""
_NOQA = re.compile(rf"#\s*(?i:noqa)\b(?:\s*:\s*(?P<codes>{_CODE}(?:[,\s]+{_CODE})*))?")
_SKIP_FILE = re.compile(r"#\s*bclint\s*:\s*skip-file\b", re.IGNORECASE)
_COMMENT = re.compile(r"#.*")

EVERYTHING = ("",)
"""The prefixes of a comment without codes: every code starts so."""


@dataclass(frozen=True, slots=True)
class Suppressions:
    """What the comments of one file silence."""

    skip_file: bool
    prefixes: Mapping[int, tuple[str, ...]]
    """Beginnings of the silenced codes, by line (from 1)."""

    @classmethod
    def of(cls, source: SourceFile) -> Suppressions:
        """Read the comments of `source`; those that only look so, in strings, do not count."""
        if not _MARK.search(source.text):
            return cls(False, MappingProxyType({}))
        prefixes: dict[int, tuple[str, ...]] = {}
        skip_file = False
        for line, comment in _comments(source):
            skip_file = skip_file or bool(_SKIP_FILE.search(comment))
            for match in _NOQA.finditer(comment):
                prefixes[line] = prefixes.get(line, ()) + _silenced(match["codes"])
        return cls(skip_file, MappingProxyType(prefixes))

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


def unsuppressed(source: SourceFile, diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Those of `diagnostics` that no comment of `source` silences, in their order."""
    if not diagnostics:
        return ()
    suppressions = Suppressions.of(source)
    return tuple(diagnostic for diagnostic in diagnostics if not suppressions.silence(diagnostic))


def _silenced(codes: str | None) -> tuple[str, ...]:
    if codes is None:
        return EVERYTHING
    return tuple(code.upper() for code in re.split(r"[,\s]+", codes))


def _comments(source: SourceFile) -> Iterator[tuple[int, str]]:
    # Few files have such a comment, and the tokenizer is slow to run.
    import tokenize

    lines = iter(source.lines)
    try:
        tokens = list(tokenize.generate_tokens(lambda: next(lines, "")))
    except (tokenize.TokenError, SyntaxError):
        return _comments_by_line(source)
    comments = (token for token in tokens if token.type == tokenize.COMMENT)
    return ((token.start[0], token.string) for token in comments)


def _comments_by_line(source: SourceFile) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(source.lines, 1):
        if match := _COMMENT.search(line):
            yield number, match[0]
