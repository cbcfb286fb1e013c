from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bclint import __version__
from bclint.frontends import cli
from bclint.frontends.options import HELP, _parser
from tests.frontends.conftest import Ran

SLOW = """\
import math


def total(points):
    result = 0.0
    for point in points:
        result += math.sqrt(point)
    return result
"""

Command = Callable[..., Ran]


def run_python(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, *arguments],
        text=True,
        encoding="utf-8",
        capture_output=True,
        check=False,
        **options,
    )


@pytest.mark.parametrize("option", ["--version", "-V", "version"])
def test_version(bclint: Command, option: str) -> None:
    assert bclint(option) == Ran(0, f"bclint {__version__}\n", "")


def test_the_version_is_known_without_imports() -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "from bclint.frontends.cli import main; main(['--version'])\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    imported = run_python("-c", code).stdout.splitlines()[-1].split()
    assert set(imported) - {"__future__"} == {"bclint", "bclint.frontends", "bclint.frontends.cli"}


def test_checking_needs_the_standard_library_alone(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SLOW, encoding="utf-8")
    code = (
        "import sys; from bclint.frontends.cli import main\n"
        "status = main(['--output-format', 'concise', '--isolated', 'a.py'])\n"
        "print(status, *(name for name in ('libcst', 'tomllib', 'tokenize_rt') "
        "if name in sys.modules))"
    )
    assert run_python("-c", code, cwd=tmp_path).stdout.splitlines()[-1] == "1"


def test_help_fits_one_screen_and_names_every_option(bclint: Command) -> None:
    ran = bclint("--help")
    assert ran == Ran(0, HELP, "")
    assert bclint("check", "-h").out == HELP
    assert 24 <= HELP.count("\n") <= 48
    assert max(map(len, HELP.splitlines())) <= 100
    hidden = {"--no-fix", "--no-unsafe-fixes", "--target-version"}
    assert [name for name in _parser().option_names if name not in HELP] == sorted(hidden)


@pytest.mark.parametrize("command", [name for name in cli.COMMANDS if name != "check"])
def test_every_command_has_help_and_notices_wrong_options(bclint: Command, command: str) -> None:
    ran = bclint(command, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"usage: bclint {command}")
    ran = bclint(command, "--hlep")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "bclint: there is no option `--hlep`; did you mean `--help`?\n"


def test_as_a_module_on_real_code(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SLOW, encoding="utf-8")
    arguments = ("-m", "bclint", "--isolated", "--select", "BCL102", "a.py")
    done = run_python(*arguments, cwd=tmp_path)
    assert done.stderr == ""
    assert done.returncode == 1
    assert done.stdout.startswith("a.py:7:19: BCL102 `math.sqrt` is looked up on every iteration")
    assert "                   ^^^^^^^^^\n" in done.stdout


def test_fixing_real_code_until_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SLOW, encoding="utf-8")
    arguments = ("-m", "bclint", "--isolated", "--select", "BCL102", "a.py")
    done = run_python(*arguments, "--fix", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "= math.sqrt\n    for point" in (tmp_path / "a.py").read_text(encoding="utf-8")
    assert run_python(*arguments, "--diff", cwd=tmp_path).returncode == 0


def test_without_columns_whole_lines_are_shown_and_nothing_is_fixed(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(SLOW, encoding="utf-8")
    arguments = ("-X", "no_debug_ranges", "-m", "bclint", "--isolated", "a.py")
    for option in ("--fix", "--no-fix"):
        done = run_python(*arguments, option, cwd=tmp_path)
        assert done.returncode == 1
        assert done.stderr.startswith("bclint: this Python keeps no columns")
        assert done.stdout.startswith("a.py:7:9: BCL102 `…` is looked up on every iteration")
        assert f"        {'^' * len('result += math.sqrt(point)')}\n" in done.stdout
        assert "help:" not in done.stdout
        assert file.read_text(encoding="utf-8") == SLOW


@pytest.mark.skipif(sys.platform == "win32", reason="no shell that closes streams")
@pytest.mark.parametrize(
    ("redirection", "status", "err"),
    [
        (">&-", 2, "bclint: cannot write: not writable\n"),
        ("2>&-", 1, ""),
        (">&- 2>&-", 2, ""),
        ("<&-", 1, ""),
    ],
)
def test_closed_streams(tmp_path: Path, redirection: str, status: int, err: str) -> None:
    (tmp_path / "a.py").write_text(SLOW, encoding="utf-8")
    command = f'exec "$0" -m bclint --isolated a.py {redirection}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (status, err)
    assert bool(done.stdout) == (">&-" not in redirection.split())


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
def test_interruption_is_quiet(bclint: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(arguments: list[str]) -> int:
        os.kill(os.getpid(), signal.SIGINT)
        raise AssertionError("unreachable")

    monkeypatch.setattr(cli, "_run", interrupt)
    assert bclint("x") == Ran(130, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break differently")
def test_a_broken_pipe_is_quiet(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bclint", "--help"],
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (cli.BROKEN_PIPE, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bclint", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"bclint: cannot write: No space left on device\n"
