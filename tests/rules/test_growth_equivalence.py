"""Safe fixes of BCL301 and BCL302 change nothing that can be seen: drawn functions, run twice.

Each drawn function is run as it is and as the fixes leave it, with the same arguments. Results,
exceptions, every recorded effect and all lists that got out must be equal.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from textwrap import indent
from types import FrameType
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bclint.engine.fixing import apply_fixes
from bclint.source import SourceFile
from bclint_rules.append_loop.rule import RULE as APPEND_LOOP
from bclint_rules.quadratic_growth.rule import RULE as QUADRATIC_GROWTH

RULES = (QUADRATIC_GROWTH, APPEND_LOOP)

ITEMS = st.sampled_from(
    ["x", "check(x)", "(x, 1)", "[x]", "x if x else 0", "len(acc)", "str(x)", "check(acc and 1)"]
)
ITERABLES = st.sampled_from(
    ["xs", "range(60)", "sorted(xs)", "noisy(xs)", "acc", "list(xs)", "kept", "zip(xs, xs)"]
)
GROWTHS = st.sampled_from(
    [
        "acc = acc + [{item}]",
        "acc = acc + [{item}]",
        "acc = acc + [{item}, 2]",
        "acc = acc + [{item}] + [3]",
        "acc = acc + list(xs)",
        "acc += [{item}]",
        "acc = [{item}] + acc",
        "text = text + str({item}) + ','",
        "text = text + check('a') + ','",
        "text = f'{{text}}{{{item}}}'",
    ]
)
LOOKS = st.sampled_from(
    [
        "log(len(acc))",
        "log(acc[-1])",
        "log(text)",
        "log(x)",
        "log(list(acc))",
        "log([y for y in acc])",
        "log(2 in acc)",
        "acc.append(0)",
        "acc.sort(key=str)",
        "acc[0:1] = [7, 7]",
        "a, *b = acc",
    ]
)
LEAKS = st.sampled_from(
    [
        "kept = acc",
        "out.append(acc)",
        "out.append(acc or xs)",
        "kept = acc if x else xs",
        "acc = kept",
        "kept = other = acc",
        "kept = iter(acc)",
        "out.append(lambda: 0)",
        "(acc.append if xs else log)(5)",
        "acc = out",
    ]
)
JUMPS = st.sampled_from(
    ["if check(len(acc)) == 3: break", "if x == 2: continue", "if len(acc) > 4: return acc"]
)
RESETS = st.sampled_from(["acc = []", "acc = []", "acc = list()", "acc = [1]", "text = ''"])


@st.composite
def append_loops(draw: st.DrawFn) -> str:
    target, items = draw(st.sampled_from([("x", ITEMS), ("x", st.just("x")), ("y", st.just("y"))]))
    between = draw(st.sampled_from(["", "", "", "log(1)\n"]))
    item, iterable = draw(items), draw(ITERABLES)
    return f"acc = []\n{between}for {target} in {iterable}:\n    acc.append({item})"


@st.composite
def growths(draw: st.DrawFn) -> str:
    return draw(GROWTHS).format(item=draw(ITEMS))


def blocks(depth: int) -> st.SearchStrategy[str]:
    kinds = [growths(), growths(), LOOKS, RESETS, append_loops(), append_loops(), LEAKS]
    if depth:
        kinds += [compound(depth - 1)] * 3
    return st.lists(st.one_of(kinds), min_size=1, max_size=3).map("\n".join)


@st.composite
def compound(draw: st.DrawFn, depth: int) -> str:
    body = draw(blocks(depth))
    kind = draw(st.sampled_from(["for", "for", "for", "while", "try", "finally", "with", "if"]))
    if kind in {"for", "while"} and draw(st.booleans()):
        body += f"\n{draw(JUMPS)}"
    body = indent(body, "    ")
    if kind == "for":
        return f"for x in {draw(ITERABLES)}:\n{body}"
    if kind == "while":
        return f"while check(len(acc)) < 5 and tick():\n{body}"
    if kind == "try":
        return f"try:\n{body}\nexcept ValueError:\n    {draw(LOOKS)}"
    if kind == "finally":
        return f"try:\n{body}\nfinally:\n    {draw(LOOKS)}"
    if kind == "with":
        return f"with quiet:\n{body}"
    return f"if xs:\n{body}"


@st.composite
def functions(draw: st.DrawFn) -> str:
    body = "\n".join(draw(st.lists(compound(1) | append_loops(), min_size=1, max_size=3)))
    end = draw(st.sampled_from(["return acc, text", "return acc, text, x", "return text"]))
    start = draw(st.sampled_from(["acc = []", "acc = []", "acc = list()", "acc = kept", "pass"]))
    text = draw(st.sampled_from(["text = ''", "text = ''", "text = str(len(xs))"]))
    code = f"{start}\n{text}\n{body}\n{end}"
    return f"def f(xs, out, kept, log, check, noisy, tick, quiet):\n{indent(code, '    ')}\n"


class Endless(BaseException):
    """A drawn function runs for too long."""


@contextmanager
def limited(lines: int) -> Iterator[None]:
    """End drawn code after so many lines: a loop over a list that it grows never does."""
    left = iter(range(lines))

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename != "drawn.py":
            return None
        if event == "line" and next(left, None) is None:
            raise Endless
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


class Quiet:
    """A context manager that suppresses the exceptions that drawn functions raise."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, *_: object) -> bool:
        return kind is ValueError


def outcome_of(source: str, xs: list[int], failing: int) -> list[object]:
    """Everything that can be seen of one run."""
    namespace: dict[str, Any] = {}
    exec(compile(source, "drawn.py", "exec"), namespace)
    seen: list[object] = []
    out: list[object] = []
    kept: list[object] = [9]
    steps = iter(range(300))

    def check(value: object) -> object:
        step = next(steps, None)
        seen.append(("check", repr(value)))
        if step is None or step == failing:
            raise ValueError(step)
        return value

    def noisy(values: list[int]) -> Iterator[int]:
        for value in values:
            check(value)
            yield value

    def tick() -> bool:
        return next(steps, None) is not None

    function: Callable[..., object] = namespace["f"]
    try:
        given = list(xs)
        log = lambda value: seen.append(("log", repr(value)))  # noqa: E731
        with limited(5000):
            result: object = function(given, out, kept, log, check, noisy, tick, Quiet())
        seen.append(repr(result))
    except Exception as error:
        seen.append((type(error), str(error)))
    return [*seen, _shape(out, kept, given), given, kept]


def _shape(*lists: list[Any]) -> list[str]:
    """What the lists hold, and which of them are the same object."""
    return [repr(one)[:2000].partition(" at 0x")[0] for one in lists]


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(functions(), st.lists(st.integers(0, 4), max_size=4), st.integers(0, 12))
def test_safe_fixes_keep_every_effect(source: str, xs: list[int], failing: int) -> None:
    original = SourceFile("drawn.py", source.encode())
    fixed = apply_fixes(original, RULES, unsafe=False, select=lambda _, found: found)
    assert not fixed.rejected, (source, fixed.rejected)
    assert not fixed.problems
    if not fixed.applied:
        return
    for index in (failing, -1):
        try:
            expected = outcome_of(source, xs, index)
        except Endless:
            continue
        assert outcome_of(fixed.source.text, xs, index) == expected, (source, fixed.source.text)
