"""The tables of builtins and of the standard library, against the running interpreter."""

from __future__ import annotations

import builtins
import importlib
import ntpath
import posixpath

import pytest

from bclint.dataflow import known


@pytest.mark.parametrize("module", sorted(known.MODULE_ATTRIBUTES))
def test_attributes_are_there(module: str) -> None:
    found = set(dir(importlib.import_module(module)))
    assert known.MODULE_ATTRIBUTES[module] <= found


@pytest.mark.parametrize("module", [posixpath, ntpath])
def test_paths_are_the_same_everywhere(module: object) -> None:
    assert known.MODULE_ATTRIBUTES["os.path"] <= set(dir(module))


def test_no_table_holds_what_programs_rebind() -> None:
    volatile = {"stdin", "stdout", "stderr", "path", "argv", "modules", "excepthook"}
    assert not volatile & known.MODULE_ATTRIBUTES["sys"]


@pytest.mark.parametrize(
    "names",
    [known.STABLE_BUILTINS, known.QUIET_BUILTINS, known.INLINED_OVER_GENERATORS],
)
def test_builtins_are_builtins(names: frozenset[str]) -> None:
    assert names <= set(dir(builtins))


def test_quiet_modules_are_known() -> None:
    assert known.MODULE_ATTRIBUTES.keys() >= known.QUIET_MODULES
