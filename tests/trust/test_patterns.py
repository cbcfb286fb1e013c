"""Texts that are made to keep a linter busy for ever: patterns, comments, settings, baselines."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bclint.engine.gitignore import Pattern, _expression, _NeverMatches, _parts
from tests.trust.conftest import SLOW, Main

NAME = "a" * 120
EXPLODING = ["*a" * 40 + "b", "*?" * 60 + "b", "[ab]*" * 40 + "c", "**/*a*/" * 30 + "b"]
"""Each takes longer than the universe is old where every way to match it is tried."""


@pytest.mark.parametrize("pattern", EXPLODING)
@pytest.mark.parametrize("place", ["gitignore", "exclude", "per-file-ignores", "option"])
def test_patterns(here: Main, folder: Path, pattern: str, place: str) -> None:
    deep = folder.joinpath(*["aaa"] * 40)
    deep.mkdir(parents=True)
    (deep / f"{NAME}.py").write_bytes(SLOW)
    (folder / f"{NAME}.py").write_bytes(SLOW)
    text = {
        "exclude": f'extend-exclude = ["{pattern}", "!{pattern}"]',
        "per-file-ignores": f'per-file-ignores = {{ "{pattern}" = ["ALL"] }}',
    }.get(place, "")
    (folder / "pyproject.toml").write_text(f"[tool.bclint]\n{text}\n", encoding="utf-8")
    if place == "gitignore":
        (folder / ".gitignore").write_text(f"{pattern}\n!{pattern}\n", encoding="utf-8")
    options = ["--extend-exclude", pattern] if place == "option" else []
    ran = here("--output-format", "concise", *options)
    assert (ran.status, ran.err) == (1, "")
    assert ran.out.count("BCL102") == 2


TEXTS = st.text("ab*?/[]!\\", min_size=1, max_size=12).map(lambda text: text.replace("***", "**"))


@settings(max_examples=500)
@given(TEXTS, st.lists(st.text("ab*/", max_size=14), min_size=1, max_size=6))
def test_patterns_match_what_all_ways_to_match_them_find(pattern: str, names: list[str]) -> None:
    try:
        parts = _parts(pattern)
    except _NeverMatches:
        return
    quick, all_ways = (
        re.compile(expression, re.DOTALL) for expression in (_expression(pattern), "".join(parts))
    )
    for name in names:
        if not name.startswith("/") and "//" not in name:  # no path has these
            assert bool(quick.fullmatch(name)) == bool(all_ways.fullmatch(name)), name


def test_the_patterns_are_understood() -> None:
    for pattern, path in (("*a*b", "xaxab"), ("**/a/**/b", "a/a/x/b"), ("a/**/b/*c*d", "a/b/cxcd")):
        parsed = Pattern.parse(pattern)
        assert parsed
        assert re.fullmatch(parsed.expression, path)
        assert not re.fullmatch(parsed.expression, f"{path}/x")


COMMENTS = {
    "letters": b"# noqa: " + b"A" * 300_000 + b"-",
    "codes": b"# noqa:" + b" A1," * 100_000 + b"-",
    "hashes": b"#" + b" #" * 300_000 + b" noqa",
    "spaces": b"# noqa" + b" " * 300_000 + b":" + b" " * 300_000 + b"A",
    "words": b"# bclint" + b" " * 300_000 + b": skip-fil",
}


def test_comments(here: Main, folder: Path) -> None:
    for name, comment in COMMENTS.items():
        (folder / f"{name}.py").write_bytes(
            SLOW.replace(b"(point)\n", b"(point)\n    " + comment + b"\n")
        )
    ran = here("--output-format", "concise", "--jobs", "1")
    assert (ran.status, ran.err) == (1, "")
    assert ran.out.count("BCL102") == len(COMMENTS)


TOML = {
    "nested lists": "select = " + "[" * 50_000,
    "nested tables": "x = " + "{a = " * 50_000,
    "a key of many parts": "a." * 20_000 + "a = 1",
    "a number of many digits": "min-gain = " + "9" * 100_000,
    "no number": "min-gain = nan",
    "empty lines": "\n" * 300_000 + "slect = 1",
    "spaces": " " * 300_000 + "slect = 1",
    "brackets at the start of lines": "slect = 1\n" + "[a\n" * 20_000,
}


@pytest.mark.parametrize("name", TOML)
def test_settings_end_in_one_line(here: Main, folder: Path, name: str) -> None:
    (folder / "a.py").write_bytes(SLOW)
    (folder / "pyproject.toml").write_text(f"[tool.bclint]\n{TOML[name]}\n", encoding="utf-8")
    ran = here("a.py")
    assert ran.status == 2
    [line] = ran.errors
    assert "pyproject.toml" in line
    assert len(line) < 400


BASELINES = {
    "nested": "[" * 200_000,
    "digits": "9" * 100_000,
    "not UTF-8": '"\udc80"',
    "no object": "[]",
    "another version": '{"bclint-baseline": 99, "findings": []}',
}


@pytest.mark.parametrize("name", BASELINES)
def test_baselines_end_in_one_line(here: Main, folder: Path, name: str) -> None:
    (folder / "a.py").write_bytes(SLOW)
    path = folder / "accepted.json"
    path.write_text(BASELINES[name], encoding="utf-8", errors="surrogateescape")
    ran = here("--baseline", "accepted.json", "a.py")
    assert ran.status == 2
    [line] = ran.errors
    assert "accepted.json" in line
    assert len(line) < 400


def test_a_baseline_of_many_findings_in_places_that_are_not_ours(here: Main, folder: Path) -> None:
    (folder / "a.py").write_bytes(SLOW)
    entry = {"code": "BCL102", "function": "f\x1b[2J", "expression": "x\ny", "fingerprint": "0"}
    findings = [{**entry, "path": f"../{'../' * 30}etc/passwd"}, {**entry, "path": "a\0b"}]
    findings += [{**entry, "path": "a.py", "fingerprint": str(number)} for number in range(50_000)]
    text = json.dumps({"bclint-baseline": 1, "findings": findings})
    (folder / "accepted.json").write_text(text, encoding="utf-8")
    ran = here("--baseline", "accepted.json", "--output-format", "concise", "a.py")
    assert ran.status == 1
    assert ran.out.startswith("a.py:7:19: BCL102")
    assert "\x1b" not in ran.err
    assert len(ran.errors) < 30
