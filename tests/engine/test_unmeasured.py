"""Rules without evidence say nothing, and that is said."""

from __future__ import annotations

import pytest

from bclint.engine import runner
from bclint.engine.registry import load_rules
from bclint.engine.runner import check
from bclint.engine.tasks import Plan, Task
from bclint.engine.weigh import Scales, scales_for
from bclint.evidence.records import Evidence, Measurement, Record

SOURCE = b"import math\ndef f(xs):\n    for x in xs:\n        math.sqrt(x)\n"
RULES = tuple(rule for rule in load_rules() if rule.code == "BCL102")
RECORD = Record(Measurement(9.0, 3.0, 6.0, 3.0, (2.0, 4.0)), None)


@pytest.mark.parametrize(
    ("evidence", "found", "unmeasured"),
    [
        (Evidence(), 0, ("BCL102",)),
        (Evidence({"": {"3.13": RECORD}}), 0, ("BCL102",)),
        (Evidence({"": {"3.13": RECORD, "3.14": RECORD}}), 1, ()),
    ],
)
def test_what_is_silent_for_want_of_evidence(
    monkeypatch: pytest.MonkeyPatch, evidence: Evidence, found: int, unmeasured: tuple[str, ...]
) -> None:
    monkeypatch.setattr(
        runner,
        "scales_for",
        lambda targets: Scales(scales_for(targets).prices, lambda rule: evidence),
    )
    result = check(Task("a.py", RULES, SOURCE, targets=("3.13", "3.14")), Plan())
    assert (len(result.diagnostics), result.unmeasured) == (found, unmeasured)
