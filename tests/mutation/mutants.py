"""Mutants: sources with one small mistake in them, which some test should notice.

cosmic-ray's operators make most: another comparison, ``and`` for ``or``, a number off by one, an
empty loop. What it has no operator for, and what matters most here, is a condition that is gone;
`without_conditions` makes those. Annotations are left alone, and so is ``is`` for ``==`` of enum
members and None, which nothing could notice.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

Place = tuple[int, int]
"""Line, from 1, and column, from 0, both in characters."""

_UNNOTICED = ("_Is_Eq", "_IsNot_NotEq", "_Eq_Is", "_NotEq_IsNot")
_NOT_OURS = ("no-op", "variable")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake in one file."""

    path: Path
    place: Place
    operator: str
    source: str
    """The whole file with the mistake in it."""


@dataclass(frozen=True, slots=True)
class _Change:
    """A mistake that may be made at a place."""

    place: Place
    operator: str
    occurrence: int


def sample(paths: Sequence[Path], count: int, seed: int) -> list[Mutant]:
    """`count` mutants of the files: places are drawn first, then one of the mistakes at each.

    The same seed and the same sources give the same mutants.
    """
    random = Random(seed)
    sources = {path: path.read_text(encoding="utf-8") for path in sorted(paths)}
    places: dict[tuple[Path, Place], list[_Change]] = {}
    for path, source in sources.items():
        for change in _changes(source):
            places.setdefault((path, change.place), []).append(change)
    order = list(places)
    random.shuffle(order)
    found: list[Mutant] = []
    for path, place in order:
        change = random.choice(places[path, place])
        mutated = _mutated(sources[path], change)
        if mutated is not None and _differs(sources[path], mutated):
            found.append(Mutant(path, place, change.operator, mutated))
        if len(found) == count:
            break
    return found


def _changes(source: str) -> Iterator[_Change]:
    """All mistakes that may be made in a source, but in its annotations."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    ignored = _annotations(source)
    nodes = list(ast_nodes(get_ast(source)))
    for name in sorted(operator_names()):
        if name.endswith(_UNNOTICED) or any(part in name.lower() for part in _NOT_OURS):
            continue
        operator = get_operator(name)()
        positions = (start for node in nodes for start, _ in operator.mutation_positions(node))
        for occurrence, place in enumerate(positions):
            if not any(first <= place < last for first, last in ignored):
                yield _Change(place, name, occurrence)
    for occurrence, (place, _) in enumerate(without_conditions(source)):
        yield _Change(place, _DELETED, occurrence)


_DELETED = "delete condition"


def _mutated(source: str, change: _Change) -> str | None:
    if change.operator == _DELETED:
        return list(without_conditions(source))[change.occurrence][1]

    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    mutated = mutate_code(source, get_operator(change.operator)(), change.occurrence)
    return None if mutated is None else str(mutated)


def _differs(source: str, mutated: str) -> bool:
    """Whether the mutant compiles, to something else."""
    try:
        return ast.dump(ast.parse(source)) != ast.dump(ast.parse(mutated))
    except SyntaxError:
        return False


def without_conditions(source: str) -> Iterator[tuple[Place, str]]:
    """The source with one condition less, once for each.

    A term of an ``and`` or ``or``, the filter of a comprehension, or an ``if`` whose body only
    leaves: ``return``, ``continue``, ``break`` and ``raise``.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.BoolOp):
            neutral = "True" if isinstance(node.op, ast.And) else "False"
            for term in node.values:
                yield _replaced(source, term, neutral)
        elif isinstance(node, ast.comprehension):
            for test in node.ifs:
                yield _replaced(source, test, "True")
        elif isinstance(node, ast.If) and not node.orelse and _only_leaves(node.body):
            yield _replaced(source, node.test, "False")


def _only_leaves(body: Sequence[ast.stmt]) -> bool:
    leaving = (ast.Return, ast.Continue, ast.Break, ast.Raise)
    return len(body) == 1 and isinstance(body[0], leaving)


def _replaced(source: str, node: ast.expr, text: str) -> tuple[Place, str]:
    lines = source.splitlines(keepends=True)
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    start = _characters(lines[first], node.col_offset)
    end = _characters(lines[last], node.end_col_offset or 0)
    before = "".join([*lines[:first], lines[first][:start]])
    after = "".join([lines[last][end:], *lines[last + 1 :]])
    return (node.lineno, start), f"{before}({text}){after}"


def _characters(line: str, column: int) -> int:
    return len(line.encode()[:column].decode())


def _annotations(source: str) -> list[tuple[Place, Place]]:
    """The ranges of annotations, whose evaluation is put off."""
    found: list[tuple[Place, Place]] = []
    for node in ast.walk(ast.parse(source)):
        parts = [getattr(node, name, None) for name in ("annotation", "returns")]
        found += (
            ((part.lineno, part.col_offset), (part.end_lineno or 0, part.end_col_offset or 0))
            for part in parts
            if isinstance(part, ast.expr)
        )
    return found
