"""Weighing: what a finding's change saves, on each version that the user targets.

1. A rule that has no evidence on a version says nothing there, and neither does one whose change
   may make code slower there: whose measured ratio has a confidence interval that reaches below 1.
2. A change that leaves a local in the place of a lookup saves what the lookup's instructions cost
   more; every other change saves what its rule's pair of programs saved when it was measured.
3. Each place is weighed against the innermost loop that runs it, and the heaviest loop counts.
4. The gain is the share of that loop's iteration. Where the iteration calls code that is not
   known, it is an upper bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow.stack import OperandStack
from bclint.diagnostics import Diagnostic, Saving
from bclint.engine.function import FunctionView
from bclint.evidence.bills import IterationBills
from bclint.evidence.prices import Prices, prices_on
from bclint.evidence.records import FILE_NAME, Evidence, Measurement, Record, read_evidence
from bclint.flow.loops import Loop, LoopForest
from bclint.rule import Finding, Rule, Saves

_UPDATES = {
    Operation.STORE_ATTRIBUTE: Operation.STORE_LOCAL,
    Operation.STORE_GLOBAL: Operation.STORE_LOCAL,
    Operation.STORE_NAME: Operation.STORE_LOCAL,
}


@dataclass(frozen=True, slots=True)
class Scales:
    """What findings are weighed with."""

    prices: tuple[Prices, ...]
    """Those of each targeted version."""
    evidence: Callable[[Rule], Evidence]
    """Gives what was measured for a rule. Raises `EvidenceError`."""


@cache
def evidence_of(rule: Rule) -> Evidence:
    """What was measured for `rule`, from its folder, read once. Raises `EvidenceError`."""
    return read_evidence(rule.folder / FILE_NAME)


@cache
def scales_for(targets: tuple[str, ...]) -> Scales:
    """The scales of the `targets`, versions as ``3.14``. Raises `EvidenceError`."""
    return Scales(tuple(prices_on(python) for python in targets), evidence_of)


def pays(diagnostic: Diagnostic, min_gain: float) -> bool:
    """Whether the change pays on every targeted version, by at least `min_gain` percent."""
    if not all(saving.is_proved for saving in diagnostic.savings):
        return False
    return diagnostic.gain is None or 100 * diagnostic.gain >= min_gain


def savings(
    function: FunctionView, rule: Rule, finding: Finding, scales: Scales
) -> tuple[Saving, ...]:
    """What the change of `finding` saves on each version of `scales`."""
    if not scales.prices:
        return ()
    evidence = scales.evidence(rule)
    weighing = _Weighing(function, finding)
    return tuple(
        weighing.saving(evidence.of(finding.pair, prices.python), prices)
        for prices in scales.prices
    )


class _Weighing:
    """One finding, with its places by the innermost loop that runs them."""

    def __init__(self, function: FunctionView, finding: Finding) -> None:
        self._function = function
        self._finding = finding
        self._loads: dict[Loop, list[Instruction]] = {}
        forest = function[LoopForest]
        for place in (finding.instruction, *finding.places):
            loop = forest.loop_of(place)
            if loop is not None:
                self._loads.setdefault(loop, []).append(place)

    def saving(self, record: Record | None, prices: Prices) -> Saving:
        """What the change saves on the version of `prices`, as far as `record` tells."""
        known = Saving(prices.python)
        if record is not None:
            measured = record.measurement
            known = replace(
                known, ratio=measured.ratio, interval=measured.interval, growth=record.growth
            )
        if known.growth:
            return known
        weighed = (self._in_loop(known, loop, record, prices) for loop in self._loads)
        return max(weighed, key=lambda saving: saving.gain or 0.0, default=known)

    def _in_loop(self, known: Saving, loop: Loop, record: Record | None, prices: Prices) -> Saving:
        """`known`, with what an iteration of `loop` saves and takes."""
        bills = self._function[IterationBills]
        measured = record.measurement if record else None
        saved = 0.0
        for place in self._loads[loop]:
            once = self._saved_once(place, measured, prices)
            if once is None:
                return known
            saved += bills.frequency(place, loop) * once
        bill = bills[loop]
        takes = bill.cost(prices)
        if measured is not None and self._finding.saves is Saves.MEASURED:
            # What is saved is inside a call that the bill may not know, as in `re.match`.
            takes = max(takes, measured.before_ns)
        return replace(known, saved_ns=saved, iteration_ns=takes, at_most=bill.is_bound(prices))

    def _saved_once(
        self, place: Instruction, measured: Measurement | None, prices: Prices
    ) -> float | None:
        """The nanoseconds that one run of `place` saves; None where nothing was measured."""
        if self._finding.saves is Saves.MEASURED:
            return measured.saved_ns if measured else None
        stored = _UPDATES.get(place.operation)
        remains = prices.local if stored is None else prices.of(stored)
        whole = sum(prices.of(each.operation) for each in self._replaced(place))
        return max(whole - remains, 0.0)

    def _replaced(self, place: Instruction) -> Iterator[Instruction]:
        """The instructions that the local makes unnecessary: `place`, and what it starts from.

        For `self.items` these are the load of the attribute and of `self`; for `self.count = n`
        the store and the load of `self`, the last operand.
        """
        instructions, stack = self._function[Instructions], self._function[OperandStack]
        instruction: Instruction | None = place
        while instruction is not None:
            yield instruction
            operands = stack.operands(instruction)
            is_store = instruction.operation in _UPDATES
            if is_store and len(operands) < 2:
                return
            producer = operands[-1].producer if operands else -1
            instruction = instructions[producer] if producer >= 0 else None
