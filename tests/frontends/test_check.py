from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.frontends.conftest import Ran

Command = Callable[..., Ran]

pytestmark = pytest.mark.usefixtures("_words")


def write(path: str, text: str) -> Path:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8", newline="")
    return Path(path)


def test_status_and_summary(bclint: Command) -> None:
    write("a/clean.py", "fast\n")
    assert bclint() == Ran(0, "All fast: nothing found in 1 file.\n", "")
    write("a/slow.py", "slow\nlazy\nodd\n")
    ran = bclint("a")
    assert ran.status == 1
    assert ran.out.startswith("a/slow.py:1:1: BCL102 `slow` is looked up")
    assert ran.out.endswith(
        "\nFound 3 findings (1 fixable with --fix, 1 more with --unsafe-fixes).\n"
    )
    assert bclint("check", "a").out == ran.out
    assert bclint("--exit-zero", "a").status == 0


def test_concise(bclint: Command) -> None:
    write("a.py", "slow\n")
    assert bclint("--output-format", "concise") == Ran(
        1, "a.py:1:1: BCL102 `slow` is looked up on every iteration\nFound 1 finding.\n", ""
    )


def test_json(bclint: Command) -> None:
    write("a.py", "slow\n")
    write("b.py", "syntax error\n")
    ran = bclint("--output-format=json")
    content = json.loads(ran.out)
    assert ran.status == 2
    assert content["diagnostics"][0]["fix"]["applicability"] == "safe"
    assert content["errors"][0]["path"] == "b.py"
    assert ran.err == "b.py:1:8: error: invalid syntax\n"


def test_errors_are_one_line_each_and_the_rest_is_checked(bclint: Command) -> None:
    write("a.py", "slow\n")
    write("b.py", "syntax error\n")
    Path("c.py").write_bytes(b"# coding: nonsense\n")
    ran = bclint("a.py", "b.py", "c.py", "missing.py", "--exit-zero")
    assert ran.status == 2
    assert "a.py:1:1: BCL102" in ran.out
    assert ran.err.splitlines() == [
        "missing.py: error: there is no such file or folder",
        "b.py:1:8: error: invalid syntax",
        "c.py:1:1: error: cannot be decoded: unknown encoding: nonsense",
    ]


def test_a_mistyped_command_is_noticed(bclint: Command) -> None:
    assert "did you mean the command `explain`?" in bclint("explian", "BCL101").err
    ran = bclint("rule", "BCL101")
    assert ran.err.splitlines()[1] == (
        "rule: error: there is no such file or folder; "
        "did you mean the command `explain` (one rule) or `rules` (all of them)?"
    )


def test_a_folder_called_like_a_command(bclint: Command) -> None:
    write("rules/a.py", "slow\n")
    assert bclint("check", "rules").status == 1


def test_fix(bclint: Command) -> None:
    file = write("a.py", "slow\nlazy\nodd\r\n")
    ran = bclint("--fix", "a.py")
    assert file.read_bytes() == b"fast\nlazy\nodd\r\n"
    assert ran.status == 1
    assert ran.out.splitlines()[-1] == (
        "Found 3 findings (1 fixed, 2 remaining, 1 fixable with --unsafe-fixes)."
    )
    ran = bclint("--fix", "--unsafe-fixes", "a.py")
    assert file.read_bytes() == b"fast\nfast\nodd\r\n"
    assert ran.out.splitlines()[-1] == "Found 2 findings (1 fixed, 1 remaining)."


def test_fix_only(bclint: Command) -> None:
    file = write("a.py", "slow\nodd\n")
    assert bclint("--fix-only") == Ran(0, "Fixed 1 finding in 1 file.\n", "")
    assert file.read_text(encoding="utf-8") == "fast\nodd\n"
    assert bclint("--fix-only") == Ran(0, "Nothing to fix.\n", "")


def test_diff_writes_nothing(bclint: Command) -> None:
    file = write("a.py", "slow\nodd\n")
    assert bclint("--diff") == Ran(
        1,
        "--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n-slow\n+fast\n odd\n",
        "Would fix 1 finding in 1 file.\n",
    )
    assert file.read_text(encoding="utf-8") == "slow\nodd\n"
    write("a.py", "odd\n")
    assert bclint("--diff", "-q") == Ran(0, "", "")


