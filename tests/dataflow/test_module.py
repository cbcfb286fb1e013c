"""Facts about the file: imports, who rebinds what, and what is bound before a function is made."""

from __future__ import annotations

import sys

import pytest

from bclint.dataflow.module import ModuleFacts
from bclint.dataflow.values import Imported
from tests.functions import function_of, module_of


def facts(source: str) -> ModuleFacts:
    return module_of(source)[ModuleFacts]


@pytest.mark.parametrize(
    ("statement", "name", "expected"),
    [
        ("import os", "os", Imported("os", plain=True)),
        ("import os.path", "os", Imported("os", plain=True)),
        ("import os.path as p", "p", Imported("os.path", plain=True)),
        ("import a.b.c as m", "m", Imported("a.b.c", plain=True)),
        ("from os import path", "path", Imported("os", "path")),
        ("from os import path as p", "p", Imported("os", "path")),
        ("from . import a", "a", Imported("", "a", 1)),
        ("from ..x import a", "a", Imported("x", "a", 2)),
        ("try: import a as x\nexcept E: import b as x", "x", Imported("", plain=True)),
        ("try: import a\nexcept E: import a", "a", Imported("a", plain=True)),
        ("try: import a as x\nexcept E: from b import x", "x", None),
        ("import os\nos = 1", "os", None),
        ("try: import os\nexcept E: os = None", "os", None),
        ("os = 1", "os", None),
        ("from m import *\nimport os", "os", Imported("os", plain=True)),
        ("import os\nfrom m import *", "os", None),
        ("import os\nfrom m import *\nif c: import os", "os", None),
        ("if c: from m import *\nimport os", "os", None),
        ("import os\ntry: from m import *\nexcept E: import os", "os", None),
        ("import os\ndef g():\n global os\n os = 1", "os", None),
    ],
)
def test_imports(statement: str, name: str, expected: Imported | None) -> None:
    assert facts(statement + "\n").import_of(name) == expected


MAKE = "\ndef f(): pass\n"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("x = 1", "", True),
        ("", "x = 1", False),
        ("if c: x = 1", "", False),
        ("try: import x\nexcept E: pass", "", False),
        ("try: import x\nexcept E: raise", "", True),
        ("for x in xs: pass", "", False),
        ("x = 1\ndel x", "", False),
        ("x = 1", "del x", False),
        ("class x: pass", "", True),
        ("def x(): pass", "", True),
        ("with c as x: pass", "", False),  # the context manager may swallow an error
        ("x = 1\ndef g():\n global x\n x = 2", "", False),
    ],
)
def test_bound_before(before: str, after: str, expected: bool) -> None:
    function = function_of(f"{before}{MAKE}{after}\n")
    assert function[ModuleFacts].bound_before("x", function) is expected


def test_bound_before_looks_at_the_outermost_function() -> None:
    function = function_of("x = 1\nclass A:\n def g(self):\n  def f(): pass\n")
    assert function[ModuleFacts].bound_before("x", function)


def test_the_end_of_the_module_may_be_copied_into_a_handler() -> None:
    function = function_of("try:\n import x\nexcept E:\n pass\ndef f(): x\n")
    assert not function[ModuleFacts].bound_before("x", function)


def test_rebinding_functions_are_named() -> None:
    found = facts("n = 0\ndef g():\n def h():\n  global n\n  n = 1\n").rebound_by_functions
    assert found == {"n": "g.<locals>.h"}


def test_attributes_that_are_stored_and_where() -> None:
    found = facts("import os\nos.x = 1\nclass A:\n def __init__(self): self.y = 1\n")
    assert found.module_attributes_stored == {("os", "x")}
    assert found.attributes_stored == {"x": {"<module>"}, "y": {"A.__init__"}}


def test_star_imports_and_submodules() -> None:
    found = facts("from os import *\nimport a.b.c\n")
    assert found.star_import
    assert found.submodules("a") == {"a", "a.b", "a.b.c"}


@pytest.mark.skipif(sys.version_info < (3, 15), reason="lazy imports came with 3.15")
@pytest.mark.parametrize(
    ("source", "lazy"),
    [
        ("lazy import m", {"m"}),
        ("lazy import m.n", {"m"}),
        ("lazy from m import n as o, p", {"o", "p"}),
        ("import m", set()),
        ("__lazy_modules__ = ['m']\nimport m, n", {"m", "n"}),
        ("__lazy_modules__ = ['m']\ntry: import m\nexcept E: raise", set()),
    ],
)
def test_what_is_imported_when_it_is_read(source: str, lazy: set[str]) -> None:
    found = facts(f"{source}\n")
    assert {name for name in "mnop" if found.imports_when_read(name)} == lazy
    function = function_of(f"{source}\ndef f(): pass\n")
    assert function[ModuleFacts].imported_before("m", function) is not bool(lazy)


def test_imports_are_eager_without_a_word() -> None:
    function = function_of("import m\ndef f(): pass\n")
    assert not function[ModuleFacts].imports_when_read("m")
    assert function[ModuleFacts].imported_before("m", function)
