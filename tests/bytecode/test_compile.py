"""Compiling never executes, never warns, and says in one line what is wrong."""

from __future__ import annotations

import warnings

import pytest

from bclint.bytecode.compile import compile_source
from bclint.source import SourceError, SourceFile


def error_of(data: bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        compile_source(SourceFile("bad.py", data))
    assert "\n" not in str(caught.value)
    return caught.value


def test_future_flags_are_not_inherited() -> None:
    # This module imports annotations from __future__; the compiled one must not have that flag.
    code = compile_source(SourceFile("a.py", b"x: undefined_name = 1\n"))
    assert not code.co_flags & 0x1000000


def test_nothing_is_executed(tmp_path: object) -> None:
    compile_source(SourceFile("a.py", b"raise SystemExit('executed')\n"))


def test_warnings_about_the_linted_code_are_not_ours() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compile_source(SourceFile("a.py", b"x = 1 is 1\ny = '\\d'\n"))


def test_a_syntax_error_has_its_place() -> None:
    error = error_of(b"x = 1\nif x\n    pass\n")
    assert (error.line, error.column) == (2, 5)
    assert error.message.startswith("SyntaxError: ")


@pytest.mark.parametrize("data", [b"x = 1\ny = '\0'\n", b"x = 1\n\0"])
def test_nul_bytes_have_their_line(data: bytes) -> None:
    error = error_of(data)
    assert error.message == "holds a NUL byte"
    assert error.line == 2


@pytest.mark.parametrize(
    "data",
    [
        b"x = " + b"(" * 5000 + b")" * 5000,
        b"x = " + b"-" * 100_000 + b"1",
        b"# coding: no-such-codec\n",
        b"x = '\xff'\n",
        b"\xef\xbb\xbf# coding: latin-1\n",
    ],
)
def test_what_the_compiler_refuses_is_one_line(data: bytes) -> None:
    error_of(data)
