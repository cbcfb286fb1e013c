"""What raw bytes tell of loops, against what the decoded instructions say."""

from __future__ import annotations

import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bclint.bytecode.compile import compile_source
from bclint.bytecode.decode import Instructions
from bclint.bytecode.imports import RawImports
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.sequences import UNKNOWN, RawLoops
from bclint.engine.function import FunctionView
from bclint.flow.loops import LoopForest
from bclint.source import SourceFile

LIBRARY = Path(sysconfig.get_path("stdlib"))
FILES = ("_pydecimal", "difflib", "locale", "tarfile")
ADDS = frozenset({Operation.BINARY_OPERATION})
LOADS = frozenset({Operation.LOAD_CONSTANT, Operation.LOAD_LOCAL, Operation.LOAD_ATTRIBUTE})
BETWEEN = LOADS | {Operation.COPY, Operation.SWAP, Operation.NOTHING}
STORES = frozenset({Operation.STORE_LOCAL, Operation.STORE_ATTRIBUTE, Operation.STORE_SUBSCRIPT})


def module_of(source: str) -> FunctionView:
    return FunctionView(compile_source(SourceFile("a.py", source.encode())))


def function_of(body: str) -> FunctionView:
    return module_of(f"def f(a, b, s, t, xs, o):\n{body}").nested[0]


def decoded(function: FunctionView, first: frozenset[Operation]) -> Iterator[int]:
    """The units of `first` that a store follows, as the decoded instructions have it."""
    instructions = list(function[Instructions])
    for place, instruction in enumerate(instructions):
        if instruction.operation in first and function[LoopForest].loop_of(instruction):
            rest = (other.operation for other in instructions[place + 1 :])
            if next((each for each in rest if each not in BETWEEN), None) in STORES:
                yield instruction.offset // 2


@pytest.mark.parametrize("first", [ADDS, LOADS], ids=["adds", "loads"])
@pytest.mark.parametrize("name", FILES)
def test_nothing_that_is_decoded_is_overlooked(name: str, first: frozenset[Operation]) -> None:
    module = FunctionView(compile_source(SourceFile.read(str(LIBRARY / f"{name}.py"))))
    count = 0
    for function in module.walk():
        raw = set(function[RawLoops].followed(first, BETWEEN, STORES))
        expected = set(decoded(function, first))
        assert expected <= raw, function.code.co_qualname
        count += len(expected)
    assert count


@given(st.lists(st.sampled_from(["a", "+", "s", "x"]), max_size=30).map("".join))
def test_runs_are_searched_as_a_plain_search_does(word: str) -> None:
    spelled = {
        "a": "    o.a\n",
        "+": "    s = s + t\n",
        "s": "    s = a\n",
        "x": "    xs(a, b)\n",
    }
    function = function_of("  for i in xs:\n    i\n" + "".join(spelled[each] for each in word))
    raw = set(function[RawLoops].followed(ADDS, BETWEEN, STORES))
    assert raw == set(decoded(function, ADDS))
    assert len(raw) == word.count("+")


def test_what_stands_outside_of_loops_does_not_count() -> None:
    assert not list(function_of("  s = s + t\n")[RawLoops].followed(ADDS, BETWEEN, STORES))


def test_a_superinstruction_ends_a_sequence_with_either_half() -> None:
    body = "  for i in xs:\n    a = s + t\n    b = a\n    a, b = b, s + t\n"
    assert len(list(function_of(body)[RawLoops].followed(ADDS, BETWEEN, STORES))) == 2


@pytest.mark.parametrize(
    ("right", "constant"),
    [("1", 1), ("70000", 70000), ("1.5", 1.5), ("'x'", "x"), ("t", UNKNOWN), ("o.a", UNKNOWN)],
)
def test_the_right_operand(right: str, constant: object) -> None:
    raw = function_of(f"  for i in xs:\n    s = s + {right}\n")[RawLoops]
    (unit,) = raw.followed(ADDS, BETWEEN, STORES)
    assert raw.symbol(unit) == "+"
    assert raw.constant_before(unit) == constant
    assert raw.symbols() == {"+"}


def test_only_what_is_not_called_is_read_as_an_attribute() -> None:
    assert function_of("  a = s.append\n")[RawLoops].reads_attribute("append")
    assert not function_of("  s.append(a)\n  a.append = t.other\n")[RawLoops].reads_attribute(
        "append"
    )


def test_modules_are_used_under_the_names_that_imports_give_them() -> None:
    module = module_of(
        "import re as r, os.path\nfrom re import match as m\nfrom numpy.linalg import norm\n"
        "def one(): r\ndef two(): m\ndef three(): os\ndef four():\n import re\ndef five(): norm\n"
    )
    imports = module[RawImports]
    uses = {
        function.code.co_name: {
            name
            for name in ("re", "os", "numpy")
            if imports.may_use(function.code, frozenset({name}))
        }
        for function in module.nested
    }
    expected = {"one": {"re"}, "two": {"re"}, "three": {"os"}, "four": {"re"}, "five": {"numpy"}}
    assert uses == expected
    assert imports.packages_of("m") == {"re"}
    assert imports.packages_of("norm") == {"numpy"}
    assert imports.names == {"r", "os", "m", "norm"}
