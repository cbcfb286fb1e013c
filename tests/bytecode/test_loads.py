"""Loads that are read from raw bytes are those that the decoded instructions have."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from bclint.bytecode.compile import compile_source
from bclint.bytecode.decode import Instructions
from bclint.bytecode.layout import Layout
from bclint.bytecode.loads import NamedLoads
from bclint.bytecode.opcodes import Operation
from bclint.engine.function import FunctionView
from bclint.source import SourceFile

LIBRARY = Path(sysconfig.get_path("stdlib"))
CHANGES = {Operation.STORE_LOCAL, Operation.DELETE_LOCAL}


def functions(name: str) -> list[FunctionView]:
    source = SourceFile.read(str(LIBRARY / f"{name}.py"))
    return [*FunctionView(compile_source(source)).walk()]


@pytest.mark.parametrize("name", ["argparse", "difflib", "inspect", "_pydecimal"])
def test_each_load_is_of_the_name_that_is_decoded(name: str) -> None:
    count = 0
    for function in functions(name):
        layout = Layout(function.code)
        decoded = {each.offset // 2: each for each in function[Instructions]}
        for block in layout.blocks:
            for load in NamedLoads(layout).of_block(block):
                # What has a prefix starts there.
                instruction = decoded[max(unit for unit in decoded if unit <= load.unit)]
                assert function.code.co_names[load.name] == instruction.argument
                is_method = instruction.operation is Operation.LOAD_METHOD
                assert load.is_method == is_method
                assert load.is_called or not is_method
                count += 1
    assert count > 200


@pytest.mark.parametrize("name", ["argparse", "difflib", "_pydecimal"])
def test_each_local_that_a_block_changes_is_given(name: str) -> None:
    count = 0
    for function in functions(name):
        layout, names = Layout(function.code), function.code.co_varnames
        raw = [
            names[number]
            for block in layout.blocks
            for number in NamedLoads(layout).stored_in(block)
            if number < len(names)
        ]
        decoded = [each.argument for each in function[Instructions] if each.operation in CHANGES]
        assert raw == [name for name in decoded if name in names]
        count += len(raw)
    assert count > 100


@pytest.mark.parametrize(
    ("expression", "called"),
    [("f(x)", {"f"}), ("m.f(x)", {"f"}), ("m.n.f(x)", {"f"}), ("m.f", set()), ("f", set())],
)
def test_what_is_called_for_certain(expression: str, called: set[str]) -> None:
    source = f"def g(x):\n    return {expression}\n"
    function = FunctionView(compile_source(SourceFile("a.py", source.encode()))).nested[0]
    layout = Layout(function.code)
    found = {
        function.code.co_names[load.name]
        for block in layout.blocks
        for load in NamedLoads(layout).of_block(block)
        if load.is_called
    }
    assert found == called
