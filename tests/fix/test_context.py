"""Context: regions of every shape, nodes, loops, names, and whole lines."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst
import pytest

from bclint.fix.api import move_before
from bclint.fix.context import FixContext
from bclint.fix.region import Regions
from bclint.source import SourceFile, Span
from tests.fix.helpers import applied, context_of, dedented, marked

REGIONS = {
    "function": ("def f(): return «x»\n", "def f(): return x"),
    "inner": ("def f():\n  def g():\n    «x»\n  y\n", "  def g():\n    x"),
    "without decorators": ("class A:\n  @a\n  def g(self):\n    «x»\n", "  def g(self):\n    x"),
    "decorator": ("@a(\n  «x»)\ndef g():\n  y\nz\n", "@a(\n  x)\ndef g():\n  y"),
    "decorator on a line of its own": ("@(\n  «x»)\ndef g(): y\n", "@(\n  x)\ndef g(): y"),
    "default": ("def f():\n  def g(a=«x»): pass\n", "def f():\n  def g(a=x): pass"),
    "async": ("if 1:\n  async def f():\n    «x»\n", "  async def f():\n    x"),
    "class body": ("class A:\n  def f(self): 1\n  «x»\ny\n", "class A:\n  def f(self): 1\n  x"),
    "statement": ("a\nfor b in c:\n  «x»\nd\n", "for b in c:\n  x"),
    "shared line": ("a\nb; «x»; c\nd\n", "b; x; c"),
    "shared with a long string": ("a\nb = '''\n'''; «x»\nd\n", "b = '''\n'''; x"),
    "two statements": ("a\n«x»\nb\n«x»\nc\n", "x\nb\nx"),
    "continued": ("a\nb = \\\n  «x»\nc\n", "b = \\\n  x"),
    "form feed": ("\fdef f():\n  «x»\n", " def f():\n  x"),
    "indented after a form feed": ("class A:\n\f  def f():\n    «x»\n", "   def f():\n    x"),
    "tabs": ("class A:\n\tdef f():\n\t\t«x»\n", "\tdef f():\n\t\tx"),
    "no last newline": ("class A:\n def f():\n  «x»", " def f():\n  x"),
    "match": ("match a:\n  case b if b:\n    def f():\n      «x»\n", "    def f():\n      x"),
    "handler": ("try: a\nexcept b:\n  def f():\n    «x»\n", "  def f():\n    x"),
    "wide text before": (
        "class A:\n  def f():\n    '日本é😀', «x»\n",
        "  def f():\n    '日本é😀', x",
    ),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(("text", "region"), REGIONS.values(), ids=REGIONS)
def test_regions(text: str, region: str, newline: str) -> None:
    source, diagnostic = marked(text, newline=newline)
    context = context_of(source, diagnostic)
    parsed = context.region.parsed.module.code
    assert parsed.removeprefix(f"if 1:{newline}") == region.replace("\n", newline)
    for span in diagnostic.all_places:
        node = context.node_at(span)
        assert isinstance(node, cst.Name)
        assert context.span_of(node) == span


@pytest.mark.parametrize(
    "data", [b"def f(:\n  x\n", b"\xff\n", b"x = '\0'\n", b"def f():\n\tif x:\n        \ty\n"]
)
def test_what_cannot_be_parsed_has_no_context(data: bytes) -> None:
    _, diagnostic = marked("«x»\n")
    assert FixContext.of(SourceFile("a.py", data), diagnostic) is None


def test_a_line_that_continues_another_has_no_context() -> None:
    source, diagnostic = marked("\\\ndef f(): return «x»\n")
    assert FixContext.of(source, diagnostic) is None


def test_regions_are_parsed_once() -> None:
    source, diagnostic = marked("def f():\n  «x»\n  «x»\n")
    regions = Regions(source)
    first = FixContext.of(source, diagnostic, regions)
    second = FixContext.of(source, replace(diagnostic, span=diagnostic.places[0]), regions)
    assert first is not None
    assert second is not None
    assert first.region is second.region


NODES = {
    "own parentheses in": ("x = «(a.b)»\n", cst.Attribute),
    "own parentheses out": ("x = (((«a.b»)))\n", cst.Attribute),
    "some parentheses": ("x = (( «( a.b )» ))\n", cst.Attribute),
    "tuple": ("x = «(1, 2)»\n", cst.Tuple),
    "generator": ("x = f«(a for a in b)»\n", cst.GeneratorExp),
    "call": ("x = «f(a)(b)»\n", cst.Call),
    "in an f-string": ("x = f'''é{1}\n{«a.b»!r:>{w}}'''\n", cst.Attribute),
    "in a format": ("x = f'{a:{«w.x»}}'\n", cst.Attribute),
}


@pytest.mark.parametrize(("text", "kind"), NODES.values(), ids=NODES)
def test_nodes(text: str, kind: type[cst.BaseExpression]) -> None:
    source, diagnostic = marked(text)
    assert isinstance(context_of(source, diagnostic).node_at(diagnostic.span), kind)


def test_no_node_at_half_an_expression() -> None:
    source, diagnostic = marked("x = a + «b + c»\n")
    assert context_of(source, diagnostic).node_at(diagnostic.span) is None


LOOPS = {
    "for": ("for x in ⟦a.b⟧: «x»\n", cst.For),
    "for in parentheses": ("for x in (⟦a⟧): «x»\n", cst.For),
    "comprehension": ("[«x» for x in ⟦a⟧]\n", cst.CompFor),
    "second comprehension": ("[«x» for y in z for x in ⟦a⟧]\n", cst.CompFor),
    "while": ("while ⟦a:\n  «x»⟧\n", cst.While),
    "while, test alone": ("while ⟦«a»⟧: pass\n", cst.While),
    "inner while": ("while a:\n  while ⟦b: «x»⟧\n", cst.While),
    "endless while": ("while True: ⟦«x»()⟧\n", cst.While),
}


@pytest.mark.parametrize(("text", "kind"), LOOPS.values(), ids=LOOPS)
def test_loops(text: str, kind: type[cst.CSTNode]) -> None:
    source, diagnostic = marked(text)
    loop = context_of(source, diagnostic).loop_of(diagnostic)
    assert isinstance(loop, kind)
    if text.startswith("while a:"):
        assert context_of(source, diagnostic).span_of(loop).start_line == 2


def test_no_loop() -> None:
    source, diagnostic = marked("«x»\n")
    assert context_of(source, diagnostic).loop_of(diagnostic) is None


TAKEN = {
    "variable": "def f():\n  new = «x»\n",
    "read": "def f():\n  new(«x»)\n",
    "parameter": "def f(*new): «x»\n",
    "lambda's parameter": "def f(): return lambda new: «x»\n",
    "import": "def f():\n  import new.a\n  «x»\n",
    "import as": "def f():\n  from a import b as new\n  «x»\n",
    "inner function": "def f():\n  def new(): «x»\n  «x»\n",
    "class": "def f():\n  class new: pass\n  «x»\n",
    "global": "def f():\n  global new\n  «x»\n",
    "handler": "def f():\n  try: «x»\n  except a as new: pass\n",
    "f-string": "def f(): return f'{«x»:{new}}'\n",
    "capture": "def f():\n  match «x»:\n    case {**new}: pass\n",
    "elsewhere in the module": "«x»\ndef f(): return new\n",
}


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN)
def test_taken_names(text: str) -> None:
    source, diagnostic = marked(text)
    context = context_of(source, diagnostic)
    assert context.free_name("new") == "new_"
    assert context.free_name("new", "newer") == "newer"


@pytest.mark.parametrize("name", ["len", "class", "match", "None", "not a name", "__x"])
def test_names_that_are_never_free(name: str) -> None:
    source, diagnostic = marked("def f(): «x»\n")
    assert context_of(source, diagnostic).free_name(name, "other") == "other"


def test_attributes_and_keywords_are_no_names() -> None:
    source, diagnostic = marked("def f(): return «x».new(new=1)\ndef g(new): pass\n")
    assert context_of(source, diagnostic).free_name("new") == "new"
    assert context_of(source, diagnostic).free_name() is None


def test_reserved_names_are_taken() -> None:
    source, diagnostic = marked("def f(): return «x»\n")
    context = FixContext.of(source, diagnostic, reserved=frozenset({"new"}))
    assert context is not None
    assert context.free_name("new") == "new_"
    assert context.given == {"new_"}


@pytest.mark.parametrize("watcher", ["locals()", "vars()", "exec(a)", "sys._getframe()"])
def test_watchers(watcher: str) -> None:
    source, diagnostic = marked(f"def f(): return «x», {watcher}\n")
    assert context_of(source, diagnostic).watches_locals()


def _statement(context: FixContext, span: Span) -> cst.SimpleStatementLine:
    node = context.node_at(span)
    assert node is not None
    statement = context.statement_of(node)
    assert isinstance(statement, cst.SimpleStatementLine)
    return statement


AFTER = {
    "simple": ("def f():\n  «x»  # c\n  y\n", "def f():\n  x  # c\n  new\n  y\n"),
    "last line": ("def f():\n  «x»", "def f():\n  x\n  new"),
    "last line with newline": ("def f():\n  «x»\n", "def f():\n  x\n  new\n"),
    "over lines": ("def f():\n  («x»,\n   y)\n", "def f():\n  (x,\n   y)\n  new\n"),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(("before", "after"), AFTER.values(), ids=AFTER)
def test_insert_after(before: str, after: str, newline: str) -> None:
    source, diagnostic = marked(before, newline=newline)
    context = context_of(source, diagnostic)
    edit = context.insert_line_after(_statement(context, diagnostic.span), "new")
    assert applied(source, [edit]) == after.replace("\n", newline)


def test_insert_after_a_loop_passes_its_comments() -> None:
    source, diagnostic = marked(
        """
        def f(xs):
            for x in ⟦xs⟧:
                «x»

                # the loop's own
            # what follows
            y
        """
    )
    context = context_of(source, diagnostic)
    loop = context.loop_of(diagnostic)
    assert isinstance(loop, cst.For)
    edit = context.insert_line_after(loop, "new\n    newer")
    assert applied(source, [edit]) == dedented(
        """
        def f(xs):
            for x in xs:
                x

                # the loop's own
            new
            newer
            # what follows
            y
        """
    )


def test_insert_before_a_decorated_definition() -> None:
    source, diagnostic = marked("def f():\n  @a(\n   «x»)\n  @b\n  def g(): pass\n")
    context = context_of(source, diagnostic)
    node = context.node_at(diagnostic.span)
    assert node is not None
    statement = context.statement_of(node)
    assert statement is not None
    edit = context.insert_line_before(statement, "new")
    assert applied(source, [edit]).startswith("def f():\n  new\n  @a(\n")


REMOVED = {
    "simple": ("def f():\n  «x»\n  y\n", "def f():\n  y\n"),
    "comment above stays": ("def f():\n  # c\n  «x»\n  y\n", "def f():\n  # c\n  y\n"),
    "over lines": ("def f():\n  («x»,\n   y)\n  z\n", "def f():\n  z\n"),
    "last": ("def f():\n  y\n  «x»\n", "def f():\n  y\n"),
    "last without newline": ("def f():\n  y\n  «x»", "def f():\n  y"),
    "comment behind": ("def f():\n  «x»  # c\n  y\n", None),
    "comment inside": ("def f():\n  («x»,  # c\n   y)\n  z\n", None),
    "alone": ("def f():\n  «x»\n", None),
    "shared line": ("def f():\n  «x»; y\n  z\n", None),
}


@pytest.mark.parametrize(("before", "after"), REMOVED.values(), ids=REMOVED)
def test_remove(before: str, after: str | None) -> None:
    source, diagnostic = marked(before)
    context = context_of(source, diagnostic)
    edit = context.remove_line(_statement(context, diagnostic.span))
    assert (edit and applied(source, [edit])) == after


MOVED = {
    "import": (
        "def f(xs):\n  for x in ⟦xs⟧:\n    import a  # why\n    «x»\n",
        "def f(xs):\n  import a  # why\n  for x in xs:\n    x\n",
    ),
    "definition": (
        "def f(xs):\n  for x in ⟦xs⟧:\n    @a\n    def g():\n        # c\n\n        1\n    «x»\n",
        "def f(xs):\n  @a\n  def g():\n      # c\n\n      1\n  for x in xs:\n    x\n",
    ),
    "string over lines": (
        "def f(xs):\n  for x in ⟦xs⟧:\n    a = '''\n    '''\n    «x»\n",
        None,
    ),
    "shared line": ("def f(xs):\n  for x in ⟦xs⟧:\n    a; b\n    «x»\n", None),
    "nothing left": ("def f(xs):\n  for x in ⟦xs⟧:\n    «x»\n", None),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(("before", "after"), MOVED.values(), ids=MOVED)
def test_move(before: str, after: str | None, newline: str) -> None:
    source, diagnostic = marked(before, newline=newline)
    context = context_of(source, diagnostic)
    loop = context.loop_of(diagnostic)
    assert isinstance(loop, cst.For)
    assert isinstance(loop.body, cst.IndentedBlock)
    moved = loop.body.body[0]
    assert isinstance(moved, (cst.SimpleStatementLine, cst.BaseCompoundStatement))
    edits = move_before(context, moved, loop)
    assert (edits and applied(source, edits)) == (after and after.replace("\n", newline))
