"""Types that are certain, and the many that are not."""

from __future__ import annotations

import importlib

import pytest

from bclint.bytecode.opcodes import Operation
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.types import FLOAT_FUNCTIONS, KnownTypes
from tests.functions import function_of, instruction_of


def type_of(body: str, before: str = "") -> type | None:
    """The type of the argument in ``use(…)``."""
    lines = "\n ".join(body.splitlines())
    function = function_of(f"{before}\ndef f(p):\n {lines}\n")
    load = instruction_of(function, Operation.LOAD_GLOBAL, "use")
    calls = [
        each for each in function[OperandStack].consumers(load) if each.operation is Operation.CALL
    ]
    argument = function[OperandStack].operands(calls[0])[2].value
    return function[KnownTypes].type_of(argument, calls[0])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("use(1)", int),
        ("use('a')", str),
        ("use([])", list),
        ("use({p: 1})", dict),
        ("use(f'{p}')", str),
        ("use(len(p))", int),
        ("use(str(p).upper())", str),
        ("use(','.join(p))", str),
        ("use(p)", None),
        ("use(p.x)", None),
        ("use(p())", None),
        ("use(p + 1)", None),
        ("use(1 + len(p))", int),
        ("use(len(p) / 2)", float),
        ("use(len(p) ** 2)", None),
        ("use(len(p) < 2)", bool),
        ("use(p in [])", bool),
        ("use(not p)", bool),
        ("s = ''\nfor x in p: s += str(x)\nuse(s)", str),
        ("s = ''\nfor x in p: s += x\nuse(s)", None),
        ("n = 0\nfor x in p: n += 1\nuse(n)", int),
        ("n = 0\nfor x in p: n += 0.5\nuse(n)", None),
        ("n = True\nfor x in p: n += 1\nuse(n)", None),
        ("t = ()\nfor x in p: t += (x,)\nuse(t)", tuple),
        ("a = []\nif p: a = ()\nuse(a)", None),
        ("if p: a = []\nuse(a)", None),
        ("for i in range(p): use(i)", int),
        ("for c in 'abc': use(c)", str),
        ("for c in p: use(c)", None),
        ("for c in (1, 2): use(c)", int),
        ("for c in (1, 'a'): use(c)", None),
        ("for c in (1, 2) if p else (1.0, 2.0): use(c)", None),
        ("for c in (1, 2) if p else (1, 2): use(c)", int),
        ("x = 1.5\np.f_locals['x'] = p\nuse(x)", None),
        ("a = b = 1\nwhile p: a, b = b, a\nuse(a)", int),
        ("a = 1\np, a = a, p\nuse(p)", int),
        ("a = 1\na, p = p, a\nuse(p)", int),
        ("a = 1\nfor x in p: a, p = p, a\nuse(p)", None),
        ("a = 1\nfor x in p: p, a = a, p\nuse(a)", None),
        ("a = 1\nfor x in p: x, a = a + 1, x\nuse(x)", None),
        ("a = p\nuse((a, a := 1)[0])", None),
    ],
)
def test_types(body: str, expected: type | None) -> None:
    assert type_of(body) is expected


@pytest.mark.parametrize(
    "before",
    [
        "len = 1",
        "from m import *",
        "def g():\n global len\n len = 1",
        "import len",
        "class len: pass",
        "globals()['len'] = f",
        "def g(k):\n globals()[k] = f",
        "exec('len = f')",
        "import builtins\nbuiltins.len = f",
    ],
)
def test_a_builtin_that_the_file_binds_is_none(before: str) -> None:
    assert type_of("use(len(p))", before) is None


def test_many_definitions_end_in_time() -> None:
    body = "a = b = c = 0\nwhile p:\n" + "".join(
        f" if p({number}): a, b, c = b + c, c + a, a + b\n" for number in range(60)
    )
    assert type_of(body + "use(a)") is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("use(math.sqrt(p))", float),
        ("use(logarithm(p))", float),
        ("use(clock.time() - 1)", float),
        ("use(math.pi)", float),
        ("use(math.floor(p))", None),
        ("use(math.sqrt)", None),
        ("use(abs(0.5))", float),
        ("use(abs(len(p)))", int),
        ("use(abs(p))", None),
        ("use(LIMIT)", int),
        ("use(NAME + 'x')", str),
        ("use(REBOUND)", None),
        ("use(TWICE)", None),
        ("use(MADE)", None),
        ("use(DELETED)", None),
        ("use(ABSENT)", None),
        ("use(INDIRECT)", None),
    ],
)
def test_globals(body: str, expected: type | None) -> None:
    before = (
        "import math\nimport time as clock\nfrom math import log as logarithm\n"
        "LIMIT = 1\nLIMIT = 2\nNAME = 'a'\nREBOUND = 1\nTWICE = 1\nTWICE = 1.0\n"
        "MADE = len('')\nMADE = 2\nDELETED = 1\ndel DELETED\nINDIRECT = 1\n"
        "def g():\n global REBOUND\n REBOUND = None\n globals()['INDIRECT'] = 1.0\n"
    )
    assert type_of(body, before) is expected


@pytest.mark.parametrize(
    "before",
    [
        "import numpy as math",
        "from . import math",
        "import math\nmath = 1",
        "import math\ndef g():\n global math\n math = 1",
        "import math\nfrom m import *",
        "",
    ],
)
def test_a_module_that_may_be_another_is_none(before: str) -> None:
    assert type_of("use(math.sqrt(p))", before) is None
    assert type_of("use(math.pi)", before) is None


@pytest.mark.parametrize(
    ("module", "name"),
    [(module, name) for module, names in FLOAT_FUNCTIONS.items() for name in sorted(names)],
)
def test_functions_give_floats(module: str, name: str) -> None:
    function = getattr(importlib.import_module(module), name)
    samples = [(), (0.5,), (1,), (1, 1), ([1], [1]), ([1],)]
    results = []
    for arguments in samples:
        try:
            results.append(function(*arguments))
        except (TypeError, ValueError, ZeroDivisionError):  # not its arguments
            continue
    assert results
    assert {type(result) for result in results} == {float}
