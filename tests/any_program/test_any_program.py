"""Two hundred programs on each version; `python tests/any_program/run.py` tries more."""

from __future__ import annotations

import pytest

from tests.any_program.generate import random_program
from tests.any_program.holding import Tried, numbered_programs

PROGRAMS = 200
PARTS = 2
FIXED = 4
"""How many of each part are fixed as well, which takes fifty times as long as linting them."""


@pytest.mark.parametrize("part", range(PARTS))
def test_no_program_crashes_bclint_and_all_fixes_hold(part: int) -> None:
    tried = Tried()
    for number, (name, text) in enumerate(numbered_programs(part * 100_000, PROGRAMS // PARTS)):
        tried.check(name, text, fixes=number < FIXED)
    assert tried.failures == []
    assert tried.programs == PROGRAMS // PARTS
    assert tried.refused == 0


def test_programs_have_something_to_find_and_to_fix() -> None:
    tried = Tried()
    for name, text in numbered_programs(900_000, 4):
        tried.check(name, text, fixes=True)
    assert tried.fixed


def test_what_does_not_compile_is_one_error() -> None:
    tried = Tried()
    for number in range(40):
        tried.check(f"{number}.py", random_program(number) + "\n)", fixes=True)
    assert tried.refused == 40
    assert tried.failures == []


def test_a_number_is_always_the_same_program() -> None:
    assert random_program(7) == random_program(7)
    assert len({random_program(number) for number in range(20)}) == 20
