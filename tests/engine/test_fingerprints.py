"""Fingerprints stay what they are when nothing but the surroundings of a finding changes."""

from __future__ import annotations

import ast
import io
import keyword
import subprocess
import sys
import textwrap
import tokenize
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bclint.diagnostics import Diagnostic
from bclint.engine.fingerprints import identified, normal_form, scope_name
from bclint.engine.linter import lint
from bclint.engine.registry import load_rules
from bclint.source import SourceFile

RULES = tuple(rule for rule in load_rules() if rule.code in {"BCL101", "BCL102"})
_slow = settings(max_examples=40, deadline=None)
_slower = settings(max_examples=12, deadline=None)


def find(text: str) -> tuple[Diagnostic, ...]:
    source = SourceFile("a.py", text.encode())
    report = lint(source, RULES)
    assert report.errors == ()
    return identified(source, report.diagnostics)


def fingerprints(text: str) -> list[str]:
    return sorted(each.fingerprint for each in find(text))


NAMES = st.sampled_from(["alpha", "beta", "gamma", "delta", "item", "értek"])
ATOMS = st.one_of(
    NAMES,
    st.sampled_from(
        ["1", "0x1F", "2.50", "1e3", "'text'", '"q\'s"', "b'x'", "None", "[]", "'a' 'b'"]
    ),
)


def _bigger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "*", "<", "and", "in", "**"]), inner).map(
            lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"
        ),
        st.tuples(inner, NAMES).map(lambda parts: f"({parts[0]}).{parts[1]}"),
        st.tuples(NAMES, inner, NAMES, inner).map(
            lambda parts: f"{parts[0]}({parts[1]}, {parts[2]}={parts[3]})"
        ),
        st.tuples(inner, inner).map(lambda parts: f"[{parts[0]}, ({parts[1]},)]"),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]})[{parts[1]}:]"),
        st.tuples(NAMES, inner).map(lambda parts: f"lambda {parts[0]}: {parts[1]}"),
        st.tuples(inner, inner, inner).map(lambda parts: "({}) if ({}) else ({})".format(*parts)),
        st.tuples(NAMES, inner).map(lambda parts: f"f'{{{parts[0]}!r}} {{({parts[0]}):>4}}'"),
    )


EXPRESSIONS = st.recursive(ATOMS, _bigger, max_leaves=8)
LAYOUTS = st.sampled_from(["", " ", "  ", "\n", "\n    ", "  # why\n", "\\\n", "\t"])


_BETWEEN = frozenset({tokenize.NEWLINE, tokenize.NL, tokenize.ENDMARKER})


def laid_out(text: str, gaps: Sequence[str]) -> str:
    """`text` with other space, line breaks and comments between its tokens."""
    parts: list[str] = []
    inside = 0
    for index, token in enumerate(tokenize.generate_tokens(io.StringIO(text).readline)):
        if token.type in _BETWEEN:
            continue
        starts, ends = _literal_edges(token)
        gap = gaps[index % len(gaps)] or " "
        parts.append(token.string if inside else gap + token.string)
        inside += starts - ends
    return "".join(parts)


def _literal_edges(token: tokenize.TokenInfo) -> tuple[bool, bool]:
    """Whether `token` opens or closes a literal whose inside is text: an f-string, from 3.12 on."""
    name = tokenize.tok_name[token.type]
    return name == "FSTRING_START", name == "FSTRING_END"


@_slow
@given(EXPRESSIONS, st.lists(LAYOUTS, min_size=1, max_size=5))
def test_layout_does_not_matter(text: str, gaps: list[str]) -> None:
    other = laid_out(text, gaps)
    assert normal_form(f"({other}\n)") == normal_form(text)


@_slow
@given(EXPRESSIONS)
def test_another_spelling_does_not_matter(text: str) -> None:
    assert normal_form(ast.unparse(ast.parse(text, mode="eval"))) == normal_form(text)


