"""What is kept from one state of a file to the next changes nothing of what is found."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from random import Random

import pytest

from bclint.bytecode.decode import Instructions
from bclint.bytecode.versions import RUNNING
from bclint.dataflow.module import ModuleFacts
from bclint.dataflow.stack import OperandStack
from bclint.engine.function import FunctionView
from bclint.engine.history import KEPT, Cancelled, History
from bclint.engine.linter import FileReport, lint
from bclint.engine.weigh import scales_for
from bclint.source import SourceError, SourceFile
from bclint_rules import PACK

TEXT = """\
import math


def first(xs):
    for x in xs:
        math.sqrt(x)


def second(journal, xs):
    for x in xs:
        journal.lines.append(math.sqrt(x))


def outer(xs):
    def inner():
        for x in xs:
            math.sqrt(x)

    return inner
"""


def source(text: str) -> SourceFile:
    return SourceFile("geo.py", text.encode())


def look(now: SourceFile, history: History | None = None) -> FileReport:
    module = history.functions_of(now) if history else None
    return lint(now, PACK.rules, scales_for((RUNNING,)), module=module)


def function(module: FunctionView, name: str) -> FunctionView:
    (found,) = (each for each in module.walk() if each.code.co_name == name)
    return found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("import math\n", "\n\n# moved\nimport math\n"),
        ("math.sqrt(x)\n\n\ndef second", "math.cos(x)\n\n\ndef second"),
        ("import math\n", "import cmath as math\n"),
        ("import math\n", "import math\n\n\ndef rebind():\n    global math\n    math = 1\n"),
        ("    return inner", "    inner.lines = 1\n    return inner"),
        ("def first(xs)", "def first(xs, /)"),
        ("def first", "@print\ndef first"),
        ("def second(journal, xs)", "def first(journal, xs)"),
        ("math.sqrt(x)\n", "é = math.sqrt(x)\n"),
        ("    for x in xs", "    for  x in xs"),
    ],
)
def test_findings_are_those_of_a_fresh_look(before: str, after: str) -> None:
    history = History()
    assert look(source(TEXT), history).diagnostics
    changed = source(TEXT.replace(before, after, 1))
    assert look(changed, history) == look(changed)
    # And back again.
    assert look(source(TEXT), history) == look(source(TEXT))


@pytest.mark.parametrize("name", ["textwrap", "json.decoder"])
def test_findings_after_many_changes_of_a_real_file(name: str) -> None:
    """Lines are dropped, doubled and swapped at random, as far as the result compiles."""
    lines = Path(str(importlib.import_module(name).__file__)).read_text().splitlines(True)
    random, history = Random(name), History()
    compared = 0
    while compared < 6:
        start = random.randrange(len(lines))
        part = lines[start : start + random.randrange(1, 4)]
        replacement = random.choice([[], part * 2, part[::-1], ["\n", *part]])
        changed = [*lines[:start], *replacement, *lines[start + len(part) :]]
        now = SourceFile(name, "".join(changed).encode())
        try:
            kept = look(now, history)
        except SourceError:
            continue
        assert kept == look(now)
        lines = changed
        compared += 1


def test_an_unchanged_function_is_not_decoded_again() -> None:
    history = History()
    look(source(TEXT), history)
    assert history.module is not None
    stack = function(history.module, "first")[OperandStack]
    changed = "import os\n" + TEXT.replace("journal.lines", "journal.pages")
    module = history.functions_of(source(changed))
    first, second = function(module, "first"), function(module, "second")
    assert first[OperandStack] is stack
    assert first[Instructions].line(first[Instructions][0]) == 5
    assert OperandStack not in second._analyses
    assert ModuleFacts not in module._analyses


def test_what_is_kept_asks_for_nothing_else() -> None:
    """Else it would speak of a file that is no more."""
    names = {analysis.__name__ for analysis in KEPT}
    for analysis in KEPT:
        for other in ("module", "parent", "nested", "walk", "position", "line"):
            uses = f".{other}" in inspect.getsource(analysis)
            assert not uses or analysis is Instructions, f"{analysis.__name__} uses {other}"
        asked = inspect.getsource(analysis).split("function[")[1:]
        assert {part.partition("]")[0] for part in asked} <= names


def test_a_source_that_does_not_compile_changes_nothing() -> None:
    history = History()
    module = history.functions_of(source(TEXT))
    with pytest.raises(SourceError):
        history.functions_of(source("def f(:"))
    assert history.module is module


def test_nobody_waits_for_what_is_cancelled() -> None:
    history = History()
    seen = iter((False, True))
    module = history.functions_of(source(TEXT), lambda: next(seen))
    with pytest.raises(Cancelled):
        lint(source(TEXT), PACK.rules, module=module)
    assert look(source(TEXT), history) == look(source(TEXT))
