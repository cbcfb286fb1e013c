"""The part of a file that LibCST parses for one fix: a function, or a top-level statement.

LibCST's metadata over a whole module costs hundreds of milliseconds, over one function a few.
A region is whole lines of the file, parsed as they stand: an indented one gets a header line
(``if 1:``) instead of being dedented, so columns stay and lines shift by a constant.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

import libcst as cst

from bclint.fix.parsed import Parsed, parse_text, span_of_range
from bclint.fix.syntax import names_in, parse_quietly
from bclint.source import SourceError, SourceFile, Span

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Owner = FunctionNode | ast.ClassDef
"""A definition with a scope of its own."""
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


class FileSyntax:
    """What the standard library's parser says of the whole file."""

    def __init__(self, tree: ast.Module) -> None:
        """Hold `tree`; what is asked of it is computed once."""
        self.tree = tree

    @cached_property
    def bound_names(self) -> frozenset[str]:
        """Every name that is assigned, imported, defined or a parameter somewhere in the file."""
        return frozenset(names_in(self.tree, only_bound=True))


class Region:
    """Whole lines of a source, parsed; `function` is the def they hold, None at module level."""

    def __init__(
        self, parsed: Parsed, line_shift: int, function: FunctionNode | None, file: FileSyntax
    ) -> None:
        """Hold what was parsed; a line of `parsed` and `line_shift` make a line of the file."""
        self.parsed = parsed
        self.function = function
        self.file = file
        self._line_shift = line_shift

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that a new one must differ from: the function's, or those of the whole file."""
        return frozenset(names_in(self.function or self.file.tree))

    @cached_property
    def attributes(self) -> frozenset[str]:
        """The attribute names in the function, or in the whole file."""
        nodes = ast.walk(self.function or self.file.tree)
        return frozenset(node.attr for node in nodes if isinstance(node, ast.Attribute))

    def span_of(self, node: cst.CSTNode) -> Span:
        """The range of `node` in the file, without its own parentheses."""
        return _shifted(span_of_range(self.parsed.ranges[node]), self._line_shift)

    def expression_at(self, span: Span) -> cst.BaseExpression | None:
        """The expression whose text is exactly `span`, its own parentheses counted or not."""
        return self.parsed.expressions.get(_shifted(span, -self._line_shift))


def _shifted(span: Span, lines: int) -> Span:
    return Span(span.start_line + lines, span.start_column, span.end_line + lines, span.end_column)


