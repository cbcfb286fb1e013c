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
