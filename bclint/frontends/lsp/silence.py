"""The comment that silences a finding, as an edit."""

from __future__ import annotations

import io
import re
import tokenize

from bclint.diagnostics import Diagnostic, Edit
from bclint.engine.suppression import Suppressions
from bclint.fix.edits import apply_edits
from bclint.source import SourceFile, Span

_CODES = re.compile(r"#\s*noqa\s*:\s*[A-Za-z]+[0-9]+(?:[,\s]+[A-Za-z]+[0-9]+)*", re.IGNORECASE)


def silencing(source: SourceFile, found: Diagnostic) -> Edit | None:
    """Return the edit that silences `found`; None where no line of it can hold a comment.

    The first line of the finding that takes one gets it. Codes that a comment there names already
    stay.
    """
    tokens = _tokens(source)
    if tokens is None:
        return None
    for line in range(found.span.start_line, found.span.end_line + 1):
        edit = _comment_on(source, line, found.code)
        changed = apply_edits(source, [edit])
        if Suppressions.of(changed).silence(found) and _tokens(changed) == tokens:
            return edit
    return None


def _comment_on(source: SourceFile, line: int, code: str) -> Edit:
    text = source.line(line)
    if match := _CODES.search(text):
        place = Span(line, match.end(), line, match.end())
        return Edit(place, f", {code}")
    end = len(text.rstrip())
    return Edit(Span(line, end, line, len(text)), f"  # noqa: {code}")


def _tokens(source: SourceFile) -> list[tuple[int, str]] | None:
    """What the program consists of, without comments; None where it cannot be told."""
    try:
        found = list(tokenize.generate_tokens(io.StringIO(source.text, newline="").readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    comments = {tokenize.COMMENT, tokenize.NL}
    return [(token.type, token.string) for token in found if token.type not in comments]
