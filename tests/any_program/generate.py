"""Programs made of all the syntax that the running Python has, with loops around most of it.

They compile more often than not and are never run: names need not make sense. A seed gives the
same program on the same version, without the cost of drawing it piece by piece with Hypothesis.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from random import Random
from textwrap import indent

_NAMES = (
    *("a", "b", "c", "d", "xs", "xs", "ys", "ys", "out", "out", "s", "s", "n", "LIMIT", "math"),
    *("os", "re", "x", "x", "y", "y", "len", "str", "é", "__p", "cls"),
)
_EXPRESSIONS = (
    *(
        "{n}",
        "{n}",
        "{n}",
        "{n}",
        "(1)",
        "(-1.5e3)",
        "(10**100)",
        "'w'",
        "b'b'",
        "None",
        "...",
        "True",
    ),
    *("{e}.{n}", "{e}.{n}.{n}", "{e}[{e}]", "{e}[{e}:{e}:-1]", "{e}[:, 1]", "{n}({e})", "len({e})"),
    *("{n}({e}, *{e}, k={e}, **{e})", "{e}.append({e})", "math.sqrt({e})", "re.match('a+', {e})"),
    *("({e} + {e})", "({e} @ {e} // -{e})", "(not {e})", "({e} < {e} <= {e})", "({e} is not {e})"),
    *(
        "({e} in ({e}, {e}))",
        "({e} in {{{e}, 1}})",
        "({e} not in [1, {e}])",
        "({e} and {e} or {e})",
    ),
    *("({e} if {e} else {e})", "({n} := {e})", "(lambda: {e})", "(lambda {n}, /, *, k={e}: {e})"),
    *("({e}, {e})", "[{e}, *{e}]", "{{{e}: {e}, **{e}}}", "{{{e}, *{e}}}", "()", "[]", "{{}}"),
    *(
        "[{e} for {n} in {e}]",
        "[{e} for {n} in {e} if {e} for {n} in {e}]",
        "{{{e} for {n} in {e}}}",
    ),
    *("{{{e}: {e} for {n}, *{n} in {e}}}", "any({e} for {n} in {e})", "tuple({e} for {n} in {e})"),
    *(
        "sorted({e}, key=lambda v: {e})",
        "','.join(str({e}) for {n} in {e})",
        "sum({e} for {n} in {e})",
    ),
    *("f'{{{n}}}'", "f'{{{n}!r:>{{{n}}}}}{{{n}=}}'", "f'é{{{n}.{n}}}' '日本'", "rb'\\x00' b'q'"),
    *("super().{n}", "__class__", "locals()", "({e} % ({e}, {e}))", "[[{e}] * 3][0][-1]", "~{e}"),
)
_ASYNC_EXPRESSIONS = ("(await {e})", "[{e} async for {n} in {e}]", "[await {e} for {n} in {e}]")
_GENERATOR_EXPRESSIONS = ("(yield)", "(yield {e})")
_STATEMENTS = (
    *("{e}", "{n} = {e}", "{n} = {n} = {e}", "{n}, *{n} = {e}", "({n}, [{n}]) = {e}", "{n} += {e}"),
    *("{n} = {n} + {e}", "{n} = {n} + [{e}]", "{e}.{n} += {e}", "{e}[{e}] = {e}", "self.n += 1"),
    *("{n}: {e} = {e}", "del {n}", "del {e}.{n}, {e}[{e}]", "assert {e}, {e}", "pass", "import os"),
    *("from math import sqrt as {n}", "import os.path as {n}", "return"),
    *(
        "return {e}",
        "raise {e} from {e}",
        "raise",
        "{e}; {n} = {e}",
        "out.append({e})",
        "pass  # é: {n}",
    ),
    *("{n} = re.compile('a')", "{n} = out.append", "{n} = []\nfor {n} in {e}: {n}.append({e})"),
    *("def {n}({n}={e}, *{n}, **k): return {e}", "@{e}\ndef {n}(v: {e}) -> {e}: ...", "'''doc'''"),
    *("class {n}({e}, k={e}):\n    {n} = {e}", "with {e} as {n}, {e}: {n} = {e}", "{n} = s + 'é'"),
)
_IN_LOOPS = ("break", "continue", "if {e}: break", "if {e}: continue")
_ASYNC_STATEMENTS = ("async with {e} as {n}: {e}", "async for {n} in {e}: {e}", "await {e}")
_COMPOUNDS = (
    *("for {n} in {e}:\n{L}", "for {n} in {e}:\n{L}", "for {n}, ({n}, *{n}) in {e}:\n{L}"),
    *("for {n} in range({e}):\n{L}else:\n{B}", "while {e}:\n{L}", "while True:\n{L}else:\n{B}"),
    *(
        "while ({n} := {e}) and not {e}:\n{L}",
        "for {e}.{n} in {e}:\n{L}",
        "for {e}[0] in {e}:\n{L}",
    ),
    *("if {e}:\n{B}elif {e}:\n{B}else:\n{B}", "if {e}:\n{B}", "with {e} as ({n}, {n}):\n{B}"),
    *("try:\n{B}finally:\n{B}", "try:\n{B}except {e} as {n}:\n{B}else:\n{B}finally:\n{B}"),
    *(
        "try:\n{B}except* ({e}, {e}):\n{B}",
        "try:\n{B}except {e}:\n{B}except:\n{B}",
        "def {n}({n}):\n{F}",
    ),
    *(
        "match {e}:\n    case [{n}, *_] if {e}:\n{C}    case {{'k': {n}, **{n}}}:\n{C}"
        "    case 1 | None:\n{C}",
    ),
    *("match {e}, {e}:\n    case math.pi | -1 | 'a' | 1+2j:\n{C}    case {n}(x={n}) as {n}:\n{C}",),
    *("class {n}:\n{F}", "if {e}: {e}\n", "for {n} in {e}: {e}; {n} = {e}\n"),
)
_NEWER = (
    (
        (3, 12),
        ("type {n}[T] = {e}", "def {n}[T: {e}, *U, **P](v: T): return {e}", "class {n}[T]: v: T"),
    ),
    ((3, 12), ("{n} = f'{{f'{{{e}}}'}}' f\"{{{e}!s}}\"",)),
    ((3, 14), ("{n} = t'{{{n}}} {{{e}!r:>9}}'", "try: {e}\nexcept {n}, {n}: {e}")),
    ((3, 15), ("lazy import {n}", "lazy from math import sqrt as {n}", "{n} = [*x for x in {e}]")),
)


class _Program:
    """One program in the making."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._kind = "module"
        newer = [each for version, all_ in _NEWER if sys.version_info >= version for each in all_]
        self._statements = _STATEMENTS + tuple(newer)

    def source(self) -> str:
        parts = [self._block(2, loop=False) for _ in range(self._random.randint(0, 1))]
        parts += [self._function(2) for _ in range(self._random.randint(1, 3))]
        return "\n".join(["import math, os, re", "LIMIT = 3", *parts, ""])

    def _function(self, depth: int) -> str:
        self._kind = self._random.choice(("plain", "plain", "generator", "async"))
        start = "async def" if self._kind == "async" else "def"
        body = self._block(depth, loop=False) + self._compound(depth, loop=False)
        if self._kind == "generator":
            body += "yield x\n"
        function = f"{start} f(self, a, b=1, *xs, out, **ys):\n{indent(body, '    ')}"
        if self._random.random() < 0.2:
            return f"class A:\n    c = 1\n{indent(function, '    ')}"
        if self._random.random() < 0.2:
            return f"def outer(c, d):\n{indent(function, '    ')}    return f\n"
        return function

    def _block(self, depth: int, *, loop: bool) -> str:
        count = self._random.randint(1, 3)
        return "".join(self._statement(depth, loop=loop) for _ in range(count))

    def _statement(self, depth: int, *, loop: bool) -> str:
        if depth and self._random.random() < 0.35:
            return self._compound(depth, loop=loop)
        choices = self._statements + (_IN_LOOPS if loop else ())
        if self._kind == "async":
            choices += _ASYNC_STATEMENTS
        return self._filled(choices, 2) + "\n"

    def _compound(self, depth: int, *, loop: bool) -> str:
        def block(inside: bool, columns: int = 4) -> str:
            return indent(self._block(depth - 1, loop=inside), " " * columns)

        blocks = {
            "L": lambda: block(True),
            "B": lambda: block(loop),
            "C": lambda: block(loop, 8),
            "F": lambda: block(False),
        }
        text = self._filled(_COMPOUNDS, 2, blocks)
        return text if text.endswith("\n") else f"{text}\n"

    def _filled(
        self, templates: Sequence[str], depth: int, blocks: Mapping[str, Callable[[], str]] = {}
    ) -> str:
        """One of the templates, with other names and expressions at each place."""
        makers = {
            "n": lambda: self._random.choice(_NAMES),
            "e": lambda: self._expression(depth),
            **blocks,
        }
        return self._random.choice(templates).format_map(_Places(makers))

    def _expression(self, depth: int) -> str:
        if depth == 0:
            return self._random.choice(_NAMES)
        choices: tuple[str, ...] = _EXPRESSIONS
        if self._kind == "async":
            choices += _ASYNC_EXPRESSIONS
        if self._kind == "generator":
            choices += _GENERATOR_EXPRESSIONS
        return self._filled(choices, depth - 1)


class _Places(dict[str, Callable[[], str]]):
    """What stands for a place of a template: made anew each time."""

    def __getitem__(self, place: str) -> str:  # type: ignore[override]
        return super().__getitem__(place)()


def random_program(seed: int) -> str:
    """The program of that number."""
    return _Program(Random(seed)).source()