@_slow
@given(EXPRESSIONS, EXPRESSIONS)
def test_other_expressions_are_told_apart(one: str, other: str) -> None:
    same = ast.dump(ast.parse(one, mode="eval")) == ast.dump(ast.parse(other, mode="eval"))
    assert (normal_form(one) == normal_form(other)) == same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("import os.path as p", "import  os . path  as \\\n p"),
        ("total += 'a'", 'total  +=  ("a")'),
        ("def f(x):\n        return x", "def f( x ): return x + 1"),
        ("def f(x):", "def f(x): pass"),
        ("for x in (1,\n 2): pass", "for x in (1, 2):\n    print(x)"),
    ],
)
def test_statements(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize("text", ["else:", "x = '\udc80'", "(" * 10_000, "not python  at all"])
def test_what_is_no_python_keeps_its_words(text: str) -> None:
    assert normal_form(text) == " ".join(text.split())
    assert normal_form(f"  {text}\n") == normal_form(text)


def test_numbers_of_any_length() -> None:
    assert normal_form("9" * 4000 + " * 16 ** 5000") != normal_form("9")
    assert normal_form(hex(16**5000)) != normal_form(hex(16**5001))


WORDS = st.from_regex(r"[a-z]{1,6}", fullmatch=True).filter(
    lambda word: not keyword.iskeyword(word) and word not in {"math", "len", "f", "g", "x", "out"}
)


def module(*, before: str, neighbour: str, variable: str, comment: str, indent: str) -> str:
    """One function with findings, among things that have nothing to do with them."""
    body = f"""
        def f(x, {variable}):
            # {comment}
            out = []
            for each in x:
                {variable} = math.floor(each)
                out.append(math.sqrt({variable}))
                out.append(math.sqrt(each))
                out.extend([len(y) for y in out if math.sqrt(y)])
            return out
    """
    text = textwrap.dedent(body).replace("    ", indent)
    return f"{before}import math\n\ndef {neighbour}(): return {variable!r}\n{text}\n"


@_slower
@given(
    st.sampled_from(["", "\n\n\n", "# a comment\n", "import os\n", "x = '''\n\n'''\n"]),
    st.lists(WORDS, min_size=2, max_size=2, unique=True),
    st.from_regex(r"[ a-z]{0,20}", fullmatch=True),
    st.sampled_from(["  ", "    ", "\t"]),
)
def test_what_stands_around_does_not_matter(
    before: str, names: list[str], comment: str, indent: str
) -> None:
    plain = module(before="", neighbour="g", variable="value", comment="", indent="    ")
    neighbour, variable = names
    other = module(
        before=before, neighbour=neighbour, variable=variable, comment=comment, indent=indent
    )
    assert fingerprints(other) == fingerprints(plain)
    assert len(fingerprints(plain)) >= 3


FUNCTIONS = [
    f"def {name}(xs):\n    for x in xs:\n        print(math.{attribute}(x), math.pi)\n"
    for name in ("one", "two", "three")
    for attribute in ("sin", "cos")
]


@_slower
@given(st.permutations(FUNCTIONS[::2]), st.integers(0, 3))
def test_functions_may_change_places(functions: list[str], blank: int) -> None:
    text = "import math\n" + ("\n" * blank).join(functions)
    assert fingerprints(text) == fingerprints("import math\n" + "".join(FUNCTIONS[::2]))


def test_what_is_another_finding_has_another_fingerprint() -> None:
    loop = "import math\ndef {}(xs):\n    for x in xs:\n        {}\n"
    texts = [
        loop.format("f", "math.sin(x)"),
        loop.format("g", "math.sin(x)"),
        loop.format("f", "math.cos(x)"),
    ]
    assert len({each for text in texts for each in fingerprints(text)}) == 3


def test_equal_findings_are_counted() -> None:
    loop = "    for x in xs:\n        math.sin(x)\n"
    one = fingerprints(f"import math\ndef f(xs):\n{loop}")
    two = fingerprints(f"import math\ndef f(xs):\n{loop}{loop}")
    assert len(set(two)) == len(two) == 2
    assert set(one) < set(two)


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("f", "f"),
        ("<module>", "<module>"),
        ("<listcomp>", "<module>"),
        ("A.f.<locals>.<listcomp>.<genexpr>", "A.f"),
        ("A.f.<locals>.g.<locals>.<setcomp>.<locals>.<dictcomp>", "A.f.<locals>.g"),
        ("f.<locals>.<lambda>", "f.<locals>.<lambda>"),
    ],
)
def test_comprehensions_have_no_scope_of_their_own(name: str, scope: str) -> None:
    import dataclasses

    (diagnostic,) = find(
        "import math\nfor x in y:\n    def f(xs):\n        for x in xs: math.sin(x)\n"
    )[:1]
    assert scope_name(dataclasses.replace(diagnostic, function=name)) == scope


def test_a_real_formatter_changes_none(tmp_path: Path) -> None:
    """Ruff's formatter, with lines so short that nearly all of them break."""
    text = (Path(ast.__file__).parent / "csv.py").read_text(encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "40", "-"]
    done = subprocess.run(
        command, input=text, capture_output=True, encoding="utf-8", check=True, cwd=tmp_path
    )
    assert done.stdout != text
    assert fingerprints(done.stdout) == fingerprints(text)
    assert len(fingerprints(text)) > 5
