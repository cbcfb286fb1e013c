"""Files that are none, cannot be read, or cannot be written: told, and left whole."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bclint import source
from bclint.source import open_regular
from tests.trust.conftest import BOUND, FIXED, SLOW, Main, bclint, run_process
from tests.trust.places import with_limit, without_rights

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="modes, limits, /dev")
COMMAND = (sys.executable, "-m", "bclint")
FIX = (*COMMAND, "--fix", "--unsafe-fixes", "-q", "--output-format", "concise")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("what", ["pipe", "socket", "/dev/zero", "/dev/full", "link to itself"])
@pytest.mark.parametrize("arguments", [(), ("--fix",), ("--add-noqa",)])
def test_what_is_no_file(folder: Path, here: Main, what: str, arguments: tuple[str, ...]) -> None:
    path = folder / "odd.py"
    if what == "pipe":
        os.mkfifo(path)
    elif what == "socket":
        os.mknod(path, 0o600 | stat.S_IFSOCK)
    else:
        path.symlink_to(what if what.startswith("/") else path)
    (folder / "good.py").write_bytes(b"x = 1\n")
    ran = here(*arguments, "odd.py", "good.py")
    assert ran.status == 2
    [line] = ran.errors
    assert line.startswith("odd.py: error: ")
    # Nobody named it: a walk passes by.
    assert here(*arguments, ".").status == 0


def test_a_folder_called_like_a_file_and_an_empty_one(folder: Path, here: Main) -> None:
    (folder / "package.py").mkdir()
    (folder / "package.py" / "a.py").write_bytes(SLOW)
    ran = here("--output-format", "concise", "package.py")
    assert (ran.status, ran.err) == (1, "")
    assert ran.out.startswith("package.py/a.py:7:19: BCL102")
    (folder / "package.py" / "a.py").unlink()
    assert here("package.py").status == 0


def test_a_missing_path_has_no_line(here: Main) -> None:
    ran = here("absent.py")
    assert (ran.status, ran.errors) == (2, ["absent.py: error: there is no such file or folder"])


@pytest.mark.parametrize("name", ["pyproject.toml", ".gitignore", "accepted.json"])
@pytest.mark.parametrize("what", ["pipe", "/dev/zero", "folder", "huge"])
def test_settings_that_nobody_comes_to_the_end_of(
    here: Main, folder: Path, name: str, what: str
) -> None:
    """In a process where memory may be taken without end."""
    (folder / "a.py").write_bytes(b"x = 1\n")
    (folder / "pyproject.toml").write_text("[tool.bclint]\nbaseline = 'accepted.json'\n")
    (folder / "accepted.json").write_text('{"bclint-baseline": 1, "findings": []}')
    (folder / name).unlink(missing_ok=True)
    if what == "pipe":
        os.mkfifo(folder / name)
    elif what == "folder":
        (folder / name).mkdir()
    elif what == "huge":
        with (folder / name).open("wb") as file:
            file.truncate(1 << 40)
    else:
        (folder / name).symlink_to(what)
    ran = (bclint if what == "/dev/zero" else here)("a.py", "-q")
    if name == "accepted.json" or (name == "pyproject.toml" and what == "huge"):
        assert ran.status == 2
        [line] = ran.errors
        assert f"{name}: " in line
        return
    assert (ran.status, ran.err) == (0, "")


def test_a_file_of_a_terabyte(here: Main, folder: Path) -> None:
    with (folder / "a.py").open("wb") as file:
        file.truncate(1 << 40)
    ran = here("--fix", "-q", "a.py")
    assert (ran.status, ran.errors) == (
        2,
        ["a.py: error: cannot be read: it is larger than 100 MiB"],
    )


@pytest.mark.parametrize("mode", [0o000, 0o200])
def test_a_file_without_permission(folder: Path, mode: int) -> None:
    (folder / "a.py").write_bytes(SLOW)
    (folder / "a.py").chmod(mode)
    ran = run_process(without_rights([*FIX, "a.py"]))
    assert (ran.status, ran.errors) == (2, ["a.py: error: cannot be read: Permission denied"])
    (folder / "a.py").chmod(0o600)
    assert (folder / "a.py").read_bytes() == SLOW


def test_a_folder_without_permission(folder: Path) -> None:
    (folder / "below").mkdir()
    (folder / "below" / "a.py").write_bytes(SLOW)
    (folder / "b.py").write_bytes(b"x = 1\n")
    (folder / "below").chmod(0o000)
    try:
        ran = run_process(without_rights([*FIX, "."]))
    finally:
        (folder / "below").chmod(0o700)
    assert ran.status == 2
    [line] = ran.errors
    assert line.startswith("below")
    assert line.endswith(": error: cannot be read: Permission denied")


@pytest.mark.parametrize("option", [("--fix", "--unsafe-fixes"), ("--add-noqa",)])
@pytest.mark.parametrize("read_only", ["a.py", "."])
def test_what_is_read_only_stays(folder: Path, read_only: str, option: tuple[str, ...]) -> None:
    (folder / "a.py").write_bytes(SLOW)
    before = names(folder)
    mode = (folder / read_only).stat().st_mode
    (folder / read_only).chmod(mode & ~0o222)
    try:
        ran = run_process(without_rights([*COMMAND, *option, "-q", "a.py"]))
    finally:
        (folder / read_only).chmod(mode)
    assert ran.status == 2
    [line] = ran.errors
    reason = "the file is read-only" if read_only == "a.py" else "Permission denied"
    assert line.startswith("a.py: error: ")
    assert line.endswith(reason)
    assert (folder / "a.py").read_bytes() == SLOW
    assert names(folder) == before


def test_a_file_that_outgrows_its_limit(folder: Path) -> None:
    """The system stops the writing in the middle, after some of the bytes."""
    old = SLOW + b"# " + b"x" * 5000 + b"\n"
    (folder / "a.py").write_bytes(old)
    before = names(folder)
    ran = run_process(with_limit(4096, [*FIX, "a.py"]), {"PYTHONDONTWRITEBYTECODE": "1"})
    assert ran.status == 2
    [line] = ran.errors
    assert line == "a.py: error: cannot be fixed: it cannot be replaced: File too large"
    assert (folder / "a.py").read_bytes() == old
    assert names(folder) == before


_ON_A_SMALL_DISK = """\
mount -t tmpfs -o size=64k none "$1" && cd "$1" && shift
head -c 40000 /dev/zero | tr '\\0' '#' > a.py
printf '\\n' >> a.py
cat ../slow >> a.py
cp a.py ../old
"$@"
status=$?
cmp a.py ../old && ls -A > ../left
exit $status
"""


def test_a_full_disk(folder: Path) -> None:
    (folder / "disk").mkdir()
    (folder / "slow").write_bytes(SLOW)
    own = ["unshare", "--mount", "--map-root-user"]
    mount = [*own, "mount", "-t", "tmpfs", "none", str(folder / "disk")]
    if subprocess.run(mount, capture_output=True, check=False, timeout=BOUND).returncode:
        pytest.skip("nobody may mount a disk here: test_a_file_that_outgrows_its_limit stands in")
    script = ["sh", "-c", _ON_A_SMALL_DISK, "sh", str(folder / "disk")]
    ran = run_process([*own, *script, *FIX, "a.py"])
    assert ran.status == 2
    [line] = ran.errors
    assert line.startswith("a.py: error: cannot be fixed: it cannot be replaced: No space left")
    assert (folder / "left").read_text() == "a.py\n"


def test_output_to_a_full_device(folder: Path) -> None:
    (folder / "a.py").write_bytes(SLOW)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "a.py"], stdout=full, stderr=subprocess.PIPE, timeout=BOUND, check=False
        )
    assert done.returncode == 2
    assert done.stderr.decode() == "bclint: cannot write: No space left on device\n"
    ran = bclint("--output-file", "/dev/full", "a.py")
    assert (ran.status, len(ran.errors)) == (2, 1)
    assert "cannot be written: No space left on device" in ran.err


def test_a_report_is_whole_or_not_there(folder: Path) -> None:
    (folder / "a.py").write_bytes(SLOW * 40)
    (folder / "report.json").write_text("the old one")
    command = [*COMMAND, "--output-format", "json", "--output-file", "report.json", "a.py"]
    ran = run_process(with_limit(4096, command), {"PYTHONDONTWRITEBYTECODE": "1"})
    assert ran.status == 2
    [line] = ran.errors
    assert line.startswith("bclint: report.json: ")
    assert (folder / "report.json").read_text() == "the old one"
    assert names(folder) == ["a.py", "pyproject.toml", "report.json"]


def test_a_report_goes_where_a_link_of_the_system_leads(folder: Path) -> None:
    (folder / "a.py").write_bytes(SLOW)
    ran = bclint("--output-file", "/dev/stdout", "a.py")
    assert (ran.status, ran.err) == (1, "")
    assert ran.out.endswith("Found 1 finding (1 fixable with --fix).\n")


def test_the_samples_are_fixed_where_nothing_is_in_the_way(folder: Path) -> None:
    """Also by who has lost the right to everything, and under the limit."""
    for command in (without_rights([*FIX, "a.py"]), with_limit(1 << 30, [*FIX, "a.py"])):
        (folder / "a.py").write_bytes(SLOW)
        assert run_process(command).status == 0
        assert (folder / "a.py").read_bytes() == FIXED


def remove(path: Path) -> None:
    path.unlink()


def turn_into_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def turn_into_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def rewrite(path: Path) -> None:
    path.write_bytes(b"newer\n")


def shorten(path: Path) -> None:
    path.write_bytes(SLOW[:40])


@pytest.mark.parametrize("change", [remove, turn_into_a_pipe, turn_into_a_folder])
@pytest.mark.parametrize("arguments", [(), ("--fix",), ("--add-noqa",)])
def test_gone_before_it_is_read(
    folder: Path,
    here: Main,
    change: Callable[[Path], None],
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another program is quicker than the reading of what was just found."""
    path = folder / "a.py"
    path.write_bytes(SLOW)

    def opened(name: str) -> tuple[int, os.stat_result]:
        if path.is_file() and name.endswith("a.py"):
            change(path)
        return open_regular(name)

    monkeypatch.setattr(source, "open_regular", opened)
    ran = here("-q", *arguments)
    assert ran.status == 2
    [line] = ran.errors
    assert line.startswith("a.py: error: cannot be read: ")


@pytest.mark.parametrize("change", [remove, rewrite, shorten, turn_into_a_pipe])
@pytest.mark.parametrize("arguments", [("--fix", "--unsafe-fixes"), ("--add-noqa",)])
def test_changed_while_it_is_fixed(
    folder: Path,
    here: Main,
    change: Callable[[Path], None],
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another program is quicker than the fix; what it did stays, and nothing lies beside it."""
    path = folder / "a.py"
    path.write_bytes(SLOW)

    def writable(name: str | Path, mode: int) -> bool:
        change(path)
        return access(name, mode)

    access = os.access
    monkeypatch.setattr(os, "access", writable)
    ran = here("-q", *arguments)
    assert ran.status == 2
    [line] = ran.errors
    assert line.startswith("a.py: error: ")
    kept: dict[Callable[[Path], None], bytes] = {rewrite: b"newer\n", shorten: SLOW[:40]}
    left = kept.get(change)
    assert left is None or path.read_bytes() == left
    assert names(folder) == [*(["a.py"] if change is not remove else []), "pyproject.toml"]
