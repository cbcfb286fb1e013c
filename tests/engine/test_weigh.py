"""Weighing with prices and evidence made by hand, so that every number can be worked out."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bclint.bytecode.opcodes import Operation
from bclint.diagnostics import Diagnostic, Saving
from bclint.engine.linter import lint
from bclint.engine.registry import load_rules
from bclint.engine.weigh import Scales, pays
from bclint.evidence.prices import Prices
from bclint.evidence.records import Evidence, Measurement, Record
from bclint.rule import Rule
from bclint.source import SourceFile

RULES = load_rules()
COSTS = {
    Operation.LOAD_GLOBAL: 3.0,
    Operation.LOAD_ATTRIBUTE: 4.0,
    Operation.LOAD_METHOD: 4.0,
    Operation.STORE_ATTRIBUTE: 6.0,
}


def prices(python: str = "3.14", **costs: float) -> Prices:
    operations = dict.fromkeys(Operation, 1.0) | COSTS
    operations |= {Operation[name]: cost for name, cost in costs.items()}
    return Prices(
        python, operations, {"len": 10.0}, {"append": 7.0}, {"math": 20.0}, {"+": 2.0}, 50.0
    )


def record(low: float = 1.1, *, saved: float = 30.0, growth: str | None = None) -> Record:
    return Record(Measurement(90.0, 90.0 - saved, saved, low + 0.1, (low, low + 0.2)), growth)


def weigh(
    source: str,
    code: str,
    records: Mapping[str, Record] | None = None,
    *versions: Prices,
) -> list[Diagnostic]:
    by_version = {"3.14": record()} if records is None else records
    scales = Scales(versions or (prices(),), lambda rule: Evidence({"": by_version}))
    rules: list[Rule] = [rule for rule in RULES if rule.code == code]
    return list(lint(SourceFile("a.py", source.encode()), rules, scales).diagnostics)


LOOKUP = """
import math
def f(xs):
    total = 0.0
    for x in xs:
        total += math.sqrt(x)
    return total
"""


def test_a_lookup_saves_what_its_instructions_cost_more() -> None:
    [found] = weigh(LOOKUP, "BCL102")
    [saving] = found.savings
    assert saving.saved_ns == 3.0 + 4.0 - 1.0
    assert saving.iteration_ns is not None
    assert saving.iteration_ns > 20
    assert found.gain == pytest.approx(saving.saved_ns / saving.iteration_ns)
    assert not saving.at_most


def test_a_place_that_not_every_iteration_reaches_counts_half() -> None:
    sometimes = LOOKUP.replace("total +=", "if x: total +=")
    [always], [half] = weigh(LOOKUP, "BCL102"), weigh(sometimes, "BCL102")
    assert half.savings[0].saved_ns == (always.savings[0].saved_ns or 0) / 2


def test_an_update_saves_the_load_and_the_store() -> None:
    source = "def f(xs, o):\n    for x in xs:\n        o.n += x\n"
    [found] = weigh(source, "BCL104")
    assert found.savings[0].saved_ns == (4.0 + 1.0 - 1.0) + (6.0 + 1.0 - 1.0)


def test_unknown_calls_make_the_gain_an_upper_bound() -> None:
    [found] = weigh(LOOKUP.replace("total +=", "x.go(); total +="), "BCL102")
    assert found.savings[0].at_most
    assert (found.savings[0].iteration_ns or 0) > 50


def test_what_is_measured_is_taken_from_the_evidence() -> None:
    source = "def f(xs, g):\n    for x in xs:\n        g(lambda: 0)\n"
    [found] = weigh(source, "BCL202")
    [saving] = found.savings
    assert saving.saved_ns == 30.0
    assert saving.iteration_ns == 90.0  # no less than the measured loop, which does little else


GROWTH = 'def f(xs, o):\n    o.s = ""\n    for x in xs:\n        o.s = o.s + "x"\n'


def test_growth_is_no_share_of_an_iteration() -> None:
    [found] = weigh(GROWTH, "BCL301", {"3.14": record(growth="quadratic → linear")})
    assert (found.growth, found.gain) == ("quadratic → linear", None)
    assert pays(found, 100.0)


def test_the_least_gain_of_all_targets_decides() -> None:
    dear = prices("3.13", LOAD_GLOBAL=30.0)
    [found] = weigh(LOOKUP, "BCL102", {"3.13": record(), "3.14": record()}, dear, prices())
    [more, less] = (saving.gain or 0.0 for saving in found.savings)
    assert more > less == found.gain
    assert pays(found, 100 * less)
    assert not pays(found, 100 * more)


def test_bad_evidence_on_one_target_silences() -> None:
    good, bad = record(1.01), record(0.99)
    for versions, pay in ((("3.13",), False), (("3.14",), True), (("3.13", "3.14"), False)):
        scales = [prices(version) for version in versions]
        [found] = weigh(LOOKUP, "BCL102", {"3.13": bad, "3.14": good}, *scales)
        assert pays(found, 0.0) is pay


def test_without_evidence_on_a_target_a_rule_is_silent() -> None:
    [found] = weigh(LOOKUP, "BCL102", {"3.13": record()}, prices("3.13"), prices("3.14"))
    assert [saving.is_measured for saving in found.savings] == [True, False]
    assert not pays(found, 0.0)


def test_growth_with_bad_evidence_is_silent_too() -> None:
    [found] = weigh(GROWTH, "BCL301", {"3.14": record(0.9, growth="linear → linear")})
    assert not pays(found, 0.0)


def test_without_scales_nothing_is_weighed() -> None:
    rules = [rule for rule in RULES if rule.code == "BCL102"]
    [found] = lint(SourceFile("a.py", LOOKUP.encode()), rules).diagnostics
    assert found.savings == ()
    assert found.gain is None


def test_a_saving_is_a_share_from_0_to_1() -> None:
    assert Saving("3.14", 30.0, 20.0).gain == 1.0
    assert Saving("3.14", -1.0, 20.0).gain == 0.0
    assert Saving("3.14", 5.0, 20.0).gain == 0.25
    assert Saving("3.14", 5.0).gain is None
