"""The bound on raw bytes: nothing that the full analysis reports may be lost by it."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from bclint.bytecode.compile import compile_source
from bclint.diagnostics import Diagnostic
from bclint.engine.function import FunctionView
from bclint.engine.linter import lint
from bclint.engine.registry import load_rules
from bclint.engine.weigh import pays, scales_for
from bclint.evidence.bound import LookupBound, strictest
from bclint.rule import Saves
from bclint.source import SourceFile

LIBRARY = Path(sysconfig.get_path("stdlib"))
FILES = ("argparse", "asyncio/base_events", "copy", "difflib", "heapq", "pickle", "textwrap")
RULES = load_rules()
LOOKUP_RULES = [rule for rule in RULES if rule.needs.only_lookups]


SCALES = scales_for(("3.11", "3.14"))
PRICES = strictest(SCALES.prices)


def bound_of(source: str) -> float:
    module = FunctionView(compile_source(SourceFile("a.py", source.encode())))
    return module.nested[0][LookupBound].most(PRICES)


def paying(source: SourceFile, min_gain: float, *, filtered: bool) -> list[Diagnostic]:
    report = lint(source, RULES, SCALES, min_gain=min_gain if filtered else 0.0)
    return [found for found in report.diagnostics if pays(found, min_gain)]


@pytest.mark.parametrize("name", FILES)
def test_no_finding_is_lost(name: str) -> None:
    source = SourceFile.read(str(LIBRARY / f"{name}.py"))
    for min_gain in (3.0, 12.5):
        assert paying(source, min_gain, filtered=True) == paying(source, min_gain, filtered=False)


@pytest.mark.parametrize("name", FILES)
def test_no_gain_is_above_the_bound(name: str) -> None:
    source = SourceFile.read(str(LIBRARY / f"{name}.py"))
    module = FunctionView(compile_source(source))
    bounds: dict[str, float] = {}
    for function in module.walk():
        name, most = function.code.co_qualname, function[LookupBound].most(PRICES)
        bounds[name] = max(most, bounds.get(name, 0.0))
    found = lint(source, LOOKUP_RULES, SCALES).diagnostics
    assert [each for each in found if each.gain and each.gain > bounds[each.function]] == []


def test_rules_of_lookups_find_nothing_else() -> None:
    source = SourceFile.read(str(LIBRARY / "argparse.py"))
    module = FunctionView(compile_source(source))
    found = {each.saves for f in module.walk() for rule in LOOKUP_RULES for each in rule.check(f)}
    assert found == {Saves.LOOKUP}


def test_a_tight_loop_may_gain_and_a_long_one_may_not() -> None:
    tight = "def f(xs, o):\n for x in xs:\n  o.n.m\n"
    assert bound_of(tight) > 0.2
    assert bound_of(tight + "  x(o)\n" * 40) < bound_of(tight) / 4


def test_a_chain_of_an_unknown_start_has_its_own_name() -> None:
    conditional = "def f(xs, o, p):\n for x in xs:\n  (o or p).name(x)\n  (o or p).size\n"
    module = FunctionView(compile_source(SourceFile("a.py", conditional.encode())))
    assert module.nested[0][LookupBound].names_with(0.01, PRICES) == {"name", "size"}


def test_equal_chains_add_up() -> None:
    one = "def f(xs, o):\n for x in xs:\n  x(o.n.m)\n  x(o.n.k)\n"
    assert bound_of(one.replace("k", "m")) > 1.5 * bound_of(one)


def test_methods_count_for_modules_alone() -> None:
    loop = "def f(xs):\n for x in xs:\n  m.sqrt(x)\n"
    assert bound_of(loop.replace("m.", "x.")) < bound_of(loop)
    module = FunctionView(compile_source(SourceFile("a.py", b"import m\n" + loop.encode())))
    assert module.nested[0][LookupBound].most(PRICES) > bound_of(loop)
