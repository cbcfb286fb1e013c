"""A file's syntax tree by ranges, made apart from everything that bclint computes."""

from __future__ import annotations

import ast
import re
import warnings

from bclint.source import Span

_NEWLINE = re.compile(r"\r\n|\r|\n")


class Tree:
    """Which expressions and statements stand at a range of the file."""

    def __init__(self, data: bytes, text: str) -> None:
        """Parse `data`, whose decoded text (without byte order mark) is `text`."""
        self._lines = [line.encode() for line in _NEWLINE.split(text)]
        self._nodes: dict[Span, list[ast.expr | ast.stmt]] = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
        for node in ast.walk(tree):
            if isinstance(node, ast.expr | ast.stmt):
                self._nodes.setdefault(self._span(node), []).append(node)

    def at(self, span: Span) -> list[ast.expr | ast.stmt]:
        """The nodes with exactly this range, statements before the expressions that they are."""
        return self._nodes.get(span, [])

    def _span(self, node: ast.expr | ast.stmt) -> Span:
        end_line, end_column = node.end_lineno or 0, node.end_col_offset or 0
        start = self._characters(node.lineno, node.col_offset)
        return Span(node.lineno, start, end_line, self._characters(end_line, end_column))

    def _characters(self, line: int, column: int) -> int:
        return len(self._lines[line - 1][:column].decode())


def says_the_same(text: str, node: ast.expr | ast.stmt) -> bool:
    """Whether a piece of source, parsed by itself, is `node`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = _parsed(text, node)
    except (SyntaxError, ValueError):
        return False
    return meaning(parsed) == meaning(node)


def meaning(node: ast.AST) -> str:
    """The tree without places, and without whether a name is read, written or deleted."""
    return re.sub(r"(?:, )?\bctx=(?:Load|Store|Del)\(\)", "", ast.dump(node))


def _parsed(text: str, node: ast.expr | ast.stmt) -> ast.AST:
    if isinstance(node, ast.expr):
        return ast.parse(f"(\n{text}\n)", mode="eval").body
    # The body keeps its indentation; a statement after a colon has none of its own.
    inside = " " * node.col_offset
    try:
        block = ast.parse(f"if 1:\n{inside or ' '}{text}" if inside else text).body[0]
    except IndentationError:
        block = ast.parse(text).body[0]
    return block.body[0] if inside and isinstance(block, ast.If) else block
