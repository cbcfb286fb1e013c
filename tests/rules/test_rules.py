"""The page of every shipped rule: each case is a test, and so is the form that all share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bclint.rule import Rule
from bclint.testing.cases import Case
from bclint.testing.form import check_form
from bclint.testing.page import PageError
from bclint.testing.runner import check_case, check_pairs, is_bound_elsewhere, page_of
from bclint_rules import PACK

every_rule = pytest.mark.parametrize("rule", PACK.rules, ids=lambda rule: rule.code)


def cases() -> Iterator[object]:
    """Every case that can be read; a page that cannot fails in `test_form`."""
    for rule in PACK.rules:
        try:
            page = page_of(rule)
        except PageError:
            continue
        for case in page.cases:
            yield pytest.param(rule, case, id=f"{rule.code}: {case.title}")


@every_rule
def test_form(rule: Rule) -> None:
    assert list(check_form(rule, page_of(rule))) == []


@every_rule
def test_example_and_use_instead(rule: Rule) -> None:
    assert list(check_pairs(rule, page_of(rule))) == []


@pytest.mark.parametrize(("rule", "case"), list(cases()))
def test_case(rule: Rule, case: Case) -> None:
    if is_bound_elsewhere(case):
        pytest.skip(f"the case is bound to {case.versions}")
    failures = list(check_case(rule, page_of(rule), case))
    assert not failures, "\n".join(failures)
