"""What an iteration of a function's loops costs, instruction by instruction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bclint.bytecode.decode import DecodeError
from bclint.bytecode.listing import listing
from bclint.bytecode.versions import RUNNING
from bclint.engine.function import FunctionView
from bclint.engine.locate import loop_span
from bclint.evidence.bills import IterationBills, item_of, price_of
from bclint.evidence.errors import EvidenceError
from bclint.evidence.prices import Prices, prices_on
from bclint.flow.loops import Loop, LoopForest
from bclint.testing.subject import Subject


@dataclass(frozen=True, slots=True)
class _Budget:
    """One loop with what an iteration costs, in nanoseconds."""

    function: FunctionView
    loop: Loop
    cost: float
    is_bound: bool
    """Whether the iteration calls code whose cost is not known, and may cost more."""


def loops_over(subject: Subject, at_most: float) -> list[str]:
    """Lines that tell of each loop whose iteration costs more than `at_most` nanoseconds.

    Raises `ValueError` where there is no loop, or no measurement of the running version.
    """
    try:
        prices = prices_on(RUNNING)
        budgets = [budget for function in subject.everything for budget in _of(function, prices)]
    except (DecodeError, EvidenceError) as error:
        raise ValueError(f"the cost of `{subject.name}` is not known: {error}") from None
    if not budgets:
        raise ValueError(f"`{subject.name}` has no loop")
    return [
        line
        for budget in budgets
        if budget.cost > at_most
        for line in _told(subject, budget, at_most, prices)
    ]


def _of(function: FunctionView, prices: Prices) -> Iterator[_Budget]:
    for loop in function[LoopForest].loops:
        if loop.depth == 1:
            bill = function[IterationBills][loop]
            yield _Budget(function, loop, bill.cost(prices), bill.is_bound(prices))


def _told(subject: Subject, budget: _Budget, at_most: float, prices: Prices) -> Iterator[str]:
    span = loop_span(subject.source, budget.function, budget.loop)
    place = subject.source.path
    if span:
        place += f":{span.start_line}:{span.start_column + 1}"
    bound = "at least" if budget.is_bound else "about"
    yield (
        f"{place}: an iteration of the loop in `{budget.function.code.co_qualname}` costs {bound} "
        f"{budget.cost:.0f} ns on CPython {prices.python}, more than {at_most:g} ns"
    )
    yield f"{'ns':>8} {'line':>6}  instruction"
    costs = _costs(budget, prices)
    for instruction in listing(budget.function.code):
        if instruction.offset in costs:
            yield f"{costs[instruction.offset]:>8.1f} {instruction}"


def _costs(budget: _Budget, prices: Prices) -> dict[int, float]:
    """What each instruction costs in one iteration, by its offset."""
    function, loop = budget.function, budget.loop
    bills = function[IterationBills]
    costs: dict[int, float] = {}
    for instruction in function[LoopForest].instructions_of(loop):
        price, _ = price_of(item_of(function, instruction), prices)
        share = price * bills.frequency(instruction, loop)
        costs[instruction.offset] = costs.get(instruction.offset, 0.0) + share
    return costs
