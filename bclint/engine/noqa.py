"""Writing ``# noqa`` comments for findings, where flake8 and bclint both look for them.

A comment goes to the end of the last line that the finding's first line is joined with. A comment
that is there stays: codes are added to its ``# noqa``, or a new one is put behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bclint.diagnostics import Diagnostic, Edit
from bclint.engine.comments import Comment, Comments
from bclint.engine.runner import check
from bclint.engine.suppression import NOQA, SKIP_FILE, Directive, Suppressions
from bclint.engine.tasks import FileResult, Plan, Task
from bclint.engine.unused_suppression.removal import compiles_to_the_same
from bclint.engine.unused_suppression.rule import RULE
from bclint.fix.edits import apply_edits
from bclint.fix.errors import FixError
from bclint.source import SourceFile, Span


class SilenceError(Exception):
    """Findings that no comment can silence; one line says why."""


def with_noqa(
    source: SourceFile, diagnostics: Sequence[Diagnostic], reason: str = ""
) -> SourceFile:
    """`source` with comments that silence `diagnostics`, each followed by the `reason` if any.

    Raises `SilenceError` where the file has no comments that could be told from strings, and
    `FixError` where the reason cannot be written in its encoding.
    """
    comments = Comments.of(source)
    if not comments.is_exact:
        raise SilenceError("its comments cannot be told from strings")
    return apply_edits(source, noqa_edits(source, comments, diagnostics, reason))


def noqa_edits(
    source: SourceFile, comments: Comments, diagnostics: Sequence[Diagnostic], reason: str = ""
) -> list[Edit]:
    """The edits that `with_noqa` makes, in source order; `comments` are those of `source`."""
    present = {comment.line: comment for comment in comments.all}
    # Of several in one comment the first, which is the only one that flake8 reads.
    directives = {each.line: each for each in reversed(Suppressions.of(source).directives)}
    return [
        edit
        for line, codes in sorted(_codes_by_line(comments, diagnostics).items())
        for edit in _edits(source, line, codes, present.get(line), directives.get(line), reason)
    ]


def _codes_by_line(
    comments: Comments, diagnostics: Sequence[Diagnostic]
) -> Mapping[int, Sequence[str]]:
    """The codes to write at the end of each line, in their order."""
    codes: dict[int, set[str]] = {}
    for diagnostic in diagnostics:
        _, line = comments.lines_with(diagnostic.span.start_line)
        codes.setdefault(line, set()).add(diagnostic.code)
    return {line: sorted(found) for line, found in codes.items()}


def _edits(
    source: SourceFile,
    line: int,
    codes: Sequence[str],
    comment: Comment | None,
    directive: Directive | None,
    reason: str,
) -> Iterator[Edit]:
    end = len(source.line(line).rstrip())
    said = f"  # {reason}" if reason and not (comment and f"# {reason}" in comment.text) else ""
    if directive and directive.codes:
        last = directive.codes[-1].end
        yield Edit(Span(line, last, line, last), "".join(f", {code}" for code in codes))
        if said:
            yield Edit(Span(line, end, line, len(source.line(line))), said)
        return
    text = f"  # noqa: {', '.join(codes)}{said}"
    yield Edit(Span(line, end, line, len(source.line(line))), text)


def is_reason(text: str) -> bool:
    """Whether `text` can stand in a comment as it is, and says nothing to linters."""
    comment = f"# {text}"
    says_nothing = not NOQA.search(comment) and not SKIP_FILE.search(comment)
    return text.isprintable() and bool(text.strip()) and says_nothing


def silenced(result: FileResult, task: Task, plan: Plan, reason: str = "") -> SourceFile:
    """The source of `result` with comments for all that was found; it is tried before it is given.

    `plan` is the one that `task` was checked by.

    Raises `SilenceError`, where a finding stays in spite of its comment or the code would change.
    """
    source = result.source
    if source is None:
        raise SilenceError("there is no source to write comments into")
    try:
        new = with_noqa(source, to_silence(result), reason)
    except FixError as error:
        raise SilenceError(str(error)) from error
    if not compiles_to_the_same(source, new):
        raise SilenceError("with the comments it would not compile to the same code")
    again = check(replace(task, data=new.data), replace(plan, use_pyc=False))
    for left in to_silence(again):
        line = left.span.start_line
        raise SilenceError(f"no comment can silence {left.code} on line {line}")
    return new


def to_silence(result: FileResult) -> list[Diagnostic]:
    """The findings of `result` but for those about comments, which are to be removed instead."""
    return [each for each in result.diagnostics if each.code != RULE.code]
