"""What a rule's fix works with: the nodes around a finding, fresh names, and edits.

Nodes come from LibCST and serve to find places, structure and names. Text is never generated
from them: an edit replaces a range of the file, so comments and formatting survive untouched.
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterator

import libcst as cst

from bclint.dataflow import known
from bclint.diagnostics import Diagnostic, Edit
from bclint.fix.parsed import children
from bclint.fix.region import Region, Regions
from bclint.source import SourceFile, Span

Loop = cst.For | cst.While | cst.CompFor
Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
Scope = cst.FunctionDef | cst.Lambda | cst.ClassDef | cst.GeneratorExp

_TAKEN = frozenset(dir(builtins)) | frozenset(keyword.kwlist) | frozenset(keyword.softkwlist)
_NAMED_SCOPES = (cst.FunctionDef, cst.ClassDef, cst.Lambda)


_BLOCKS = (cst.IndentedBlock, cst.Module)


class FixContext:
    """One finding's surroundings; made by the engine, handed to the rule's ``fix``."""

    def __init__(
        self, source: SourceFile, region: Region, reserved: frozenset[str] = frozenset()
    ) -> None:
        """Look at `region` of `source`; `reserved` names are taken by other fixes."""
        self.source = source
        self.region = region
        self.reserved = reserved
        self.given: set[str] = set()
        """The names that `free_name` has handed out."""

    @classmethod
    def of(
        cls,
        source: SourceFile,
        diagnostic: Diagnostic,
        regions: Regions | None = None,
        reserved: frozenset[str] = frozenset(),
    ) -> FixContext | None:
        """The context of `diagnostic`; None where its function cannot be parsed.

        `regions` of the same source spare parsing it again for the next finding.
        """
        region = (regions or Regions(source)).enclosing(ranges_of(diagnostic))
        return cls(source, region, reserved) if region else None

    @property
    def module_level(self) -> bool:
        """Whether the finding is in no function: new names become the module's or a class's."""
        return self.region.function is None

    def text(self, span: Span) -> str:
        """The source text of `span`."""
        return self.source.slice(span)

    def span_of(self, node: cst.CSTNode) -> Span:
        """The range of `node` in the file, without its own parentheses."""
        return self.region.span_of(node)

    def node_at(self, span: Span) -> cst.BaseExpression | None:
        """The expression whose text is exactly `span`; its own parentheses may be in or out."""
        return self.region.expression_at(span)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around `node`, from its parent outwards."""
        parents = self.region.parsed.parents
        while (parent := parents.get(node)) is not None:
            yield parent
            node = parent

    def names_below(self, node: cst.CSTNode) -> Iterator[str]:
        """The names, attribute names included, that `node` is made of."""
        if isinstance(node, cst.Name):
            yield node.value
        for child in children(node):
            yield from self.names_below(child)

    def loop_of(self, diagnostic: Diagnostic) -> Loop | None:
        """The loop that the finding is about, None where the region shows none.

        A ``for`` or a comprehension is known by what it iterates over (since 3.13) or by its own
        range (before, and for ``async for``), a ``while`` is the smallest one around all that it
        runs.
        """
        if diagnostic.loop is None:
            return None
        node = self.node_at(diagnostic.loop) or self.node_at(_inside(diagnostic.loop))
        parent = self.region.parsed.parents.get(node) if node else None
        if isinstance(parent, (cst.For, cst.CompFor)) and parent.iter is node:
            return parent
        if isinstance(node, cst.BaseComp):
            return node.for_in
        start = (diagnostic.loop.start_line, diagnostic.loop.start_column)
        for found in self.region.parsed.parents:
            if isinstance(found, cst.For):
                span = self.span_of(found)
                if (span.start_line, span.start_column) == start:
                    return found
        around: list[cst.While] = [
            found
            for found in self.region.parsed.parents
            if isinstance(found, cst.While) and self.span_of(found).contains(diagnostic.loop)
        ]
        return around[-1] if around else None  # outer nodes come first

    def scope_of(self, node: cst.CSTNode) -> Scope | None:
        """The innermost function, lambda, class or generator expression that evaluates `node`.

        None is the module. Comprehensions do not count: they are part of their function, as
        they are compiled since 3.12. A default or a decorator is evaluated outside its function.
        """
        inner = node
        for outer in self.ancestors(node):
            if isinstance(outer, _NAMED_SCOPES):
                if inner is outer.body:
                    return outer
            elif isinstance(outer, cst.GeneratorExp) and not self._is_first_iterable(node, outer):
                return outer
            inner = outer
        return None

    def _is_first_iterable(self, node: cst.CSTNode, generator: cst.GeneratorExp) -> bool:
        first = generator.for_in.iter
        return node is first or any(outer is first for outer in self.ancestors(node))

    def statement_of(self, node: cst.CSTNode) -> Statement | None:
        r"""The statement around `node` (or `node` itself) above which a line can be inserted.

        None in a one-line suite (``if x: y``), for the test of an ``elif``, after a ``;`` that
        does not start the line, and on a line that a ``\`` above continues.
        """
        inner = node
        for outer in (*self.ancestors(node), None):
            if isinstance(outer, _BLOCKS):
                break
            if isinstance(outer, cst.SimpleStatementSuite) or outer is None:
                return None
            if isinstance(outer, cst.If) and outer.orelse is inner and isinstance(inner, cst.If):
                return None
            inner = outer
        if not isinstance(inner, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            return None
        return inner if self._starts_its_line(inner) else None

    def _first_line(self, statement: Statement) -> int:
        """The line of `statement`, or of its first decorator."""
        first: cst.CSTNode = statement
        if isinstance(statement, (cst.FunctionDef, cst.ClassDef)) and statement.decorators:
            first = statement.decorators[0].decorator
            line = self.span_of(first).start_line
            while not self.source.line(line).lstrip().startswith("@"):
                line -= 1
            return line
        return self.span_of(first).start_line

    def _starts_its_line(self, statement: Statement) -> bool:
        line = self._first_line(statement)
        indentation = self.source.line(line)[: self.span_of(statement).start_column]
        continued = self.source.line(line - 1).endswith("\\")
        return not indentation.strip() and not continued

    def lines_of(self, statement: Statement) -> tuple[int, int]:
        """The first and last line of `statement`, its decorators included."""
        return self._first_line(statement), self.span_of(statement).end_line

    def indentation_of(self, statement: Statement) -> str:
        """The white space before `statement`; a form feed in it is left out."""
        line = self.source.line(self._first_line(statement))
        return line[: len(line) - len(line.lstrip())].rpartition("\f")[2]

    def insert_line_before(self, statement: Statement, code: str) -> Edit:
        r"""Insert `code` as a line above `statement`, with its indentation.

        Further lines of `code` (split by ``\n``) are taken as they are, in the file's newline.
        """
        line = self._first_line(statement)
        newline = self.source.newline
        text = f"{self.indentation_of(statement)}{self._in_file(code)}{newline}"
        return Edit(Span(line, 0, line, 0), text)

    def insert_line_after(self, statement: Statement, code: str) -> Edit:
        """Insert `code` as a line below `statement`, past the comments that belong inside it."""
        indentation = self.indentation_of(statement)
        line = self._last_line(statement, indentation)
        text = f"{indentation}{self._in_file(code)}"
        newline = self.source.newline
        if line == len(self.source.lines) and not self.source.lines[-1].endswith(("\n", "\r")):
            column = len(self.source.lines[-1])
            return Edit(Span(line, column, line, column), newline + text)
        return Edit(Span(line + 1, 0, line + 1, 0), text + newline)

    def _last_line(self, statement: Statement, indentation: str) -> int:
        """The last line of `statement`: comments that stand deeper than it are its own."""
        last = self.span_of(statement).end_line
        inside = (f"{indentation} ", f"{indentation}\t")
        for number in range(last + 1, len(self.source.lines) + 1):
            text = self.source.line(number)
            if text.strip():
                if not (text.lstrip().startswith("#") and text.startswith(inside)):
                    break
                last = number
        return last

    def _in_file(self, code: str) -> str:
        return code.replace("\r\n", "\n").replace("\n", self.source.newline)

    def replace(self, span: Span, text: str) -> Edit:
        """Replace `span` by `text`, with a blank where it would run into a neighbouring word.

        ``x in(1, 2)`` must not become ``x inpair``.
        """
        line, last = self.source.line(span.start_line), self.source.line(span.end_line)
        before, after = line[: span.start_column][-1:], last[span.end_column :][:1]
        left = " " if _is_word(before) and _is_word(text[:1]) else ""
        right = " " if _is_word(after) and _is_word(text[-1:]) else ""
        return Edit(span, f"{left}{self._in_file(text)}{right}")

    def remove_line(self, statement: cst.CSTNode) -> Edit | None:
        """Remove a whole simple statement with its line.

        None where a comment would be lost with it, another statement shares the line, or the
        block would be left empty.
        """
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            return None
        block = self.region.parsed.parents.get(statement)
        if not isinstance(block, (cst.IndentedBlock, cst.Module)) or len(block.body) < 2:
            return None
        span = self.span_of(statement)
        first, last = span.start_line, span.end_line
        if self._has_comment(statement) or not self._starts_its_line(statement):
            return None
        if last < len(self.source.lines) or self.source.lines[-1].endswith(("\n", "\r")):
            return Edit(Span(first, 0, last + 1, 0), "")
        # The last line of a file without a last newline: the file must not gain one.
        above = len(self.source.line(first - 1))
        return Edit(Span(first - 1, above, last, len(self.source.line(last))), "")

    def _has_comment(self, node: cst.CSTNode) -> bool:
        """Whether a comment stands in or behind `node`; those on the lines above it stay."""
        above = set(node.leading_lines) if isinstance(node, cst.SimpleStatementLine) else set()
        return any(
            node in self.ancestors(comment) and not above.intersection(self.ancestors(comment))
            for comment in self.region.parsed.parents
            if isinstance(comment, cst.Comment)
        )

    def free_name(self, *candidates: str) -> str | None:
        """The first of `candidates` that is a fresh name here, or is one with ``_`` behind it.

        Fresh is: no keyword, no builtin, and nowhere in the function (at module level: in the
        file) the name of a variable, parameter, import, function or class.
        """
        taken = (_TAKEN, self.region.names, self.reserved)
        for name in (*candidates, *(f"{candidate}_" for candidate in candidates)):
            fresh = not any(name in names for names in taken)
            if fresh and name.isidentifier() and not name.startswith("__"):
                self.given.add(name)
                return name
        return None

    def is_builtin(self, name: str) -> bool:
        """Whether `name` is a builtin that nothing in the file binds anew."""
        return name in dir(builtins) and name not in self.region.file.bound_names

    def watches_locals(self) -> bool:
        """Whether the function mentions ``locals``, ``eval`` and the like, which see a new name."""
        return not known.WATCHERS.isdisjoint(self.region.names | self.region.attributes)


def ranges_of(diagnostic: Diagnostic) -> tuple[Span, ...]:
    """Every range that a finding speaks of: its places and its loop."""
    return (*diagnostic.all_places, *((diagnostic.loop,) if diagnostic.loop else ()))


def _is_word(character: str) -> bool:
    return character == "_" or character.isalnum()


def _inside(span: Span) -> Span:
    """`span` without its first and last character: ``sum(x for x in xs)`` owns the parentheses."""
    return Span(span.start_line, span.start_column + 1, span.end_line, max(span.end_column - 1, 0))