class Regions:
    """The regions of one source; its syntax tree and each region are made at most once."""

    def __init__(self, source: SourceFile) -> None:
        """Take `source` as it is; a source that does not parse has no regions."""
        self.source = source
        self._regions: dict[tuple[int, int], Region | None] = {}
        self._blocks: dict[ast.AST, list[tuple[Span, ast.AST]]] = {}

    @cached_property
    def _file(self) -> FileSyntax | None:
        """The file's syntax tree, None where it does not parse."""
        try:
            tree = parse_quietly(self.source.text)
        except SourceError:
            return None
        return FileSyntax(tree) if tree else None

    @property
    def _tree(self) -> ast.Module | None:
        return self._file.tree if self._file else None

    def enclosing(self, spans: Sequence[Span]) -> Region | None:
        """The region with all of `spans`: the innermost function whose body holds them.

        Decorators, defaults and annotations belong to the scope around their function, and so
        to the region around it. Outside any function it is the top-level statement, or several
        in a row. None where the file or the region cannot be parsed.
        """
        if self._tree is None:
            return None
        span = _union(spans)
        function = self._function_around(span)
        statements = [function] if function else self._top_level(self._tree, span)
        if not statements:
            return None
        # The def line itself, without decorators: they run in the scope outside.
        first = function.lineno if function else self._span_of(statements[0]).start_line
        return self._region(first, statements[-1].end_lineno or first, function)

    def owner(self, spans: Sequence[Span]) -> Owner | None:
        """The innermost function or class whose body holds all of `spans`, None for the module."""
        owners = self._owners(_union(spans))
        return owners[-1] if owners else None

    def outermost_function(self, spans: Sequence[Span]) -> int:
        """The first line of the outermost function around all of `spans`, 0 outside any.

        Fixes with different numbers change different functions, and can be verified together.
        """
        for owner in self._owners(_union(spans)):
            if isinstance(owner, FunctionNode):
                return owner.lineno
        return 0

    def first_line(self, node: Owner) -> int:
        """The line of a definition's first decorator, or of itself: as ``co_firstlineno``."""
        return node.decorator_list[0].lineno if node.decorator_list else node.lineno

    def _function_around(self, span: Span) -> FunctionNode | None:
        functions = [node for node in self._owners(span) if isinstance(node, FunctionNode)]
        return functions[-1] if functions else None

    def _owners(self, span: Span) -> list[Owner]:
        """The functions and classes whose bodies hold `span`, outermost first."""
        owners: list[Owner] = []
        inside: ast.AST | None = self._tree
        while inside is not None:
            if isinstance(inside, Owner):
                if _start(self._span_of(inside.body[0])) > _start(span):
                    break
                owners.append(inside)
            inside = self._block_with(span, inside)
        return owners

    def _block_with(self, span: Span, parent: ast.AST) -> ast.AST | None:
        blocks = self._blocks_of(parent)
        # They do not overlap: only the last one that starts before `span` can hold it.
        index = bisect_right(blocks, _start(span), key=lambda block: _start(block[0])) - 1
        return blocks[index][1] if index >= 0 and blocks[index][0].contains(span) else None

    def _blocks_of(self, parent: ast.AST) -> list[tuple[Span, ast.AST]]:
        """The statements, handlers and cases of `parent` with their ranges, in source order."""
        if parent not in self._blocks:
            blocks = [(self._span_of(child), child) for child in _blocks(parent)]
            self._blocks[parent] = sorted(blocks, key=lambda block: _start(block[0]))
        return self._blocks[parent]

    def _top_level(self, tree: ast.Module, span: Span) -> list[ast.stmt]:
        """The top-level statements that share a line with `span`, or with one that does."""
        first, last = span.start_line, span.end_line
        chosen: list[ast.stmt] = []
        growing = True
        while growing:
            size = len(chosen)
            chosen = [item for item in tree.body if self._touches(item, first, last)]
            if chosen:
                first = min(first, self._span_of(chosen[0]).start_line)
                last = max(last, self._span_of(chosen[-1]).end_line)
            growing = len(chosen) > size
        return chosen

    def _touches(self, statement: ast.stmt, first: int, last: int) -> bool:
        whole = self._span_of(statement)
        return whole.start_line <= last and first <= whole.end_line

    def _span_of(self, node: ast.AST) -> Span:
        """The range of a statement, handler or case, decorators and their ``@`` included."""
        if isinstance(node, ast.match_case):
            pattern, end = node.pattern, node.body[-1]
            return Span(pattern.lineno, 0, *_end(self._span_of(end)))
        assert isinstance(node, (ast.stmt, ast.excepthandler))
        span = self.source.span_from_utf8(
            node.lineno,
            node.end_lineno or node.lineno,
            node.col_offset,
            node.end_col_offset or node.col_offset,
        )
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        if not decorators:
            return span
        line = decorators[0].lineno
        while line > 1 and not self.source.line(line).lstrip().startswith("@"):
            line -= 1  # `@(` may stand above the expression
        return Span(line, 0, span.end_line, span.end_column)

    def _region(self, first: int, last: int, function: FunctionNode | None) -> Region | None:
        key = first, last
        if key not in self._regions:
            self._regions[key] = self._parse_region(first, last, function)
        return self._regions[key]

    def _parse_region(self, first: int, last: int, function: FunctionNode | None) -> Region | None:
        if self.source.line(first - 1).endswith("\\"):
            return None  # the first line continues another: it cannot be read alone
        # LibCST would drop a last newline that is `\r` alone.
        text = "".join(self.source.lines[first - 1 : last]).rstrip("\r\n")
        if text.startswith("\f"):  # dropped by LibCST, or no indentation to it
            text = text.replace("\f", " ", 1)
        indented = text[0] in " \t"
        parsed = parse_text(f"if 1:{self.source.newline}{text}" if indented else text)
        if parsed is None or self._file is None:
            return None
        return Region(parsed, first - 1 - indented, function, self._file)


def _blocks(node: ast.AST) -> Iterator[ast.AST]:
    for name in _BLOCKS:
        yield from getattr(node, name, ())


def _union(spans: Sequence[Span]) -> Span:
    return Span(*min(_start(span) for span in spans), *max(_end(span) for span in spans))


def _start(span: Span) -> tuple[int, int]:
    return span.start_line, span.start_column


def _end(span: Span) -> tuple[int, int]:
    return span.end_line, span.end_column
