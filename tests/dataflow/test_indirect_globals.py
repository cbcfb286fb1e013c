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
    ],
)
def test_functions_that_only_read(body: str) -> None:
    assert writer(f"N = 0\ndef g(names=None):\n    {body}\n") is None


@pytest.mark.parametrize("maker", ["globals", "vars", "locals"])
def test_the_module_keeps_its_names(maker: str) -> None:
    assert writer(f"names = {maker}()\n") == "<module>"


def test_what_the_module_writes_itself_is_its_own_binding() -> None:
    assert writer("globals()['N'] = 1\nglobals().update(M=2)\n") is None