def test_suppressions_hold_for_fixes_too(bclint: Command) -> None:
    file = write("a.py", "slow  # noqa\n")
    assert bclint("--fix").status == 0
    assert file.read_text(encoding="utf-8") == "slow  # noqa\n"


def test_standard_input(bclint: Command) -> None:
    ran = bclint("-", text=b"slow\n")
    assert ran.status == 1
    assert ran.out.startswith("<stdin>:1:1: BCL102")
    assert bclint("-", "--stdin-filename", "x/y.py", text=b"slow\n").out.startswith("x/y.py:1:1:")
    assert bclint("-", text=b"fast\n").status == 0


def test_a_name_for_standard_input_means_standard_input(bclint: Command) -> None:
    write("a.py", "slow\n")
    assert bclint("--stdin-filename", "y.py", text=b"fast\n").status == 0
    assert bclint("--stdin-filename", "y.py", text=b"slow\n").out.startswith("y.py:1:1:")


def test_standard_input_uses_the_settings_of_its_name(bclint: Command) -> None:
    write("x/pyproject.toml", "[tool.bclint]\nignore = ['BCL102']\n")
    assert bclint("-", "--stdin-filename", "x/y.py", text=b"slow\n").status == 0
    assert bclint("-", "--stdin-filename", "y.py", text=b"slow\n").status == 1


@pytest.mark.parametrize(
    ("text", "fixed", "status"),
    [
        (b"slow\r\nodd", b"fast\r\nodd", 1),
        (b"slow\n", b"fast\n", 0),
        (b"\xef\xbb\xbfodd\n", b"\xef\xbb\xbfodd\n", 1),
        (b"syntax error\n", b"syntax error\n", 2),
        (b"slow  # bclint: skip-file\n", b"slow  # bclint: skip-file\n", 0),
        (b"", b"", 0),
    ],
)
def test_fixed_standard_input_goes_to_standard_output(
    bclint: Command, text: bytes, fixed: bytes, status: int
) -> None:
    ran = bclint("--fix", "-", text=text)
    assert (ran.status, ran.out.encode()) == (status, fixed)


def test_a_diff_of_standard_input(bclint: Command) -> None:
    ran = bclint("--diff", "-", "--stdin-filename", "a.py", text=b"slow\n")
    assert (ran.status, ran.out) == (1, "--- a.py\n+++ a.py\n@@ -1 +1 @@\n-slow\n+fast\n")


def test_statistics(bclint: Command) -> None:
    write("a.py", "slow\nslow\n")
    assert bclint("--statistics") == Ran(
        1, "2  BCL102  module-attribute-in-loop\nFound 2 findings.\n", ""
    )


def test_quiet(bclint: Command) -> None:
    write("a.py", "slow\n")
    ran = bclint("-q", "--output-format", "concise")
    assert ran == Ran(1, "a.py:1:1: BCL102 `slow` is looked up on every iteration\n", "")


def test_output_file(bclint: Command) -> None:
    write("a.py", "slow\n")
    ran = bclint("--output-file", "report.txt", "--output-format", "concise")
    assert (ran.status, ran.out) == (1, "")
    assert Path("report.txt").read_text(encoding="utf-8").startswith("a.py:1:1: BCL102")
    ran = bclint("--output-file", "no/such/folder", "a.py")
    assert (ran.status, ran.err) == (
        2,
        "bclint: no/such/folder: cannot be written: No such file or directory\n",
    )


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--select", "BCL1"], 1),
        (["--select", "BCL2"], 0),
        (["--select=BCL2,module-attribute-in-loop"], 1),
        (["--select", "BCL2", "--select", "BCL1"], 1),
        (["--ignore", "BCL102"], 0),
        (["--select", "BCL2", "--extend-select", "BCL102"], 1),
        (["--extend-ignore", "ALL"], 0),
        (["--per-file-ignores", "a.py:BCL1,BCL201"], 0),
        (["--per-file-ignores", "*.py:BCL201,b.py:BCL1"], 1),
        (["--exclude", "a.py"], 0),
        (["--extend-exclude", "x,*.py"], 0),
        (["--exclude", "a.py", "a.py"], 1),
    ],
)
def test_selection(bclint: Command, arguments: list[str], status: int) -> None:
    write("a.py", "slow\n")
    assert bclint(*arguments).status == status


