"""Any bytes under the whole command: the right exit status, one line, and the source whole."""

from __future__ import annotations

import io
import sys
import tokenize
from pathlib import Path

import pytest

from tests.trust.conftest import FIXED, SLOW, Main, bclint


def cookie(name: str) -> bytes:
    return f"# -*- coding: {name} -*-\n".encode()


BROKEN = {
    "NUL": (SLOW + b"x = 1\0\n", "9:1: error: holds a NUL byte"),
    "UTF-16": (SLOW.decode().encode("utf-16"), "1:1: error: holds a NUL byte"),
    "UTF-32": (SLOW.decode().encode("utf-32"), "1:1: error: holds a NUL byte"),
    "unknown cookie": (cookie("klingon") + SLOW, "1:1: error: SyntaxError: unknown encoding"),
    "cookie without text": (cookie("hex") + SLOW, "1:1: error: SyntaxError: "),
    "long cookie": (cookie("a" * 100_000) + SLOW, "1:1: error: SyntaxError: unknown encoding"),
    "cookie that lies": (cookie("utf-16") + SLOW, "1:1: error: SyntaxError: "),
    "cookie against mark": (b"\xef\xbb\xbf" + cookie("latin-1") + SLOW, "1:1: error: SyntaxError"),
    "Latin-1 without cookie": (b's = "\xe9"\n' + SLOW, "a.py:1:"),
    "surrogate": (SLOW + b's = "\xed\xa0\x80"\n', "a.py:9:"),
    "control character": (SLOW + b"\x1a", "9:1: error: SyntaxError: "),
    "1,000 parentheses": (
        SLOW + b"x = " + b"(" * 1000 + b"1" + b")" * 1000 + b"\n",
        "9:205: error: SyntaxError: too many nested parentheses",
    ),
    "100,000 brackets": (b"[" * 100_000, "1:201: error: SyntaxError: too many nested"),
    "100,000 signs": (
        SLOW + b"x = " + b"-" * 100_000 + b"1\n",
        " error: is nested too deeply or is too large for the compiler",
    ),
    "a number of a million digits": (b"x = " + b"9" * 1_000_000, "1:1: error: SyntaxError: "),
    "a string without end": (b'x = """' + b"noqa #\n" * 100_000, "1:5: error: SyntaxError: "),
    "no Python": (bytes(range(1, 256)) * 20, ": error: "),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("arguments", [(), ("--fix", "--unsafe-fixes"), ("--add-noqa",)])
def test_what_cannot_be_compiled_is_one_line(
    here: Main, name: str, arguments: tuple[str, ...]
) -> None:
    data, message = BROKEN[name]
    Path("a.py").write_bytes(data)
    Path("good.py").write_bytes(SLOW)
    ran = here(*arguments, "a.py")
    assert ran.status == 2
    [line] = ran.errors
    assert line.startswith("a.py:")
    assert message in line
    assert len(line) < 400
    assert Path("a.py").read_bytes() == data
    assert sorted(path.name for path in Path().iterdir()) == ["a.py", "good.py", "pyproject.toml"]


def replaced(data: bytes, newline: bytes = b"\n") -> bytes:
    """`data` with the change that fixes `SLOW`."""
    start = b"    for point"
    return data.replace(start, b"    sqrt = math.sqrt" + newline + start).replace(
        b" math.sqrt(", b" sqrt("
    )


CR, CRLF = SLOW.replace(b"\n", b"\r"), SLOW.replace(b"\n", b"\r\n")
MIXED = SLOW.replace(b"\n", b"\r\n", 4).replace(b"result\n", b"result\r")
JAPANESE = 's = "日本"\n'
FIXABLE = {
    "plain": (SLOW, FIXED),
    "byte order mark": (b"\xef\xbb\xbf" + SLOW, b"\xef\xbb\xbf" + FIXED),
    "Latin-1": (cookie("latin-1") + b's = "\xe9"\n' + SLOW, None),
    "Shift JIS": (cookie("shift_jis") + JAPANESE.encode("shift_jis") + SLOW, None),
    "ISO 2022": (cookie("iso2022_jp") + JAPANESE.encode("iso2022_jp") + SLOW, None),
    "CR": (CR, replaced(CR, b"\r")),
    "CRLF": (CRLF, replaced(CRLF, b"\r\n")),
    "mixed newlines": (MIXED, replaced(MIXED, b"\r\n")),
    "form feed between": (SLOW.replace(b"\n\n\n", b"\n\f\n\f\n"), None),
    "no newline at the end": (SLOW[:-1], FIXED[:-1]),
    "line separators in strings": (SLOW + 's = "\x85\u2028\u2029"\n'.encode(), None),
    "writing turned round": (SLOW + 's = "\u202e\u2066"  # \u202e\n'.encode(), None),
    "100,000 lines": (b"x = 1\n" * 5000 + b"# x\n" * 100_000 + SLOW, None),
    "a line of 10 MB": (b'x = "' + b"a" * 10_000_000 + b'"\n' + SLOW, None),
}


@pytest.mark.parametrize("name", FIXABLE)
def test_the_change_is_all_that_changes(here: Main, name: str) -> None:
    old, new = FIXABLE[name]
    path = Path("a.py")
    path.write_bytes(old)
    ran = here("--fix", "--unsafe-fixes", "a.py")
    assert (ran.status, ran.err) == (0, "")
    assert path.read_bytes() == (new or replaced(old))


@pytest.mark.parametrize("codec", ["unicode_escape", "idna"])
def test_an_encoding_that_cannot_be_written_back_is_left_alone(here: Main, codec: str) -> None:
    data = cookie(codec) + SLOW
    Path("a.py").write_bytes(data)
    ran = here("--fix", "--unsafe-fixes", "a.py")
    assert ran.status == 1
    [line] = ran.errors
    assert "fix rolled back" in line
    assert "would write the rest of it in another way" in line
    assert Path("a.py").read_bytes() == data


def test_an_empty_file(here: Main) -> None:
    for data in (b"", b"\xef\xbb\xbf", b"\n", b"\f", b"\r", b"# coding: utf-8"):
        Path("a.py").write_bytes(data)
        ran = here("--fix", "a.py")
        assert (ran.status, ran.err) == (0, "")
        assert Path("a.py").read_bytes() == data


LOOP = "import math\ndef f(xs, a):\n    for x in xs:\n        "
NEW_SYNTAX = {
    "match": (LOOP + "match x:\n            case [1, *_, {'a': b}]: math.sqrt(x)\n", (3, 10)),
    "except*": (LOOP + "try: math.sqrt(x)\n        except* ValueError: pass\n", (3, 11)),
    "type parameters": (
        "import math\ntype A[T] = list[T]\ndef f[T: int](xs: list[T]):\n"
        "    for x in xs:\n        math.sqrt(x)\n",
        (3, 12),
    ),
    "nested f-string": (LOOP + 'f"{f"{math.sqrt(x)}"}"\n', (3, 12)),
    "template string": (LOOP + 't"{math.sqrt(x)} {x!r:>{a}}"\n', (3, 14)),
    "except without parentheses": (
        LOOP + "try: math.sqrt(x)\n        except TypeError, ValueError: pass\n",
        (3, 14),
    ),
    "lazy import": ("lazy " + LOOP + "math.sqrt(x)\n", (3, 15)),
    "unpacking comprehension": (LOOP + "[*y for y in math.sqrt(x)]\n", (3, 15)),
}


@pytest.mark.parametrize("name", NEW_SYNTAX)
def test_syntax_of_one_version_on_it_and_on_others(here: Main, name: str) -> None:
    text, since = NEW_SYNTAX[name]
    Path("a.py").write_text(text, encoding="utf-8")
    ran = here("--fix", "--unsafe-fixes", "--min-gain", "0", "a.py")
    written = Path("a.py").read_text(encoding="utf-8")
    if sys.version_info < since:
        assert ran.status == 2
        [line] = ran.errors
        assert "error: SyntaxError: " in line
        assert written == text
        return
    assert ran.status in (0, 1)
    compile(written, "a.py", "exec", dont_inherit=True)
    assert [here("--fix", "--unsafe-fixes", "--min-gain", "0", "a.py").status] == [ran.status]
    assert Path("a.py").read_text(encoding="utf-8") == written


def nested(levels: int, line: str) -> bytes:
    inside = "".join(f"{' ' * level}{line.format(level)}\n" for level in range(levels))
    return f"import math\n{inside}{' ' * levels}for x in xs: math.sqrt(x)\n".encode()


NESTED = {
    "functions": nested(95, "def f{}(xs):"),
    "classes": nested(18, "class C{}:"),
    "conditions": nested(90, "if {}:"),
    "loops": nested(18, "for x{} in xs:"),
}


@pytest.mark.parametrize("name", NESTED)
def test_deep_statements(here: Main, name: str) -> None:
    Path("a.py").write_bytes(NESTED[name])
    ran = here("--fix", "--unsafe-fixes", "--min-gain", "0", "a.py")
    assert ran.status in (0, 1)
    assert not ran.err
    compile(Path("a.py").read_bytes(), "a.py", "exec", dont_inherit=True)


DEEP = {
    "attributes": ("a{}", ".b", 9000),
    "calls": ("a{}", "()", 9000),
    "sums": ("a{}", " + a", 9000),
    "signs": ("{}a", "-", 900),
    "powers": ("{}a", "a ** ", 900),
    "conditions": ("{}a", "a if a else ", 900),
    "lambdas": ("({}a)", "lambda: ", 900),
    "branches": ("1\n        if a: pass{}", "\n        elif a: pass", 900),
}
"""Patterns with what is repeated in them, as deep as some version compiles it."""


@pytest.mark.parametrize("name", DEEP)
def test_deep_expressions(name: str) -> None:
    """Processes of their own: LibCST dies of some, and of others nobody has seen the end."""
    pattern, part, depth = DEEP[name]
    text = f"{LOOP}y = math.sqrt(x), {pattern.format(part * depth)}\n"
    Path("a.py").write_text(text, encoding="utf-8")
    ran = bclint("--min-gain", "0", "a.py")
    try:
        compile(text, "a.py", "exec", dont_inherit=True)
    except (RecursionError, MemoryError, SyntaxError):
        assert ran.status == 2
        [line] = ran.errors
        assert line.startswith("a.py")
        assert "nested" in line
        return
    assert ran.status == 1
    assert "BCL102 `math.sqrt`" in ran.out
    assert not ran.err


LONG = {
    "comments that speak for joined lines": b"x = 1 + \\\n    2  # noqa: BCL101\n" * 10_000,
    "a comment of a megabyte": b"x = 1  # noqa:" + b" A" * 100_000 + b"-\n",
    "code of a megabyte in a line": 'f = lambda: "é"; '.encode() + b"x = f(1); " * 100_000 + b"\n",
    "a loop of one line": LOOP.encode() + '"é"; '.encode() + b"math.sqrt(x); " * 3000 + b"\n",
    "one name bound again and again": (SLOW + b"\n") * 400,
    "70,000 names": b"def f():\n" + b"".join(b"    v%d = 1\n" % i for i in range(70_000)),
    "100,000 arguments": b"f(" + b"a, " * 100_000 + b")\n",
}


@pytest.mark.parametrize("name", LONG)
def test_long_files_come_to_an_end(name: str) -> None:
    Path("a.py").write_bytes(LONG[name])
    ran = bclint("--output-format", "concise", "a.py")
    assert ran.status in (0, 1)
    assert not ran.err


def test_the_samples_say_what_they_mean() -> None:
    """What is called mixed is, and what is called Latin-1 is not valid in UTF-8."""
    endings = {line[len(line.rstrip("\r\n")) :] for line in io.StringIO(MIXED.decode(), newline="")}
    assert endings == {"\n", "\r\n", "\r"}
    with pytest.raises(UnicodeDecodeError):
        FIXABLE["Latin-1"][0].decode()
    assert tokenize.detect_encoding(io.BytesIO(cookie("latin-1")).readline)[0] == "iso-8859-1"
