"""What drawn modules are put together from: statements, expressions, and code that runs them."""

from __future__ import annotations

PREAMBLES = (
    "import contextlib, math, os, re\nfrom os import path",
    "import contextlib, math\nimport os.path\nimport re as re\nfrom os import path",
    "import contextlib, re, os\nfrom os import path\ntry: import math\nexcept ImportError: pass",
    "import contextlib, os, re\nfrom os import path\nif check(1):\n    import math",
    "import contextlib, math, os\nfrom os import path\ntry:\n    check(2)\nfinally:\n    import re",
)
BINDINGS = (
    "RATE = 1.5\nLIMIT = 3\nWORD = 'a'",
    "LIMIT = 3\nWORD = 'a'\nRATE = 0.5",
    "LIMIT = 3\nRATE = 2.0\nif tick():\n    WORD = 'a'",
    "WORD = 'a'\ndel WORD\nWORD = 'b'\nLIMIT = 1\nRATE = 1.0 if tick() else 1",
    "RATE = 0.1\nfor LIMIT in range(3):\n    WORD = 'b'",
    "LIMIT, WORD, RATE = 3, 'd', 4.0\nlen = check(len)",
)
REBINDERS = (
    *("def rebind():\n    pass",) * 3,
    "def rebind(value=7):\n    global LIMIT\n    LIMIT = value",
    "def rebind(value='r'):\n    global WORD\n    WORD = value",
    "def rebind():\n    global LIMIT, WORD\n    LIMIT, WORD = 5, 'z'",
    "def rebind():\n    global WORD\n    if 'WORD' in globals():\n        del WORD",
    "def rebind():\n    globals()['LIMIT'] = 9",
    "def rebind():\n    globals().update(WORD='g', LIMIT=10)",
    "def rebind(names=None):\n    exec('LIMIT = 12', names or globals())",
    "def rebind():\n    exec('global LIMIT, RATE; LIMIT = RATE = box')",
    "rebind = eval('lambda: globals().update(RATE=5, WORD=None)')",
    "def rebind(value=1):\n    global RATE\n    RATE = value",
    "class Other:\n    def rebind(self):\n        global LIMIT\n        LIMIT = 8\n"
    "rebind = Other().rebind",
)
LATER = (
    "",
    "",
    "LIMIT = 11",
    "RATE = 7",
    "WORD = 'later'",
    "del LIMIT",
    "len = check",
    "import math as re",
)
"""What the module does once it has called the function, or between two steps of it."""

ATOMS = (
    *("x", "x", "x", "y", "a", "b", "LIMIT", "LIMIT", "WORD", "limit", "box", "box.value"),
    *("numbers", "given", "out", "text", "acc", "math.pi", "1", "'w'", "len", "None", "size"),
    *("rate", "RATE"),
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
    *("','.join(str(v) for v in given)", "sorted((str(v) for v in numbers), reverse={0})"),
    *("tuple(f'{{v}}{{a}}' for v in given)", "{0} in {{b, len(text)}}", "text in {{str(x), 'a'}}"),
    *("sum(len(str(v)) for v in numbers)", "tuple(str(v) for v in (w for w in given))"),
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
    *("rate = rate * 2 - 1", "show(rate < 3, 2 - rate)", "rate = 0.25", "rate = RATE + -0"),
    *("rate, b = b, rate", "b, rate = rate, b", "text, b = b, text", "b, text = text, b"),
    *("show(x in {{b, (b := 'z')}})", "rate = [rate, rate := 1.5, {0}][0]", "rate = a = b"),
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
    *("show(','.join(str(v) for v in given))", "show(sorted(str(v) for v in numbers))"),
    *("n = len(str(x))\nshow(n in {{n, 2}})", "show(tuple(str(v) for v in given), {0})"),
    *(
        "n = str(x)\nshow(n in {{n, text}}, {0})",
        "n = len(text)\nshow(n in {{1, n}}, 5 in {{n, 7}})",
    ),
    *("show(2 * rate, rate / 3)", "rate = rate + 1", "show(rate == 0, {0})", "show(RATE * 2)"),
    *("from os import linesep\nshow(linesep, {0})", "import sys\nshow(sys.maxsize > 1)"),
    *("from os.path import join as k\nshow(k('a', 'b'))", "import math as k, os as n\nshow(k.pi)"),
    *("show(re.match('w+', 'wow'))", "show(re.split('[ab]', text), {0})", "b = rate * 3"),
    *(
        "show(re.compile('a+').sub('b', text))",
        "show(re.sub('a', WORD, text), re.search(WORD, 'w'))",
    ),
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
KINDS = (
    *("plain", "plain", "plain", "method", "closure", "closure", "generator", "generator"),
    *("coroutine", "module", "class"),
)
SETUPS = (
    *("out = []", "acc = []", "text = ''", "a = b = 0", "y = 1", "limit = LIMIT", "size = len"),
    "rate = 0.5",
)
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
RUNS = {
    "generator": GENERATOR_RUNS,
    "coroutine": COROUTINE_RUNS,
    "module": ("{later}",),
    "class": ("show(sorted(set(vars(Body)) & set('abxy')))",),
}

ENDS = {
    **dict.fromkeys(("plain", "method", "closure"), ("return out", "return acc, text", "show(a)")),
    "generator": ("yield text", "return out"),
    **dict.fromkeys(("module", "class"), ("show(out)", "show(acc, text)", "show(a)")),
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
