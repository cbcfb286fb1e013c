"""Safe fixes change nothing that can be seen: drawn modules, run before and after.

A few examples, always the same ones; `python tests/differential/run.py` tries more.
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.differential.comparison import LOOKUPS, PLANS, compiled, crashes, difference, fixed
from tests.differential.execution import Plan
from tests.differential.programs import modules

EXAMPLES = 80


def plans() -> st.SearchStrategy[Plan]:
    return st.builds(Plan, st.integers(0, 4), st.integers(-1, 40), st.integers(-1, 40))


def selections() -> st.SearchStrategy[frozenset[str]]:
    """The rules that are left out."""
    return st.sampled_from([frozenset(), LOOKUPS])


@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(modules(), plans(), selections())
def test_safe_fixes_change_nothing(source: str, plan: Plan, without: frozenset[str]) -> None:
    check(source, (*PLANS, plan), without)


def check(source: str, tried: Sequence[Plan], without: frozenset[str]) -> list[str]:
    """Compare the runs of one module; the codes of the fixes that were applied to it."""
    before = compiled(source)
    if before is None:
        return []
    assert not crashes(source), (source, crashes(source))
    outcome = fixed(source, without)
    assert not outcome.problems, (source, outcome.problems)
    if not outcome.applied:
        return []
    after = compiled(outcome.source.text)
    assert after is not None, outcome.source.text
    codes = sorted(diagnostic.code for diagnostic in outcome.applied)
    for plan in tried:
        found = difference(before, after, plan)
        assert found is None, f"{codes}\n{source}\n# --- fixed\n{outcome.source.text}\n{found}"
    return codes
