"""Corner cases that people thought of, in corners.txt: what they do is the same after fixing.

Each is a module below a line ``# ---``, its first comment names the code it is about and what is
odd. Many are not fixed at all: then a fix that would break them was held back. ``[3.14+]`` at the
end of a comment: it is no Python before.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.differential.comparison import LOOKUPS, PLANS, compiled
from tests.differential.test_differential import check

MODULES = (Path(__file__).parent / "corners.txt").read_text(encoding="utf-8").split("# ---\n")


def title(source: str) -> str:
    return source.partition("\n")[0].removeprefix("# ")


def is_newer(source: str) -> bool:
    """Whether the module is written for versions after this one."""
    needed = re.search(r"\[(\d+)\.(\d+)\+\]$", title(source))
    return needed is not None and sys.version_info < (int(needed[1]), int(needed[2]))


@pytest.mark.parametrize("source", MODULES, ids=title)
def test_a_corner_case_does_the_same_after_fixing(source: str) -> None:
    if is_newer(source):
        pytest.skip("its syntax is of a later version")
    assert compiled(source) is not None
    # A lookup that moves first leaves nothing for the rule that the case is about.
    about_lookups = title(source)[:3] in {"101", "102", "107"} or title(source)[:1].isalpha()
    check(source, PLANS, frozenset() if about_lookups else LOOKUPS)


def test_enough_of_the_corner_cases_are_fixed() -> None:
    """Where nothing were ever fixed, nothing would be tried."""
    tried = [source for source in MODULES[::8] if not is_newer(source)]
    fixed = sum(bool(check(source, PLANS[:1], frozenset())) for source in tried)
    assert fixed >= len(tried) // 4, sys.version
