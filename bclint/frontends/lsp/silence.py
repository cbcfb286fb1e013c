"""The comment that silences a finding, as an edit."""

from __future__ import annotations

from bclint.diagnostics import Diagnostic, Edit
from bclint.engine.comments import Comments
from bclint.engine.noqa import noqa_edits
from bclint.engine.suppression import Suppressions
from bclint.fix.edits import apply_edits
from bclint.source import SourceFile


def silencing(source: SourceFile, found: Diagnostic) -> Edit | None:
    """Return the edit that silences `found`, as ``bclint --add-noqa`` would; None if none does."""
    comments = Comments.of(source)
    if not comments.is_exact:
        return None
    (edit,) = noqa_edits(source, comments, [found])
    changed = apply_edits(source, [edit])
    if not Suppressions.of(changed).silence(found) or _code(changed) != _code(source):
        return None
    return edit


def _code(source: SourceFile) -> list[str]:
    """The lines without their comments: what the edit must not have changed."""
    starts = {comment.line: comment.column for comment in Comments.of(source).all}
    return [
        line[: starts.get(number, len(line))].rstrip()
        for number, line in enumerate(source.lines, start=1)
    ]
