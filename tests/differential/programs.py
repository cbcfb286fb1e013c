"""Drawn modules: a function around the patterns that rules look for, and code that runs it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import indent

from hypothesis import strategies as st

from tests.differential.fragments import (
    ATOMS,
    BINDINGS,
    ENDS,
    EXITS,
    EXPRESSIONS,
    HELPERS,
    ITERABLES,
    KINDS,
    LATER,
    LEAVING,
    PATTERNS,
    PLAIN_RUNS,
    PREAMBLES,
    QUIET,
    RARE,
    REBINDERS,
    RUNS,
    SETUPS,
    SHAPES,
    SIMPLE,
    TARGETS,
    TESTS,
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a statement stands: what may be written there."""

    kind: str
    depth: int
    in_loop: bool = False


@st.composite
def expressions(draw: st.DrawFn, depth: int = 1) -> str:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(ATOMS))
    parts = [draw(expressions(depth - 1)) for _ in range(3)]
    return draw(st.sampled_from(EXPRESSIONS)).format(*parts)


@st.composite
def filled(draw: st.DrawFn, templates: tuple[str, ...]) -> str:
    template = draw(st.sampled_from(templates))
    return template.format(draw(expressions()), draw(expressions()))


@st.composite
def simple_statements(draw: st.DrawFn, around: Surroundings) -> str:
    chance = draw(st.integers(0, 29))
    if around.kind == "generator" and chance < 6:
        return draw(
            st.sampled_from(["yield x", "show((yield))", "a = yield a", "yield from given"])
        )
    if around.kind == "coroutine" and chance < 6:
        return draw(st.sampled_from(["await pause()", "show(await pause(), LIMIT)"]))
    if around.in_loop and chance < 11:
        condition, leaving = draw(expressions()), draw(filled(EXITS))
        return f"if {condition}: {leaving}"
    return draw(filled(RARE if chance == 29 else QUIET if chance > 22 else SIMPLE))


@st.composite
def blocks(draw: st.DrawFn, around: Surroundings) -> str:
    count = draw(st.integers(1, 3))
    lines = []
    for _ in range(count):
        compound = around.depth > 0 and draw(st.integers(0, 3)) == 0
        lines.append(draw(compounds(around) if compound else simple_statements(around)))
    return "\n".join(lines)


@st.composite
def compounds(
    draw: st.DrawFn, around: Surroundings, kinds: str = "for for while other other"
) -> str:
    kind = draw(st.sampled_from(kinds.split()))
    if kind in {"for", "while"}:
        return draw(loops(around, kind))
    inner = Surroundings(around.kind, around.depth - 1, around.in_loop)
    first, second = draw(_indented(inner)), draw(_indented(inner))
    condition = draw(expressions())
    forms = ["if", "if", "finally", "finally", "except", "with", "match", "group", "suppress"]
    form = draw(st.sampled_from(forms))
    if form == "if":
        return f"if {condition}:\n{first}\nelse:\n{second}"
    if form == "finally":
        return f"try:\n{first}\nfinally:\n{second}"
    if form == "except":
        name = draw(st.sampled_from(["ValueError", "Exception as a", "(TypeError, ValueError)"]))
        end = draw(st.sampled_from(["", f"\nelse:\n{first}", f"\nfinally:\n{second}"]))
        return f"try:\n{first}\nexcept {name}:\n{second}{end}"
    if form == "group":
        return f"try:\n{first}\nexcept* ValueError as b:\n{second}"
    if form == "suppress":
        return f"with contextlib.suppress(ValueError, TypeError):\n{first}"
    if form == "with":
        return f"with box{draw(st.sampled_from(['', ' as b']))}:\n{first}"
    pattern = draw(st.sampled_from(PATTERNS))
    return f"match {condition}:\n    case {pattern}:\n{indent(first, '    ')}"


