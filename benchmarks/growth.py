"""How the time grows with what is checked: the seconds for a size, and for each unit of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from bclint.engine.linter import lint
from bclint.engine.registry import load_rules
from bclint.rule import Rule
from bclint.source import SourceFile

_FUNCTION = (
    "def function_{0}(rows, table):\n"
    "    total = 0\n"
    "    for row in rows:\n"
    "        if row.size > len(table):\n"
    "            total += math.floor(row.size)\n"
    "        table[row.name] = [part.strip() for part in row.parts]\n"
    "    return total\n"
)


def long_file(lines: int) -> str:
    """A file of that many lines, in functions of seven."""
    return "import math\n" + "".join(_FUNCTION.format(number) for number in range(lines // 7))


def long_loop(statements: int) -> str:
    """A function with one loop of that many statements."""
    body = "".join(f"        rows.append(row.part_{n % 50} + n)\n" for n in range(statements))
    return f"def f(rows, n):\n    for row in rows:\n{body}"


def growing_loop(statements: int) -> str:
    """A function with one loop that adds to one local so often."""
    return "def f(rows, t):\n    s = ''\n    for row in rows:\n" + "        s += t\n" * statements


def nested_loops(depth: int) -> str:
    """A function with loops in loops, so deep."""
    loops = "".join(f"{'    ' * (n + 1)}for row_{n} in rows:\n" for n in range(depth))
    return f"def f(self, rows):\n{loops}{'    ' * (depth + 1)}self.items.append(len(rows))\n"


def wide_expression(terms: int) -> str:
    """A loop with one expression of so many lookups."""
    return f"def f(self, xs):\n    for x in xs:\n        x({', '.join(['self.a'] * terms)})\n"


SERIES: tuple[tuple[str, Callable[[int], str], tuple[int, ...]], ...] = (
    ("lines of a file", long_file, (1_000, 10_000, 100_000)),
    ("statements in a loop", long_loop, (100, 500, 2_000)),
    ("`s += t` in a loop", growing_loop, (100, 1_000, 5_000)),
    ("loops in loops", nested_loops, (5, 10, 15)),
    ("lookups in an expression", wide_expression, (200, 2_000, 20_000)),
)


def rows() -> Iterator[tuple[str, int, float]]:
    """What is counted, how many there are, and the seconds that checking takes."""
    rules = load_rules()
    for name, make, sizes in SERIES:
        for size in sizes:
            yield name, size, seconds(make(size), rules)
    text = long_file(2_000)
    for count in (1, len(rules) // 2, len(rules)):
        yield "rules", count, seconds(text, rules[:count])


def seconds(text: str, rules: Sequence[Rule]) -> float:
    """The processor time of checking `text`, the best of three."""
    return min(_once(text, rules) for _ in range(3))


def _once(text: str, rules: Sequence[Rule]) -> float:
    source = SourceFile("file.py", text.encode())
    start = time.process_time()
    lint(source, rules)
    return time.process_time() - start
