"""The assertions for users' tests, on a module that is written, imported and looked at."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from bclint.bytecode.versions import RUNNING
from bclint.testing import assert_clean, assert_loop_cost

MODULE = """\
import functools
import math


def roots(xs):
    for x in xs:
        math.sqrt(x)


def twins(xs):
    for x in xs:
        for y in xs:
            math.sqrt(x)


def silenced(xs):
    for x in xs:
        math.sqrt(x)  # noqa: BCL102


def clean(xs):
    sqrt = math.sqrt
    for x in xs:
        sqrt(x)


def comprehension(xs):
    return [x for x in xs]


def outer():
    def inner(xs):
        for x in xs:
            math.sqrt(x)

    return inner


def wrapped(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        return function(*arguments)

    return wrapper


class Group:
    @property
    def slow_property(self):
        for x in self:
            math.sqrt(x)

    @staticmethod
    @functools.cache
    @wrapped
    def slow_static(xs):
        for x in xs:
            math.sqrt(x)

    def clean(self):
        return len(self)
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "roots.py"
    path.write_text(MODULE)
    specification = importlib.util.spec_from_file_location("bclint_roots", path)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    monkeypatch.setitem(sys.modules, "bclint_roots", module)
    specification.loader.exec_module(module)
    return module


def test_the_message_shows_finding_change_and_bytecode(module: ModuleType) -> None:
    with pytest.raises(AssertionError) as raised:
        assert_clean(module.roots)
    lines = str(raised.value).splitlines()
    assert lines[0] == "`roots` is not clean: 1 finding"
    assert lines[2] == "roots.py:7:9: BCL102 `math.sqrt` is looked up on every iteration"
    assert "help: bind `math.sqrt` before the loop" in lines
    bytecode = lines[lines.index("bytecode of line 7:") + 1 :]
    assert any(line.split()[:2] == ["7", "LOAD_GLOBAL"] and "math" in line for line in bytecode)
    assert all(line.split()[0] == "7" for line in bytecode)


def test_what_is_clean_passes(module: ModuleType) -> None:
    assert_clean(module.clean)
    assert_clean(module.silenced)
    assert_clean(module.Group.clean)
    assert_clean(module.roots, ignore=["BCL102"])
    assert_clean(module.roots, select=["BCL2", "BCL103"])
    assert_clean(module.roots, min_gain=100)


def test_the_code_inside_counts_and_wrappers_are_taken_off(module: ModuleType) -> None:
    import functools

    subjects = [
        (module.outer, "outer", 1),
        (module.outer(), "outer.<locals>.inner", 1),
        (functools.partial(module.roots, []), "roots", 1),
        (module.wrapped(module.roots), "roots", 1),
        (vars(module.Group)["slow_property"], "Group.slow_property", 1),
        (module.Group.slow_static, "Group.slow_static", 1),
        (vars(module.Group)["slow_static"], "Group.slow_static", 1),
        (module.Group, "Group", 2),
        (module, "bclint_roots", 5),
    ]
    for subject, name, count in subjects:
        with pytest.raises(AssertionError) as raised:
            assert_clean(subject, select=["BCL102"])
        plural = "s" if count > 1 else ""
        assert str(raised.value).startswith(f"`{name}` is not clean: {count} finding{plural}\n")


def test_settings_of_the_file_hold_where_nothing_is_said(module: ModuleType) -> None:
    Path("pyproject.toml").write_text(
        '[tool.bclint]\nmin-gain = 100\n[tool.bclint.per-file-ignores]\n"roots.py" = ["BCL102"]\n'
    )
    assert_clean(module.roots)
    assert_clean(module.roots, select=["BCL102"])
    with pytest.raises(AssertionError):
        assert_clean(module.roots, select=["BCL102"], min_gain=1)
    with pytest.raises(ValueError, match=r"^no rule is left to check `roots` with$"):
        assert_clean(module.roots, ignore=["ALL"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"select": ["ALLL"]}, "no rule is called `ALLL`; did you mean `ALL`?"),
        ({"select": "BCL1"}, "`select` must be a list of rules such as ['BCL102'], not 'BCL1'"),
        ({"ignore": [1]}, "`ignore` must be a list of rules such as ['BCL102'], not [1]"),
        ({"min_gain": 101}, "`min_gain` must be a percentage from 0 to 100, not 101"),
    ],
)
def test_options_that_cannot_be_used(
    module: ModuleType, options: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011  the whole text is compared
        assert_clean(module.roots, **options)  # type: ignore[arg-type]
    assert str(raised.value) == message


def test_what_has_no_source_is_told(module: ModuleType) -> None:
    with pytest.raises(TypeError, match=r"is no function, class or module that is written"):
        assert_clean(len)
    namespace: dict[str, object] = {}
    exec("def made(): pass", namespace)
    with pytest.raises(ValueError, match=r"^`made` .*source"):
        assert_clean(namespace["made"])
    Path("roots.py").write_text("\n" + MODULE)
    message = r"^`roots` is not in roots.py: it changed since it was imported$"
    with pytest.raises(ValueError, match=message):
        assert_clean(module.roots)
    Path("roots.py").write_text("def f(:\n")
    with pytest.raises(ValueError, match=r"^the source of `roots` cannot be used: roots.py:1:7: "):
        assert_clean(module.roots)


def test_the_cost_of_an_iteration(module: ModuleType) -> None:
    assert_loop_cost(module.roots, at_most=1000)
    with pytest.raises(AssertionError) as raised:
        assert_loop_cost(module.roots, at_most=0.5)
    headline, heads, *rows = str(raised.value).splitlines()
    place, start, cost = headline.partition(": an iteration of the loop in `roots` costs about ")
    assert place in {"roots.py:6:5", "roots.py:6:14"}  # up to 3.12 the header is the statement
    assert start
    assert cost.endswith(f" ns on CPython {RUNNING}, more than 0.5 ns")
    assert heads.split() == ["ns", "line", "instruction"]
    total = sum(float(row.split()[0]) for row in rows)
    assert total == pytest.approx(float(cost.split()[0]), abs=1)
    assert {row.split()[1] for row in rows} == {"6", "7"}
    assert any("LOAD_GLOBAL" in row for row in rows)


def test_a_lookup_less_costs_less(module: ModuleType) -> None:
    """What the change of `roots` into `clean` saves is what the assertion can hold on to."""
    before, after = (cost_of(function) for function in (module.roots, module.clean))
    assert after < before
    assert_loop_cost(module.clean, at_most=after + 0.5)
    with pytest.raises(AssertionError):
        assert_loop_cost(module.roots, at_most=(after + before) / 2)


def test_an_inner_loop_counts_ten_times(module: ModuleType) -> None:
    assert cost_of(module.twins) > 9 * cost_of(module.roots)


def cost_of(function: object) -> float:
    with pytest.raises(AssertionError) as raised:
        assert_loop_cost(function, at_most=0.001)
    rows = str(raised.value).splitlines()[2:]
    return sum(float(row.split()[0]) for row in rows)


def test_comprehensions_are_loops_on_every_version(module: ModuleType) -> None:
    with pytest.raises(AssertionError, match="an iteration of the loop in `comprehension"):
        assert_loop_cost(module.comprehension, at_most=0.001)


def test_a_budget_that_cannot_be_used(module: ModuleType) -> None:
    with pytest.raises(ValueError, match=r"^`Group.clean` has no loop$"):
        assert_loop_cost(module.Group.clean, at_most=10)
    for wrong in (0, -1, True, "10"):
        with pytest.raises(ValueError, match="`at_most` must be a number of nanoseconds above 0"):
            assert_loop_cost(module.roots, at_most=wrong)  # type: ignore[arg-type]
