"""What a finding is known by from one run to the next, wherever its lines have moved to.

A fingerprint is made of the rule, the function's qualified name, the expression without its
layout, and which of several equal ones it is. Lines that move, neighbours that are renamed and
formatters that break, join and quote anew leave it as it is; so does another version of Python.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bclint.diagnostics import Diagnostic
from bclint.source import SourceFile

_COMPREHENSION = re.compile(r"(?:\.<locals>)?\.?<(?:listcomp|setcomp|dictcomp|genexpr)>$")
"""What a comprehension adds to a name where the compiler makes a function of it."""
_LEFT_OUT = frozenset({"ctx", "kind", "type_comment", "is_lazy", "body", "orelse", "finalbody"})
"""Fields that say nothing, that not all versions have, or that stand below a statement's head."""
_LENGTH = 32


def identified(source: SourceFile, diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """`diagnostics` of `source` with their fingerprints; equal ones count in the order given."""
    # Few runs ask for fingerprints, and start-up is watched.
    from hashlib import sha256

    seen: Counter[tuple[str, str, str]] = Counter()
    result = []
    for diagnostic in diagnostics:
        name = scope_name(diagnostic)
        key = diagnostic.code, name, normal_form(source.slice(diagnostic.span))
        text = "\0".join((*key, str(seen[key])))
        seen[key] += 1
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        result.append(replace(diagnostic, fingerprint=digest[:_LENGTH]))
    return tuple(result)


def scope_name(diagnostic: Diagnostic) -> str:
    """The qualified name of the function, without comprehensions: not all versions make these."""
    name = diagnostic.function
    while (outer := _COMPREHENSION.sub("", name)) != name:
        name = outer
    return name or "<module>"


def normal_form(text: str) -> str:
    """What `text`, an expression or statement, says, however it is laid out.

    Text that is neither keeps its words alone.
    """
    import ast
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the linted file, whose compiler has told them
        for form in (f"(\n{text}\n)", text, f"{text} pass", f"{text}:\n pass"):
            try:
                statements = ast.parse(form).body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            return _outline(statements[0])
    return " ".join(text.split())


def _outline(tree: object) -> str:
    """The nodes and values of a syntax tree, without recursion: expressions can be deep."""
    import ast

    parts: list[str] = []
    waiting = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        elif isinstance(item, ast.AST):
            parts.append(f"{type(item).__name__}(")
            waiting.append(_END)
            waiting.extend(reversed([_value(item, name) for name in item._fields]))
        elif item is _END:
            parts.append(")")
        elif item is not None:
            parts.append(_written(item))
    return " ".join(parts)


_END = object()


def _value(node: object, name: str) -> object:
    value = getattr(node, name, None)
    return None if name in _LEFT_OUT and not _is_expression(value) else value


def _is_expression(value: object) -> bool:
    """Whether `value` is what a lambda or a conditional expression has for its body."""
    import ast

    return isinstance(value, ast.expr)


def _written(value: object) -> str:
    # Digits of huge numbers cannot be written in decimal.
    return hex(value) if type(value) is int else repr(value)
