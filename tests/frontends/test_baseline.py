"""Baselines as people use them: written, kept beside the code, and told what is new and gone."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.frontends.conftest import Ran

Command = Callable[..., Ran]

SLOW = """\
import math


def f(xs):
    for x in xs:
        yield math.sqrt(x)
"""
MORE = SLOW + "        yield math.sin(x)\n"
OPTIONS = ("--select", "BCL102", "--min-gain", "0", "--output-format", "concise")


@pytest.fixture
def check(bclint: Command) -> Command:
    def run(*arguments: str, text: bytes = b"") -> Ran:
        return bclint(*OPTIONS, *arguments, text=text)

    return run


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def entries(path: str = "base.json") -> list[tuple[str, str]]:
    content = json.loads(Path(path).read_text(encoding="ascii"))
    assert content["bclint-baseline"] == 1
    return [(entry["path"], entry["expression"]) for entry in content["findings"]]


def test_only_what_is_new_is_reported(check: Command) -> None:
    write("a.py", SLOW)
    assert check("--write-baseline", "base.json") == Ran(
        0, "Accepted 1 finding in 1 file: base.json.\n", ""
    )
    assert check("--baseline", "base.json") == Ran(
        0, "Nothing new found in 1 file (1 in the baseline).\n", ""
    )
    write("a.py", "\n\n\n" + MORE.replace("sqrt(x)", "sqrt( x )"))
    ran = check("--baseline", "base.json")
    assert (ran.status, ran.err) == (1, "")
    assert ran.out.splitlines() == [
        "a.py:10:15: BCL102 `math.sin` is looked up on every iteration",
        "Found 1 finding (1 more in the baseline).",
    ]


def test_a_second_of_its_kind_is_new(check: Command) -> None:
    write("a.py", SLOW)
    check("--write-baseline", "base.json")
    write("a.py", SLOW + SLOW[SLOW.index("    for") :])
    assert "a.py:8:15" in check("--baseline", "base.json").out


def test_what_is_gone_is_told(check: Command) -> None:
    write("a.py", MORE)
    write("b.py", SLOW)
    check("--write-baseline", "base.json")
    write("a.py", SLOW)
    Path("b.py").unlink()
    ran = check("--baseline", "base.json")
    assert ran.status == 0
    assert ran.err.splitlines() == [
        "bclint: 2 findings of the baseline are gone (`--write-baseline` forgets them):",
        "  a.py: BCL102 `math.sin` in `f`",
        "  b.py: BCL102 `math.sqrt` in `f`",
    ]
    assert check("--baseline", "base.json", "-q") == Ran(0, "", "")
    check("--write-baseline", "base.json")
    assert entries() == [("a.py", "math.sqrt")]


def test_what_was_not_looked_at_is_not_gone(check: Command) -> None:
    write("a.py", MORE)
    write("b.py", SLOW)
    check("--write-baseline", "base.json")
    write("a.py", "")
    write("b.py", "def f(:\n")
    assert (
        check("--baseline", "base.json", "--select", "BCL101", "--ignore", "BCL102").err.count("\n")
        == 1
    )  # the file that does not parse
    assert "gone" not in check("--baseline", "base.json", "b.py").err


def test_writing_again_loses_nothing_that_was_not_looked_at(check: Command) -> None:
    write("a.py", MORE)
    write("b.py", SLOW)
    write("c.py", SLOW)
    check("--write-baseline", "base.json")
    write("a.py", SLOW)
    write("b.py", "def f(:\n")
    ran = check("--write-baseline", "base.json", "a.py", "b.py")
    assert ran.status == 2
    assert ran.out.endswith("base.json (2 of other files or rules kept).\n")
    assert entries() == [("a.py", "math.sqrt"), ("b.py", "math.sqrt"), ("c.py", "math.sqrt")]
    check("--write-baseline", "base.json", "--ignore", "BCL102", "c.py")
    assert ("c.py", "math.sqrt") in entries()


def test_the_file_reads_and_merges_well(check: Command) -> None:
    write("b/é\udcff.py".encode("utf-8", "surrogateescape").decode("latin-1"), SLOW)
    write("a.py", MORE)
    check("--write-baseline", "x/../base.json")
    text = Path("base.json").read_text(encoding="ascii")
    assert [line.split('"')[3] for line in text.splitlines() if "fingerprint" in line][:2] == [
        "a.py",
        "a.py",
    ]
    check("--write-baseline", "base.json")
    assert Path("base.json").read_text(encoding="ascii") == text


@pytest.mark.skipif(os.name == "nt", reason="Windows has names of text")
def test_names_that_are_no_text(check: Command) -> None:
    Path(os.fsdecode(b"a\xff\n.py")).write_text(SLOW, encoding="utf-8")
    check("--write-baseline", "base.json")
    assert check("--baseline", "base.json").status == 0


def test_paths_are_relative_to_the_baseline(
    check: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("src/deep/a.py", SLOW)
    write("pyproject.toml", "[tool.bclint]\nbaseline = 'ci/base.json'\n")
    Path("ci").mkdir()
    check("--write-baseline", "ci/base.json", "src")
    assert entries("ci/base.json") == [("../src/deep/a.py", "math.sqrt")]
    assert check().status == 0
    monkeypatch.chdir("src/deep")
    assert check("a.py").status == 0
    assert check("--stdin-filename", "a.py", text=SLOW.encode()).status == 0
    assert check("--stdin-filename", "b.py", text=SLOW.encode()).status == 1
    assert check("--isolated").status == 1


def test_what_is_accepted_is_not_fixed(check: Command) -> None:
    write("a.py", SLOW)
    check("--write-baseline", "base.json")
    write("a.py", MORE)
    ran = check("--fix", "--unsafe-fixes", "--baseline", "base.json")
    text = Path("a.py").read_text(encoding="utf-8")
    assert "yield math.sqrt(x)" in text
    assert "sin = math.sin" in text
    assert ran.out == "Found 1 finding (1 fixed, 0 remaining, 1 more in the baseline).\n"


def test_comments_and_baselines_go_together(check: Command) -> None:
    write("a.py", SLOW)
    check("--write-baseline", "base.json")
    write("a.py", SLOW.replace("(x)\n", "(x)  # noqa: BCL102\n"))
    assert "1 finding of the baseline is gone" in check("--baseline", "base.json").err
    write("a.py", "# bclint: skip-file\n" + SLOW)
    assert "1 finding of the baseline is gone" in check("--baseline", "base.json").err


BROKEN: list[tuple[str | bytes, str]] = [
    ("", "is no baseline: it is not valid JSON"),
    ("{", "is no baseline: it is not valid JSON"),
    (b"\xff", "is no baseline: it is not valid JSON"),
    ("[" * 200_000, "is no baseline: it is not valid JSON"),
    ("[]", "is no baseline of bclint: it is not an object with a key `bclint-baseline`"),
    ('{"version": "2.1.0"}', "is no baseline of bclint: it is not an object with a key"),
    ('{"bclint-baseline": 2}', "is no baseline of bclint: its version is 2, and this bclint"),
    ('{"bclint-baseline": 1}', "is no baseline of bclint: its `findings` are not a list"),
    (
        '{"bclint-baseline": 1, "findings": [1]}',
        "is no baseline of bclint: finding 1 has no `path`",
    ),
    (
        '{"bclint-baseline": 1, "findings": [{"path": "a", "code": 1}]}',
        "is no baseline of bclint: finding 1 has no `code`, or it is not a string",
    ),
]


@pytest.mark.parametrize(("text", "message"), BROKEN, ids=range(len(BROKEN)))
@pytest.mark.parametrize("option", ["--baseline", "--write-baseline"])
def test_what_is_no_baseline_is_neither_used_nor_lost(
    check: Command, option: str, text: str | bytes, message: str
) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    write("a.py", SLOW)
    Path("base.json").write_bytes(data)
    ran = check(option, "base.json", "--fix" if option == "--baseline" else "-q")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"bclint: base.json: {message}")
    assert ran.err.count("\n") == 1
    assert Path("base.json").read_bytes() == data
    assert Path("a.py").read_text(encoding="utf-8") == SLOW


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--baseline", "none.json"], "none.json: there is no such baseline: `bclint --write-bas"),
        (["--baseline", "."], ".: cannot be read: Is a directory"),
        (["--write-baseline", "no/base.json"], "no/base.json: it cannot be written: No such file"),
        (["--write-baseline", "."], ".: cannot be read: Is a directory; it stays as it is"),
        (["--baseline", ""], "option --baseline: `` names no file"),
        (["--write-baseline", "a", "--fix"], "--write-baseline and --fix exclude one another"),
        (["--write-baseline", "a", "--diff"], "--write-baseline and --diff exclude one another"),
        (["--write-baseline", "a", "--baseline", "a"], "--write-baseline and --baseline exclude"),
        (["--write-baseline", "a", "-"], "--write-baseline cannot be used with `-`, standard"),
    ],
)
def test_what_cannot_be_done(check: Command, arguments: list[str], message: str) -> None:
    ran = check(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"bclint: {message}")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("value", ["3", "''", "['a']"])
def test_the_setting_is_a_path(check: Command, value: str) -> None:
    write("pyproject.toml", f"[tool.bclint]\nbaseline = {value}\n")
    ran = check()
    assert ran.status == 2
    assert "pyproject.toml:2:1: `tool.bclint.baseline` must be the path of a file" in ran.err


def test_a_configured_baseline_that_is_missing_can_be_written(check: Command) -> None:
    write("a.py", SLOW)
    write("pyproject.toml", "[tool.bclint]\nbaseline = 'base.json'\n")
    assert check().err == (
        "bclint: base.json: there is no such baseline: `bclint --write-baseline base.json` "
        "makes it\n"
    )
    assert check("--write-baseline", "base.json").status == 0
    assert check().status == 0


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_the_file_is_an_ordinary_one_and_alone(check: Command) -> None:
    write("a.py", SLOW)
    check("--write-baseline", "base.json")
    mask = os.umask(0o022)
    os.umask(mask)
    assert stat.S_IMODE(Path("base.json").stat().st_mode) == 0o666 & ~mask
    Path("base.json").chmod(0o640)
    write("a.py", MORE)
    check("--write-baseline", "base.json")
    assert stat.S_IMODE(Path("base.json").stat().st_mode) == 0o640
    assert sorted(path.name for path in Path().iterdir()) == ["a.py", "base.json"]


def test_formats_for_programs_have_the_new_ones_only(check: Command) -> None:
    write("a.py", SLOW)
    check("--write-baseline", "base.json")
    write("a.py", MORE)
    whole: Any = json.loads(check("--output-format", "gitlab").out)
    new: Any = json.loads(check("--output-format", "gitlab", "--baseline", "base.json").out)
    assert [entry for entry in whole if "math.sin" in entry["description"]] == new
