"""Parsing with the standard library, for questions that need no formatting."""

from __future__ import annotations

import ast
import warnings


def parse_quietly(text: str) -> ast.Module | None:
    """The syntax tree of `text`, None where it has none; its warnings are not ours to print."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