def test_configuration(bclint: Command) -> None:
    write("a.py", "slow\n")
    write("pyproject.toml", "[tool.bclint]\noutput-format = 'concise'\nfix = true\n")
    assert bclint("--no-fix").out.startswith("a.py:1:1: BCL102 `slow`")
    assert bclint("--isolated", "--output-format", "full").status == 1
    assert bclint().out == "Found 1 finding (1 fixed, 0 remaining).\n"
    write("b/other.toml", "[tool.bclint]\nselect = ['BCL2']\n")
    write("a.py", "slow\n")
    assert bclint("--config", "b/other.toml").status == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--selct", "A"], "there is no option `--selct`; did you mean `--select`?"),
        (["--fix-onyl"], "there is no option `--fix-onyl`; did you mean `--fix-only`?"),
        (["--select", "BCL9"], "no rule is called `BCL9`"),
        (["--select", "E,F"], "no rule is called `E`; `bclint rules` lists all of them\n"),
        (["--output-format", "xml"], "option --output-format: invalid choice: 'xml'"),
        (["--select"], "option --select: expected one argument"),
        (["-", "a.py"], "`-`, standard input, cannot be checked together with other paths"),
        (["--stdin-filename", "x", "a.py"], "--stdin-filename names `-`, standard input: leave"),
        (["--select", ""], "--select names no rule"),
        (["--config", "a", "--isolated"], "--config and --isolated exclude one another"),
        (["--config", "none.toml"], "none.toml: cannot be read: No such file"),
        (["--per-file-ignores", "BCL1"], "--per-file-ignores takes `pattern:RULES`, not `BCL1`"),
        (["--statistics", "--output-format", "json"], "--statistics is for people"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    bclint: Command, arguments: list[str], message: str
) -> None:
    ran = bclint(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"bclint: {message}")
    assert ran.err.count("\n") == 1


def test_a_wrong_configuration_of_the_current_folder(bclint: Command) -> None:
    write("pyproject.toml", "[tool.bclint]\nselct = []\n")
    assert bclint() == Ran(
        2,
        "",
        "bclint: pyproject.toml:2:1: `tool.bclint` has no key `selct`; did you mean `select`?\n",
    )


def test_a_configuration_without_any_rule_is_an_error(bclint: Command) -> None:
    write("a.py", "slow\n")
    write("pyproject.toml", "[tool.bclint]\nselect = []\n")
    message = "pyproject.toml:2:1: `tool.bclint.select` names no rule: no rule at all would run"
    assert bclint() == Ran(2, "", f"bclint: {message}\n")
    assert bclint("--select", "BCL1").status == 1
    write("pyproject.toml", "[tool.bclint]\nselect = []\nextend-select = ['BCL1']\n")
    assert bclint().status == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.parametrize("name", ["pyproject.toml", ".gitignore", "b.py"])
def test_a_named_pipe_is_not_waited_for(bclint: Command, name: str) -> None:
    write("a.py", "slow\n")
    os.mkfifo(name)
    assert bclint("--output-format=concise", "-q").out.count("\n") == 1


def test_options_and_paths_may_be_mixed(bclint: Command) -> None:
    write("a.py", "slow\n")
    write("b.py", "slow\n")
    write("-c.py", "slow\n")
    ran = bclint("a.py", "--output-format", "concise", "b.py", "-q", "--", "-c.py")
    assert [line.split(":")[0] for line in ran.out.splitlines()] == ["-c.py", "a.py", "b.py"]


def test_strange_names_are_printed_safely(bclint: Command) -> None:
    Path("a\x1b\udc80.py").write_bytes(b"slow\n")
    ran = bclint("--output-format", "concise", "-q")
    assert ran.out.startswith("a\\x1b\\udc80.py:1:1: BCL102")


def test_colour_on_demand(bclint: Command) -> None:
    write("a.py", "slow\n")
    assert "\x1b[" in bclint("--color", "always").out
    assert "\x1b[" not in bclint().out
    assert bclint("--diff", "--color", "always").out.splitlines()[3] == "\x1b[31m-slow\x1b[0m"
