"""Drawn modules: a function around the patterns that rules look for, and code that runs it."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import indent

from hypothesis import strategies as st

PREAMBLES = (
    "import math, os, re\nfrom os import path",
    "import math\nimport os.path\nimport re as re\nfrom os import path",
    "import re, os\nfrom os import path\ntry:\n    import math\nexcept ImportError:\n    pass",
    "import os, re\nfrom os import path\nif check(1):\n    import math",
    "import math, os\nfrom os import path\ntry:\n    check(2)\nfinally:\n    import re",
)
BINDINGS = (
    "LIMIT = 3\nWORD = 'a'",
    "LIMIT = 3\nWORD = 'a'",
    "LIMIT = 3\nif tick():\n    WORD = 'a'",
    "WORD = 'a'\ndel WORD\nWORD = 'b'\nLIMIT = 1",
    "for LIMIT in range(3):\n    WORD = 'b'",
    "LIMIT, WORD = 3, 'd'\nlen = check(len)",
)
REBINDERS = (
    *("def rebind():\n    pass",) * 3,
    "def rebind(value=7):\n    global LIMIT\n    LIMIT = value",
    "def rebind(value='r'):\n    global WORD\n    WORD = value",
    "def rebind():\n    global LIMIT, WORD\n    LIMIT, WORD = 5, 'z'",
    "def rebind():\n    global WORD\n    if 'WORD' in globals():\n        del WORD",
    "class Other:\n    def rebind(self):\n        global LIMIT\n        LIMIT = 8\n"
    "rebind = Other().rebind",
)
LATER = ("", "", "LIMIT = 11", "WORD = 'later'", "del LIMIT", "len = check", "import math as re")
"""What the module does once it has called the function, or between two steps of it."""

ATOMS = (
    *("x", "x", "x", "y", "a", "b", "LIMIT", "LIMIT", "WORD", "limit", "box", "box.value"),
    *("numbers", "given", "out", "text", "acc", "math.pi", "1", "'w'", "len", "None", "size"),
)
EXPRESSIONS = (
    *("check({0})", "check({0})", "len(str({0}))", "len(box)", "{0} == {1}", "box + {0}"),
    *("{0} in (a, b)", "{0} in (x, b, 1)", "{0} in {{1, 'a'}}", "{0} in [a, LIMIT]", "(a, b)[0]"),
    *("{0} in {{a, 'b'}}", "{{'a': {0}, 1: b}}.get(1)", "isinstance({0}, (int, str))"),
    *("math.sqrt(4)", "math.floor(1.5)", "os.path.join('a', 'b')", "os.fspath('p')"),
    *("path.join('a', 'b')", "re.sub('a', 'b', str({0}))", "re.match('w', str({0}))"),
    *("re.compile('a+').findall(text)", "re.split(WORD, 'cow')", "re.findall('a', text)"),
    *("re.search(pattern='a', string=WORD)", "sorted(numbers, key=lambda v: v)"),
    *("sorted(numbers, key=lambda v, w={0}: v)", "max({0}, {1}, key=lambda v: 1)"),
    *("list(map(lambda v: {0}, numbers))", "(lambda: {0})()", "f'{{{0}}}'", "f'{{LIMIT=}}'"),
    *("f'{{math.pi=}}'", "f'{{{0}!r:>{{len(WORD)}}}}'", "f'{{text}}{{{0}}}'", "sum(numbers)"),
    *("[y for y in given if y in (a, b)]", "[len(str(y)) for y in given]", "abs(LIMIT)"),
    *("[LIMIT for LIMIT in given]", "any(v == LIMIT for v in numbers)", "not {0}", "print"),
    *("{{len(str(v)): v for v in given}}", "tuple(v for v in given)", "{0} if {1} else {2}"),
    *("1 < check(box) < {0}", "{0} and {1}", "{0} or {1}", "(limit := {0})", "(a := {0})"),
    *("[a := {0}, a]", "box.call({0})", "helper({0})", "box[{0}]", "str({0}) + WORD"),
    *("[[LIMIT for v in w] for w in [given]]", "size(str({0}))", "[LIMIT for y in given]"),
)
SIMPLE = (
    *("show({0})", "show({0})", "show({0}, {1})", "out.append({0})", "out.append({0})", "a = {0}"),
    *("b = {0}", "limit = LIMIT", "limit, a = LIMIT, {0}", "size = len", "sqrt = math.sqrt"),
    *("show(size(str({0})))", "sqrt = math.sqrt\nshow(sqrt(4), math.sqrt(9))", "x = {0}"),
    *("import os", "import math", "from os import path", "import os.path", "rebind()"),
    *("acc = acc + [{0}]", "acc += [{0}]", "acc = out", "acc = []", "acc = list(acc)"),
    *("acc = []\nfor y in given: acc.append({0})", "acc = []\nfor y in given:\n    acc.append(y)"),
    *("acc = list()\nfor y in numbers:\n    acc.append((y, {0}))", "text = ''", "a, b = b, a"),
    *("append = out.append\nfor y in given:\n    append({0})", "a: LIMIT = {0}", "box.count += 1"),
    *("box.value = {0}", "a = 1; b = {0}; show(a)", "show({0},\n     # why\n     {1})"),
    *("def g(v={0}): return v\nshow(g())", "def g(): return a\nshow(g())", "('''\n  a''')"),
)
QUIET = (
    *("for y in range(9): out.append(LIMIT)", "for y in range(9): out.append(y in (a, b))"),
    *("for y in range(9): out.append(len(text))", "for y in range(9):\n    acc = acc + [y]"),
    *("for y in range(9):\n    def k(v=a): return v\n    out.append(k())", "rebind()", "a = given"),
)
"""Loops that call nothing unknown, where most can be proved, and what may spoil that."""
RARE = ("del a", "del x", "LIMIT = 21", "show(sorted(locals()))", "acc = given", "assert {0}")
SHAPES = (
    *("show(limit, LIMIT)", "show(len(str(x)))", "show(math.sqrt(4), LIMIT)", "show(x in (a, b))"),
    *("show(re.sub('a', 'b', text))", "show(re.match('a', WORD))", "acc = acc + [x]"),
    *("acc = acc + [check(x)]", "text = text + str(x) + ','", "text = f'{{text}}{{x}}'"),
    *("def h(v=a): return v\nshow(h(), {0})", "def k(): return 1\nshow(k())", "show(len(box))"),
    *("show(sorted(numbers, key=lambda v: -v))", "import os\nshow(os.sep)", "show(size(str(x)))"),
    *("show(x in {{1, 'a', len}})", "show({{'k': a}}.get('k'))", "show(isinstance(x, (int, str)))"),
    *("out.append(LIMIT)", "out.append((x, LIMIT))", "for y in (a, b): show(y)", "append(x)"),
)
"""What rules look for; the first statement of most loops."""
EXITS = (
    "break",
    "continue",
    "return {0}",
    "raise ValueError(1)",
    "rebind(); break",
    "a = 9; break",
)
LEAVING = (
    *("x == 1: a = 5; break", "out: acc = given; break", "x: rebind(); break", "box: return out"),
    *("x == 1: text = given; continue", "x: size = str; break", "len(out) > 2: raise ValueError"),
)
"""Ways out of a ``try`` whose ``finally`` then runs with other values."""
ITERABLES = (
    *("given", "given", "given", "numbers", "check(given)", "range(LIMIT)", "range(9)", "(a, b)"),
    *("range(limit := 9)", "[a, b, LIMIT]", "list(given)", "(a := given)", "sorted(numbers)"),
    *("[v for v in given]", "(v for v in given)", "iter(numbers)", "box", "range(a := 9)", "{0}"),
)
TARGETS = ("x", "x", "x", "y", "a", "LIMIT", "box.value", "i", "limit")
TESTS = ("tick()", "len(out) < 9 and tick()", "tick() and check(1)", "tick() or LIMIT")
PATTERNS = (
    *("1", "[x, *y]", "math.pi", "str() | int()", "int(real=a)", "y if y in (a, b)", "_", "a"),
    *("{'k': a, **b}", "[math.pi, size]", "(1 | 2) as limit"),
)
KINDS = ("plain", "plain", "plain", "method", "closure", "generator", "generator", "coroutine")
SETUPS = ("out = []", "acc = []", "text = ''", "a = b = 0", "y = 1", "limit = LIMIT", "size = len")
GENERATOR_RUNS = (
    "attempt(list, f(box, box))",
    "it = f(box, numbers)\nattempt(next, it)\n{later}\nattempt(next, it)\nattempt(it.close)",
    "it = f(box, numbers)\nattempt(next, it)\n{later}\nattempt(it.send, box)\nattempt(list, it)",
    "it = f(box, box)\nattempt(next, it)\nattempt(it.throw, ValueError)\nattempt(list, it)",
)
COROUTINE_RUNS = (
    "attempt(finish, f(box, box))",
    "it = f(box, numbers)\nattempt(it.send, None)\n{later}\nattempt(finish, it)",
    "it = f(box, numbers)\nattempt(it.send, None)\n{later}\nattempt(it.close)",
)
PLAIN_RUNS = (
    "attempt(f, box, box)\n{later}\nattempt(f, box, numbers)",
    "{later}\nattempt(f, box, [3, 'w', None])",
    "attempt(f, box, numbers)\nattempt(f, box, [])",
)
RUNS = {"generator": GENERATOR_RUNS, "coroutine": COROUTINE_RUNS}


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
        return draw(st.sampled_from(["yield x", "show((yield))", "a = yield a"]))
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
    form = draw(st.sampled_from(["if", "if", "finally", "finally", "except", "with", "match"]))
    if form == "if":
        return f"if {condition}:\n{first}\nelse:\n{second}"
    if form == "finally":
        return f"try:\n{first}\nfinally:\n{second}"
    if form == "except":
        name = draw(st.sampled_from(["ValueError", "Exception as a", "(TypeError, ValueError)"]))
        end = draw(st.sampled_from(["", f"\nelse:\n{first}", f"\nfinally:\n{second}"]))
        return f"try:\n{first}\nexcept {name}:\n{second}{end}"
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


ENDS = {
    **dict.fromkeys(("plain", "method", "closure"), ("return out", "return acc, text", "show(a)")),
    "generator": ("yield text", "return out"),
    "coroutine": ("return acc, text", "await pause()"),
}
HELPERS = """
class Pause:
    def __await__(self):
        return (yield 'paused')

def pause():
    return Pause()

async def pausing(values):
    for value in values:
        await pause()
        yield value

def helper(value):
    show(value)
    return value
"""


def _function(kind: str, text: str) -> str:
    body = indent(text, "    ")
    if kind == "method":
        return f"class Owner:\n    def f(box, given, x=0):\n{indent(body, '    ')}\nf = Owner.f"
    if kind == "closure":
        # `a` is shared, `x` is read from outside.
        inner = f"    def f(box, given):\n        nonlocal a\n{indent(body, '    ')}"
        reset = "    def reset():\n        nonlocal a\n        a = 5"
        return f"def outer(a=1, x=2):\n{inner}\n{reset}\n    return f\nf = outer()"
    head = "async def" if kind == "coroutine" else "def"
    return f"{head} f(box, given, x=0):\n{body}"
