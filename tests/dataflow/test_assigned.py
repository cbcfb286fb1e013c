"""Attributes of modules that a file assigns."""

from __future__ import annotations

import pytest

from bclint.dataflow.assigned import AssignedAttributes
from tests.functions import module_of


@pytest.mark.parametrize(
    "source",
    [
        "import m\nm.x = 1",
        "import m\ndel m.x",
        "import m\ndef f(): m.x = 1",
        "import m as n\ndef f(): n.x = 1",
        "def f():\n import m\n m.x = 1",
        "def f():\n import m as n\n n.x = 1",
        "import m\nsetattr(m, 'x', 1)",
        "import m\ndef f(): delattr(m, 'x')",
        "import m\ndef f(k): setattr(m, k, 1)",
        "import m.sub\nm.sub.x = 1",
        "from m import sub\nsub.x = 1",
        "def f():\n import m\n setattr(m, 'x', 1)",
        "import m\nn = m\ndef f(): n.x = 1",
        "import m\ndef f(o): o.x = 1\nf(m)",
        "import m\ndef f(o, k): setattr(o, k, 1)\nf(m, k='x')",
        "import m\nfor o in (m,): setattr(o, 'x', 1)",
        "def g():\n import m\n def f(): m.x = 1",
        "def g():\n global n\n import m as n\ndef f(): n.x = 1",
        "try: import m\nexcept E: m = None\ndef f(): m.x = 1",
        "try: import m as n\nexcept E: import o as n\ndef f(): n.x = 1",
        "def f(): sys.modules['m'].x = 1",
        "import_module('m').x = 1",
        "import n\nn.m.x = 1",
        "import m\nvars(m)['x'] = 1",
        "import m\ndef f(): m.__dict__['x'] = 1",
        "import m\nvars(m).update(x=1)",
        "import m\npatch.object(m, 'x', 1)",
        "import m\npatch.multiple(m, x=1)",
        "patch.multiple('m', x=1)",
        "def f(): patch('m.x')",
        "for name in ('a', 'n.m.x'): patch(name)",
        # The copy of `finally` for an exception is never reached, and has no operands.
        "def f():\n import m\n try:\n  return\n finally:\n  try: m.x = 1\n  except E: pass",
    ],
)
def test_what_is_assigned(source: str) -> None:
    assert module_of(f"{source}\n")[AssignedAttributes].may_assign("m", "x")


@pytest.mark.parametrize(
    "source",
    [
        "import m\nm.y = 1",
        "import n\nn.x = 1",
        "import m\ndef f(o): o.x = 1",
        "import m\ndef f():\n import n\n n.x = m.x",
        "import m\nsetattr(m, 'y', 1)",
        "import m\ngetattr(m, 'x')",
        "from . import m\nm.x = 1",
        "import m\nx = 1",
        "import m\nclass C:\n def f(self, o): self.x = o\nC().f(m)",
        "import m\nimport n\ndef f(o): o.x = 1\nf(n)",
        "import m\nif m is None: n.x = 1",
        "import m\ndef f(o): o.x = 1\nf(m.y)",
        "import m\ngetattr(m, 'x')\nhasattr(m, 'x')",
        "import m\nf('x', 'm.xy', 'm')",
        "n.x = 1",
        "sys.modules['n'].y = 1",
    ],
)
def test_what_is_not(source: str) -> None:
    assert not module_of(f"{source}\n")[AssignedAttributes].may_assign("m", "x")
