"""Binding before the loop: what the text becomes, what weakens the fix, what forbids it."""

from __future__ import annotations

import sys

import pytest

from bclint.diagnostics import Applicability, Edit, Verdict
from bclint.fix.context import FixContext
from bclint.fix.hoist import bind_before_loop
from bclint.source import Span
from tests.fix.helpers import SAFE, applied, context_of, dedented, marked

CHANGES = {
    "every place, base of an attribute": (
        """
        def f(self, xs):
            # why
            for x in ⟦xs⟧:  # loop
                «self.items».append(x)
                «self.items»[0] = «self.items»(x)  # three
        """,
        """
        def f(self, xs):
            # why
            new = self.items
            for x in xs:  # loop
                new.append(x)
                new[0] = new(x)  # three
        """,
    ),
    "async method": (
        """
        class A:
            @deco
            async def f(self, xs):
                async for x in ⟦xs⟧:
                    print(«self.items», x)
        """,
        """
        class A:
            @deco
            async def f(self, xs):
                new = self.items
                async for x in xs:
                    print(new, x)
        """,
    ),
    "f-string": (
        """
        def f(self, xs):
            for x in ⟦xs⟧:
                print(f"{«self.items»!r:>{x}} {{self}} {f'{«self.items»}'}")
        """,
        """
        def f(self, xs):
            new = self.items
            for x in xs:
                print(f"{new!r:>{x}} {{self}} {f'{new}'}")
        """,
    ),
    "over lines": (
        """
        def f(self, xs):
            for x in ⟦xs⟧:
                print((
                    «self
                    .items»
                ), x)
        """,
        """
        def f(self, xs):
            new = (self
                    .items)
            for x in xs:
                print((
                    new
                ), x)
        """,
    ),
    "one-line loop": (
        """
        def f(self, xs):
            for x in ⟦xs⟧: print(«self.items»)
        """,
        """
        def f(self, xs):
            new = self.items
            for x in xs: print(new)
        """,
    ),
    "while": (
        """
        def f(self, n):
            while ⟦n < «self.items»:
                n += 1⟧
        """,
        """
        def f(self, n):
            new = self.items
            while n < new:
                n += 1
        """,
    ),
    "comprehension": (
        """
        def f(self, xs):
            if xs:
                return sum([x in «self.items» for x in ⟦xs⟧])
        """,
        """
        def f(self, xs):
            if xs:
                new = self.items
                return sum([x in new for x in xs])
        """,
    ),
    "display next to words": (
        """
        def f(xs):
            for x in ⟦xs⟧:
                if x in«(1, x)»or x: pass
        """,
        """
        def f(xs):
            new = (1, x)
            for x in xs:
                if x in new or x: pass
        """,
    ),
    "tuple as iterable": (
        """
        def f(self, a, b):
            for x in ⟦(a, b)⟧:
                x(«self.items»)
        """,
        """
        def f(self, a, b):
            new = self.items
            for x in (a, b):
                x(new)
        """,
    ),
    "as first iterable": (
        """
        def f(self, xs):
            return [y for y in [«self.items» for x in ⟦xs⟧]]
        """,
        """
        def f(self, xs):
            new = self.items
            return [y for y in [new for x in xs]]
        """,
    ),
    "quiet calls before": (
        """
        def f(self, xs):
            for x in ⟦reversed(range(len(xs.items())))⟧:
                x(«self.items»)
        """,
        """
        def f(self, xs):
            new = self.items
            for x in reversed(range(len(xs.items()))):
                x(new)
        """,
    ),
    "columns are code points": (
        """
        def f(self, xs):
            for x in ⟦xs⟧:
                print("é日本😀", «self.é», "😀", «self.é»)
        """,
        """
        def f(self, xs):
            new = self.é
            for x in xs:
                print("é日本😀", new, "😀", new)
        """,
    ),
    "tabs": (
        "def f(self, xs):\n\tif xs:\n\t\tfor x in ⟦xs⟧:\n\t\t\tx(«self.items»)\n",
        "def f(self, xs):\n\tif xs:\n\t\tnew = self.items\n\t\tfor x in xs:\n\t\t\tx(new)\n",
    ),
    "no last newline": (
        "def f(self, xs):\n  for x in ⟦xs⟧: x(«self.items»)",
        "def f(self, xs):\n  new = self.items\n  for x in xs: x(new)",
    ),
    "inner function": (
        """
        def f(self):
            def g(xs):
                for x in ⟦xs⟧:
                    x(«self.items»)
            new_in_f = g
        """,
        """
        def f(self):
            def g(xs):
                new = self.items
                for x in xs:
                    x(new)
            new_in_f = g
        """,
    ),
    "else branch": (
        """
        def f(self, xs):
            if self:
                pass
            elif xs:
                for x in ⟦xs⟧:
                    x(«self.items»)
        """,
        """
        def f(self, xs):
            if self:
                pass
            elif xs:
                new = self.items
                for x in xs:
                    x(new)
        """,
    ),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(("before", "after"), CHANGES.values(), ids=CHANGES)
def test_changes(before: str, after: str, newline: str) -> None:
    source, diagnostic = marked(before, newline=newline)
    fix = bind_before_loop(context_of(source, diagnostic), diagnostic, names=["new"])
    assert fix is not None
    assert applied(source, fix) == dedented(after).replace("\n", newline)
    assert (fix.applicability, fix.reason) == (SAFE.applicability, SAFE.reason)


WEAKENED = {
    "call in the head": (
        "def f(self):\n  for x in ⟦self.load()⟧:\n    x(«self.items»)\n",
        Applicability.UNSAFE,
        "`self.load()` on line 2 runs between the binding and the loop",
    ),
    "own function of a builtin's name": (
        "def f(self, zip):\n  for x in ⟦zip(self)⟧:\n    x(«self.items»)\n",
        Applicability.UNSAFE,
        "`zip(self)` on line 2 runs between",
    ),
    "callback in the head": (
        "def f(self, xs):\n  for x in ⟦sorted(xs, key=self.load)⟧:\n    x(«self.items»)\n",
        Applicability.UNSAFE,
        "`sorted(xs, key=self.load)` on line 2 runs between",
    ),
    "call before the comprehension": (
        "def f(self, xs):\n  return xs.reload(), [«self.items» for x in ⟦xs⟧]\n",
        Applicability.UNSAFE,
        "`xs.reload()` on line 2 runs between the binding and the loop",
    ),
    "right side of and": (
        "def f(self, xs):\n  return xs and [«self.items» for x in ⟦xs⟧]\n",
        Applicability.UNSAFE,
        "the right side of `and` or `or`: it may not run",
    ),
    "conditional expression": (
        "def f(self, xs):\n  return [«self.items» for x in ⟦xs⟧] if xs else 0\n",
        Applicability.UNSAFE,
        "one branch of a conditional expression",
    ),
    "chained comparison": (
        "def f(self, xs):\n  return 1 < 2 < [«self.items» for x in ⟦xs⟧]\n",
        Applicability.UNSAFE,
        "a chained comparison",
    ),
    "assert": (
        "def f(self, xs):\n  assert xs, [«self.items» for x in ⟦xs⟧]\n",
        Applicability.UNSAFE,
        "an `assert`",
    ),
    "default": (
        "def f(self, xs):\n  def g(a=[«self.items» for x in ⟦xs⟧]): pass\n",
        Applicability.UNSAFE,
        "the head of a definition",
    ),
    "second with item": (
        "def f(self, xs):\n  with xs, a([«self.items» for x in ⟦xs⟧]): pass\n",
        Applicability.UNSAFE,
        "a `with` that first enters",
    ),
    "module": (
        "for x in ⟦xs⟧:\n  x(«self.items»)\n",
        Applicability.UNSAFE,
        "an attribute of the module",
    ),
    "class": (
        "class A:\n  for x in ⟦xs⟧:\n    x(«self.items»)\n",
        Applicability.UNSAFE,
        "an attribute of the class",
    ),
    "class in a function": (
        "def f(self, xs):\n class A:\n  for x in ⟦xs⟧:\n    x(«self.items»)\n",
        Applicability.UNSAFE,
        "an attribute of the class",
    ),
    "generator expression": (
        "def f(self, xs):\n  return sum(«self.items» for x in ⟦xs⟧)\n",
        Applicability.DISPLAY_ONLY,
        "line 2 runs in a scope of its own",
    ),
    "lambda in the loop": (
        "def f(self, xs):\n  for x in ⟦xs⟧:\n    «self.items»\n    x(lambda: «self.items»)\n",
        Applicability.DISPLAY_ONLY,
        "line 4 runs in a scope of its own",
    ),
    "locals": (
        "def f(self, xs):\n  for x in ⟦xs⟧:\n    x(«self.items»)\n  return locals()\n",
        Applicability.DISPLAY_ONLY,
        "looks at its local names",
    ),
}


@pytest.mark.parametrize(("before", "applicability", "reason"), WEAKENED.values(), ids=WEAKENED)
def test_weakened(before: str, applicability: Applicability, reason: str) -> None:
    source, diagnostic = marked(before)
    fix = bind_before_loop(context_of(source, diagnostic), diagnostic, names=["new"])
    assert fix is not None
    assert fix.applicability is applicability
    assert reason in fix.reason


FORBIDDEN = {
    "text printed": "def f(self, xs):\n  for x in ⟦xs⟧: print(f'{«self.items»=}')\n",
    "pattern": "def f(self, x):\n  while ⟦x⟧:\n    match x:\n      case «self.items» | 0: pass\n",
    "key of a pattern": "def f(a, x):\n  while ⟦x⟧:\n    match x:\n      case {«a.x»: 1}: pass\n",
    "nested text printed": "def f(self, xs):\n  for x in ⟦xs⟧: print(f'{x(«self.items»)=}')\n",
    "assigned": "def f(self, xs):\n  for x in ⟦xs⟧:\n    «self.items» += x\n",
    "unpacked into": "def f(self, xs):\n  for x in ⟦xs⟧:\n    (a, [«self.items», b]) = x\n",
    "deleted": "def f(self, xs):\n  for x in ⟦xs⟧:\n    del «self.items»\n",
    "no such expression": "def f(self, xs):\n  for x in ⟦xs⟧:\n    x(«self.it»ems)\n",
    "places differ": "def f(self, xs):\n  for x in ⟦xs⟧:\n    «self.items»(«self.x»)\n",
    "comment inside": "def f(self, xs):\n  for x in ⟦xs⟧:\n    x(«self. # why\n items»)\n",
    "walrus": "def f(self, xs):\n  for x in ⟦xs⟧:\n    x(«(y := 1)»)\n",
    "await": "async def f(self, xs):\n  for x in ⟦xs⟧:\n    x(«await self»)\n",
    "one-line suite": "def f(self, xs): return [«self.items» for x in ⟦xs⟧]\n",
    "elif": "def f(self, xs):\n  if xs: pass\n  elif [«self.items» for x in ⟦xs⟧]: pass\n",
    "while test": "def f(self, xs):\n  while [«self.items» for x in ⟦xs⟧]: self.pop()\n",
    "inner comprehension": "def f(xs):\n  return [[«x.items» for y in ⟦x⟧] for x in xs]\n",
    "second for": "def f(xs):\n  return [«x.items» for x in xs for y in ⟦x⟧]\n",
    "lambda": "def f(xs):\n  return lambda x: [«x.items» for y in ⟦xs⟧]\n",
    "lambda's parameter": "def f(x, xs):\n  for y in ⟦xs⟧:\n    y(lambda x: «x.items»)\n",
    "comprehension's target": "def f(x, xs):\n  for y in ⟦xs⟧:\n    y([«x.items» for x in y])\n",
    "after another statement": "def f(self, xs):\n  a(); b = [«self.items» for x in ⟦xs⟧]\n",
    "case": "def f(self, xs):\n  match xs:\n    case a if [«a.items» for x in ⟦xs⟧]: pass\n",
    "class comprehension": "class A:\n  b = [«self.items» for x in ⟦xs⟧]\n",
    "continued line": "def f(self, xs):\n  \\\n  b = [«self.items» for x in ⟦xs⟧]\n",
    "bound in the head": "def f(g):\n  for x in ⟦(y := g)⟧:\n    x(«y.items»)\n",
    "bound before": "def f(g, xs):\n  return (y := g), [«y.items» for x in ⟦xs⟧]\n",
    "template": "def f(self, xs):\n  for x in ⟦xs⟧: print(t'{«self.items»}')\n",
    "name taken": "def f(new, new_, self, xs):\n  for x in ⟦xs⟧:\n    x(«self.items»)\n",
}


@pytest.mark.parametrize("before", FORBIDDEN.values(), ids=FORBIDDEN)
def test_forbidden(before: str) -> None:
    source, diagnostic = marked(before)
    if "print(t'" in before and sys.version_info < (3, 14):
        pytest.skip("templates came with 3.14")
    compile(source.text, "example.py", "exec")
    context = FixContext.of(source, diagnostic)
    assert context is None or bind_before_loop(context, diagnostic, names=["new"]) is None


def test_the_verdict_is_never_raised() -> None:
    verdict = Verdict(Applicability.DISPLAY_ONLY, "`x()` may rebind `self.items`")
    source, diagnostic = marked(
        "def f(self):\n  for x in ⟦x()⟧:\n    x(«self.items»)\n", verdict=verdict
    )
    fix = bind_before_loop(context_of(source, diagnostic), diagnostic, names=["new"])
    assert fix is not None
    assert (fix.applicability, fix.reason) == (verdict.applicability, verdict.reason)


def test_what_no_call_rebinds_may_move_over_calls() -> None:
    source, diagnostic = marked("def f():\n  for x in ⟦g()⟧:\n    x(«math.pi»)\n")
    context = context_of(source, diagnostic)
    fix = bind_before_loop(context, diagnostic, names=["pi"], rebindable=False)
    assert fix is not None
    assert fix.applicability is Applicability.SAFE


def test_another_expression_and_another_replacement() -> None:
    source, diagnostic = marked("def f(xs):\n  for x in ⟦xs⟧:\n    «re.match('a', x)»\n")

    def through_pattern(span: Span, name: str) -> Edit:
        return Edit(span, f"{name}.match(x)")

    fix = bind_before_loop(
        context_of(source, diagnostic),
        diagnostic,
        names=["pattern"],
        expression="re.compile('a')",
        title="compile the pattern before the loop",
        replacement=through_pattern,
    )
    assert fix is not None
    assert fix.title == "compile the pattern before the loop"
    assert applied(source, fix) == (
        "def f(xs):\n  pattern = re.compile('a')\n  for x in xs:\n    pattern.match(x)\n"
    )
