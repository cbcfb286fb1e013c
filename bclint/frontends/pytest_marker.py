"""The marker ``bclint``: what its options say, as assertions that run before the test."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from bclint.engine.spelling import suggestion
from bclint.testing.assertions import assert_clean, assert_loop_cost

_OPTIONS = ("functions", "select", "ignore", "min_gain", "at_most")


def require_clean(test: pytest.Function) -> None:
    """Fail `test` unless what its markers name is clean, and their options can be used."""
    for mark in test.iter_markers("bclint"):
        failure = _failure(test, mark)
        if failure:
            pytest.fail(failure, pytrace=False)


def _failure(test: pytest.Function, mark: pytest.Mark) -> str | None:
    options: dict[str, Any] = dict(mark.kwargs)
    if mark.args:
        return "the marker `bclint` takes options by name only, such as functions=[...]"
    for name in options:
        if name not in _OPTIONS:
            hint = suggestion(name, _OPTIONS)
            return f"the marker `bclint` has no option `{name}`{hint}"
    functions = options.pop("functions", (test.function,))
    if not isinstance(functions, Iterable):
        return f"the marker `bclint`: `functions` must be a list of functions, not {functions!r}"
    at_most = options.pop("at_most", None)
    try:
        for function in functions:
            assert_clean(function, **options)
            if at_most is not None:
                assert_loop_cost(function, at_most=at_most)
    except AssertionError as error:
        return str(error)
    except (TypeError, ValueError) as error:
        return f"the marker `bclint`: {error}"
    return None
