"""Parsing with the standard library, for questions that need no formatting."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator


def parse_quietly(text: str) -> ast.Module | None:
    """The syntax tree of `text`, None where it has none; its warnings are not ours to print."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


DEEPEST = 250
"""Levels of syntax that LibCST is asked to read: it goes down by recursion, and soon ends there.

Much deeper it takes minutes, or the process dies of its stack (9,000 attributes on 3.15).
"""


def is_deep(text: str) -> bool:
    """Whether anything in `text` stands deeper than `DEEPEST`; False where it has no tree."""
    if len(text) < DEEPEST:  # a level takes a character
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            level: list[ast.AST] = [ast.parse(text)]
    except (SyntaxError, ValueError):
        return False
    except (RecursionError, MemoryError):
        return True
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


_NAME_FIELDS = {
    "arg": "arg",
    "FunctionDef": "name",
    "AsyncFunctionDef": "name",
    "ClassDef": "name",
    "ExceptHandler": "name",
    "MatchAs": "name",
    "MatchStar": "name",
    "MatchMapping": "rest",
    "TypeVar": "name",
    "ParamSpec": "name",
    "TypeVarTuple": "name",
}
"""Where the syntax tree keeps the names of variables; attributes and keywords are none."""


_DECLARATIONS = (ast.Global, ast.Nonlocal)


def names_in(tree: ast.AST, *, only_bound: bool = False) -> Iterator[str]:
    """The names of variables in `tree`, or those of them that something there binds."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            if not (only_bound and isinstance(node.ctx, ast.Load)):
                yield node.id
        elif field := _NAME_FIELDS.get(type(node).__name__):
            if name := getattr(node, field):
                yield name
        elif isinstance(node, _DECLARATIONS):
            yield from node.names
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
