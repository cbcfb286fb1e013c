"""Writing the globals of a file without naming them."""

from __future__ import annotations

import pytest

from bclint.dataflow.indirect_globals import IndirectGlobals
from tests.functions import module_of


def writer(source: str) -> str | None:
    return module_of(source)[IndirectGlobals].writer


@pytest.mark.parametrize(
    "body",
    [
        "globals()['N'] = 1",
        "globals().update(N=1)",
        "del globals()['N']",
        "names = globals(); names['N'] = 1",
        "exec('N = 1', globals())",
        "return globals()",
        "names = names or globals()",
        "g.__globals__['N'] = 1",
        "(lambda: globals())()['N'] = 1",
        "exec('global N; N = 1', None)",
        "exec('global N; N = 1', globals=None)",
        "builtins.globals()['N'] = 1",
        "builtins.exec(names)",
        "from builtins import exec as run; run(names)",
        "sys.modules[__name__].N = 1",
        "del sys.modules[__name__].N",
        "this = sys.modules[__name__]; setattr(this, 'N', 1)",
        "vars(sys.modules[__name__])['N'] = 1",
        "import_module(__name__).__dict__.update(N=1)",
        "import __main__; __main__.N = 1",
        "g(sys.modules['__main__']); names.N = 1",
    ],
)
def test_functions_that_write(body: str) -> None:
    assert writer(f"N = 0\ndef g(names=None):\n    {body}\n") is not None


@pytest.mark.parametrize(
    "body",
    [
        "return globals()['N']",
        "return 'N' in globals()",
        "return globals().get('N')",
        "globals()",
        "vars(names)['N'] = 1",
        "locals()['N'] = 1",
        "return g.__globals__['N']",
        "return getattr(sys.modules[__name__], 'N')",
        "return vars(sys.modules[__name__])['N']",
        "sys.modules['other'].N = 1",
        "sys.modules[names].N = 1",
        "names.exec(names)",
        "names.N = sys.modules[__name__]",
    ],
)
def test_functions_that_only_read(body: str) -> None:
    assert writer(f"N = 0\ndef g(names=None):\n    {body}\n") is None


@pytest.mark.parametrize("maker", ["globals", "vars", "locals"])
def test_the_module_keeps_its_names(maker: str) -> None:
    assert writer(f"names = {maker}()\n") == "<module>"


def test_what_the_module_writes_itself_is_its_own_binding() -> None:
    assert writer("globals()['N'] = 1\nglobals().update(M=2)\n") is None


@pytest.mark.parametrize(
    "body",
    [
        "names = globals; names()['N'] = 1",
        "g(globals)",
        "g(a=globals)",
        "exec('global N; N = 1')",
        "eval(names)",
        "g(exec)",
        "exec(*names)",
        "h().f_globals['N'] = 1",
        "vars(names); h().f_globals.update(N=1)",
    ],
)
def test_functions_that_let_the_globals_out(body: str) -> None:
    assert writer(f"N = 0\ndef g(names=None):\n    {body}\n") == "g"


@pytest.mark.parametrize(
    "body",
    [
        "exec(names, {})",
        "eval(names, {}, {})",
        "exec(names, globals={})",
        "sorted(globals())",
        "[n for n in globals()]",
        "{**globals()}",
        "dict(globals())['N'] = 1",
        "globals",
    ],
)
def test_functions_that_keep_the_globals_as_they_are(body: str) -> None:
    assert writer(f"N = 0\ndef g(names=None):\n    {body}\n") is None


@pytest.mark.parametrize(
    ("source", "bound", "free"),
    [
        ("globals()['len'] = f", "len", "N"),
        ("def g(): globals()['len'] = f", "len", "N"),
        ("globals()[k] = f", "anything", ""),
        ("globals().update(k)", "anything", ""),
        ("exec(k)", "anything", ""),
        ("import builtins; builtins.len = f", "len", "str"),
        ("import builtins as b\ndef g(): b.len = f", "len", "str"),
        ("import builtins; setattr(builtins, k, f)", "anything", ""),
        ("x.len = f", "", "len"),
        ("import builtins\ndef g(): builtins.len = f; x.str = f", "len", "str"),
        ("import builtins\ndef g(): del builtins.len", "len", "str"),
        ("import builtins\npatch.object(builtins, 'len')", "len", "str"),
        ("import builtins\npatch.multiple(builtins, len=f)", "len", "str"),
        ("import builtins\nvars(builtins)['len'] = f", "len", "str"),
        ("__builtins__.len = f", "len", "str"),
        ("patch('builtins.len')", "len", "str"),
        ("def g(): patch('builtins.len', f)", "len", "str"),
        ("this = sys.modules[__name__]\ndef g(): this.N = 1", "N", "M"),
        ("def g():\n this = sys.modules[__name__]\n def h(): this.N = 1", "N", "M"),
        ("def g(o): o.N = 1\ng(sys.modules[__name__])", "N", ""),
        ("this = sys.modules[__name__]\ndef g(k): setattr(this, k, 1)", "anything", ""),
        ("def g(o): return o.N\ng(sys.modules[__name__])", "", "N"),
        ("getmembers(sys.modules[__name__], g)", "", "N"),
        ("import builtins; builtins.len(k)", "", "len"),
        ("print(globals()['len'])", "", "len"),
    ],
)
def test_the_names_that_may_be_bound(source: str, bound: str, free: str) -> None:
    found = module_of(f"{source}\n")[IndirectGlobals]
    assert not bound or found.may_bind(bound)
    assert not free or not found.may_bind(free)
