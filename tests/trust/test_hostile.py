"""Nothing of a project that is checked runs, whatever it is called and wherever it lies."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.trust.conftest import SLOW, run_process

RAN = """\
import os
open(os.path.join(os.environ["TRAP"], {name!r}.replace("/", " ")), "w").close()
"""
ENTRY_POINTS = "[bclint.rules]\nevil = evil_pack:PACK\n[flake8.extension]\nEVL = evil_pack:Plugin\n"


@pytest.fixture
def trap(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that shows what ran; the current one is full of what would like to."""
    trap = tmp_path / "trap"
    trap.mkdir()
    monkeypatch.setenv("TRAP", str(trap))
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    names = {
        *(f"{name}.py" for name in sys.stdlib_module_names - {"__main__"}),
        *("sitecustomize.py", "usercustomize.py", "conftest.py", "setup.py", "evil_pack.py"),
        *("bclint_rules/__init__.py", "libcst/__init__.py", "libcst/_version.py", "noxfile.py"),
    }
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(RAN.format(name=name), encoding="utf-8")
    (folder / "evil.pth").write_text("import evil_pack\n")
    (folder / "evil-1.dist-info").mkdir()
    (folder / "evil-1.dist-info" / "entry_points.txt").write_text(ENTRY_POINTS)
    (folder / "evil-1.dist-info" / "METADATA").write_text("Name: evil\nVersion: 1\n")
    (folder / "pyvenv.cfg").write_text("home = .\ninclude-system-site-packages = true\n")
    (folder / ".env").write_text("PYTHONSTARTUP=evil_pack.py\nPYTHONPATH=.\n")
    (folder / "setup.cfg").write_text("[flake8:local-plugins]\nextension =\n  EVL = evil_pack:P\n")
    for number in range(20):  # as much as is shared out to processes
        (folder / f"slow{number}.py").write_bytes(SLOW + b"# " + b"x" * 20_000 + b"\n")
    return trap


def went_off(trap: Path) -> list[str]:
    return sorted(path.name for path in trap.iterdir())


SCRIPT = """\
import sys, threading

if __name__ == "__main__":
    # With a thread beside it the process is not forked: others are started from scratch.
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    from bclint.frontends.cli import main

    sys.exit(main(sys.argv[1:]))
"""
COMMANDS = {
    "module": [sys.executable, "-m", "bclint"],
    "module, apart": [sys.executable, "-P", "-m", "bclint"],
    "command": [shutil.which("bclint", path=Path(sys.executable).parent) or ""],
    "no forks": [sys.executable, "../script.py"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_runs(trap: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    command = [*COMMANDS[name], "--jobs", "2", "--output-format", "concise"]
    if not command[0]:
        pytest.skip("bclint is not installed as a command beside this interpreter")
    ran = run_process([*command, "."])
    assert ran.status == 1
    assert not ran.err
    assert ran.out.count("BCL102") == 20
    assert went_off(trap) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("--fix", "--unsafe-fixes", "slow1.py"),
        ("--python", sys.executable, "slow1.py"),
        ("--output-format", "sarif", "slow1.py"),
        ("dis", "slow1.py::total"),
        ("rules",),
        ("clean",),
    ],
)
def test_nothing_runs_whatever_is_asked_for(trap: Path, arguments: Sequence[str]) -> None:
    ran = run_process([sys.executable, "-m", "bclint", *arguments])
    assert ran.status in (0, 1)
    assert not ran.err
    assert went_off(trap) == []


def test_the_trap_goes_off(trap: Path) -> None:
    """As it does for programs that trust the current folder."""
    run_process([sys.executable, "-m", "evil_pack"])
    assert "evil_pack.py" in went_off(trap)


def test_a_folder_called_bclint_is_no_concern_of_the_command(trap: Path, folder: Path) -> None:
    """It is one of ``python -m bclint``, which Python itself looks for there first."""
    if not COMMANDS["command"][0]:
        pytest.skip("bclint is not installed as a command beside this interpreter")
    (folder / "bclint").mkdir()
    for name in ("__init__", "__main__"):
        (folder / "bclint" / f"{name}.py").write_text(RAN.format(name="bclint"), encoding="utf-8")
    assert run_process([*COMMANDS["command"], "slow1.py"]).status == 1
    assert run_process([*COMMANDS["module, apart"], "slow1.py"]).status == 1
    assert went_off(trap) == []
    run_process([*COMMANDS["module"], "slow1.py"])
    assert went_off(trap) == ["bclint"]  # the documentation says so


def crafted(path: Path) -> None:
    """An SQLite file with the right names, whose views and triggers do what they like."""
    connection = sqlite3.connect(path)
    connection.executescript(
        """
        CREATE TABLE real (path, signature, digest, used, key, result);
        CREATE VIEW results AS SELECT randomblob(20) key, '-["x"]' result, 1 used FROM real;
        CREATE VIEW files AS SELECT hex(randomblob(900000000)) path, 1 signature FROM real;
        CREATE TRIGGER t INSTEAD OF INSERT ON results BEGIN DELETE FROM real; END;
        INSERT INTO real VALUES (zeroblob(1000000), 1, 1, 1, 1, 1);
        PRAGMA user_version = 1;
        """
    )
    connection.close()


def test_a_cache_that_comes_with_a_project_is_not_opened(folder: Path, tmp_path: Path) -> None:
    """Another user's, with names as theirs are, and what is in place of the folder's own files."""
    own = {"BCLINT_NO_CACHE": "", "XDG_CACHE_HOME": str(tmp_path / "mine")}
    theirs = {**own, "XDG_CACHE_HOME": str(tmp_path / "theirs")}
    (folder / "a.py").write_bytes(SLOW)
    old = folder.stat().st_mtime - 60
    os.utime(folder / "a.py", (old, old))
    command = [sys.executable, "-m", "bclint", "--output-format", "concise", "a.py"]
    wanted = run_process(command, theirs)
    cache = folder / ".bclint_cache"
    [store] = cache.glob("*.sqlite")
    crafted(store.with_name("crafted.sqlite"))
    store.write_bytes(store.with_name("crafted.sqlite").read_bytes())
    for run in cache.glob("*.run"):
        run.write_bytes(run.read_bytes().replace(b"BCL102", b"BCL999"))
    before = {path: path.read_bytes() for path in cache.iterdir()}
    for _ in range(2):
        assert run_process(command, own) == wanted
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("place", ["own", "link"])
def test_a_cache_that_was_tampered_with(folder: Path, tmp_path: Path, place: str) -> None:
    """By somebody who can write into the folder and read its names."""
    own = {"BCLINT_NO_CACHE": "", "XDG_CACHE_HOME": str(tmp_path / "mine")}
    (folder / "a.py").write_bytes(SLOW)
    command = [sys.executable, "-m", "bclint", "--output-format", "concise", "a.py"]
    wanted = run_process(command, own)
    [store] = (folder / ".bclint_cache").glob("*.sqlite")
    store.unlink()
    if place == "own":
        crafted(store)
    else:
        crafted(tmp_path / "elsewhere")
        store.symlink_to(tmp_path / "elsewhere")
    ran = run_process(command, own)
    assert (ran.status, ran.out) == (wanted.status, wanted.out)
    assert len(ran.errors) <= 1
    assert all("damaged and thrown away" in line for line in ran.errors)
    assert run_process(command, own) == wanted