@st.composite
def loops(draw: st.DrawFn, around: Surroundings, kind: str) -> str:
    body = draw(blocks(Surroundings(around.kind, around.depth - 1, in_loop=True)))
    form = draw(st.sampled_from(["first", "first", "first", "none", "finally"]))
    if form == "first":
        body = f"{draw(filled(SHAPES))}\n{body}"
    if form == "finally":
        leaving = draw(st.sampled_from(LEAVING))
        shape = indent(draw(filled(SHAPES + QUIET)), "    ")
        body = f"try:\n    if {leaving}\n{indent(body, '    ')}\nfinally:\n{shape}"
    head = draw(_heads(around, kind))
    end = draw(st.sampled_from(["", "", "", "\nelse:\n    show(x)"]))
    return f"{head}:\n{indent(body, '    ')}{end}"


@st.composite
def _heads(draw: st.DrawFn, around: Surroundings, kind: str) -> str:
    if kind == "while":
        return f"while {draw(st.sampled_from(TESTS))}"
    if around.kind == "coroutine" and draw(st.booleans()):
        return "async for x in pausing(given)"
    if draw(st.integers(0, 9)) == 0:
        return "for x, y in enumerate(given)"
    suspending = ("(yield)", "[given, (yield)][0]") if around.kind == "generator" else ()
    return f"for {draw(st.sampled_from(TARGETS))} in {draw(filled(ITERABLES + suspending))}"


@st.composite
def _indented(draw: st.DrawFn, around: Surroundings) -> str:
    return indent(draw(blocks(around)), "    ")


@st.composite
def modules(draw: st.DrawFn) -> str:
    """The source of a module that defines a function, and runs it."""
    kind = draw(st.sampled_from(KINDS))
    bindings = [draw(st.sampled_from(PREAMBLES)), draw(st.sampled_from(BINDINGS))]
    defined = [draw(st.sampled_from(REBINDERS)), HELPERS, draw(_functions(kind))]
    if draw(st.integers(0, 4)) == 0:
        bindings, defined = bindings[:1], defined + bindings[1:]
    run = draw(st.sampled_from(RUNS.get(kind, PLAIN_RUNS)))
    return "\n".join([*bindings, *defined, run.format(later=draw(st.sampled_from(LATER))), ""])


@st.composite
def _functions(draw: st.DrawFn, kind: str) -> str:
    around = Surroundings(kind, depth=2)
    body = list(SETUPS)
    if draw(st.integers(0, 9)) == 0:
        del body[draw(st.integers(0, len(SETUPS) - 1))]
    body += draw(st.lists(st.sampled_from(["append = out.append", "sqrt = math.sqrt"]), max_size=1))
    body += [draw(blocks(around)), draw(compounds(around, "for for while other"))]
    body += [draw(blocks(around)), draw(st.sampled_from(ENDS[kind]))]
    text = "\n".join(body)
    if "LIMIT = 21" in text or "for LIMIT in" in text or draw(st.integers(0, 9)) == 0:
        text = f"global LIMIT\n{text}"
    return _function(kind, text)


def _function(kind: str, text: str) -> str:
    body = indent(text, "    ")
    if kind == "method":
        return f"class Owner:\n    def f(box, given, x=0):\n{indent(body, '    ')}\nf = Owner.f"
    if kind == "closure":
        return _closure(body)
    if kind in {"module", "class"}:
        alone = "\n".join(map(_without_return, text.splitlines()))
        opened = f"x, given = 0, numbers\n{alone}"
        return opened if kind == "module" else f"class Body:\n{indent(opened, '    ')}"
    head = "async def" if kind == "coroutine" else "def"
    return f"{head} f(box, given, x=0):\n{body}"


def _closure(body: str) -> str:
    """`a` is shared, `x` is read from outside; any step may rebind `a`."""
    inner = f"    def f(box, given):\n        nonlocal a\n{indent(body, '    ')}"
    reset = "    def reset():\n        nonlocal a\n        a = 5\n        others()"
    start = f"def outer(a=1, x=2, others=rebind):\n    global rebind\n{inner}\n{reset}"
    return f"{start}\n    rebind = reset\n    return f\nf = outer()"


def _without_return(line: str) -> str:
    """Outside of functions: what would be returned is shown."""
    if line.lstrip().startswith("def "):
        return line
    return re.sub(r"\breturn (.*)", r"show((\1))", line)
