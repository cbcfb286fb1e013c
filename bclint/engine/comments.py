"""The comments of a file, and which lines are one as far as a comment at their end is concerned.

A backslash or a string of several lines leaves no room for a comment at the end of a line: one at
the end of the last line speaks for all of them, as it does for flake8.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from bclint.source import SourceFile

if TYPE_CHECKING:  # slow to import, and few files need it
    import tokenize

_COMMENT = re.compile(r"#.*")
_OPENS = frozenset({"FSTRING_START", "TSTRING_START"})
_CLOSES = frozenset({"FSTRING_END", "TSTRING_END"})
"""What stands around text with expressions inside, from 3.12 on: it may hold lines of its own."""
_NOWHERE = frozenset({"ENDMARKER", "DEDENT"})
"""Tokens that stand where the next statement starts."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment, with its ``#``."""

    line: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class Comments:
    """The comments of one file, in their order, and the lines that are joined."""

    all: tuple[Comment, ...]
    joined: tuple[tuple[int, int], ...]
    """First and last line of each group of lines that only its last can end in a comment.

    In their order; no line is in two of them.
    """
    is_exact: bool = True
    """False where the text has no tokens: strings may then have passed for comments."""

    @classmethod
    def of(cls, source: SourceFile) -> Comments:
        """Read the comments of `source`, as the tokenizer sees them."""
        import tokenize

        lines = iter(source.lines)
        try:
            tokens = list(tokenize.generate_tokens(lambda: next(lines, "")))
        except (tokenize.TokenError, SyntaxError):
            return cls(tuple(_comments_by_line(source)), (), is_exact=False)
        comments = tuple(
            Comment(token.start[0], token.start[1], token.string)
            for token in tokens
            if token.type == tokenize.COMMENT
        )
        return cls(comments, tuple(_joined(tokens)))

    def lines_with(self, line: int) -> tuple[int, int]:
        """The first and the last of the lines that `line` is joined with."""
        index = bisect_right(self.joined, line, key=itemgetter(0)) - 1
        if index >= 0 and line <= self.joined[index][1]:
            return self.joined[index]
        return line, line


def _joined(tokens: Sequence[tokenize.TokenInfo]) -> Iterator[tuple[int, int]]:
    import tokenize

    first, depth = 0, 0
    for token in tokens:
        name = tokenize.tok_name[token.type]
        if name in _NOWHERE:
            continue
        first = first or token.start[0]
        depth += (name in _OPENS) - (name in _CLOSES)
        if name in {"NEWLINE", "NL"} and not depth:
            if token.start[0] > first:
                yield first, token.start[0]
            first = 0


def _comments_by_line(source: SourceFile) -> Iterator[Comment]:
    for number, line in enumerate(source.lines, 1):
        if match := _COMMENT.search(line):
            yield Comment(number, match.start(), match[0])
