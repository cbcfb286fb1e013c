"""Replacing a file: whole at every moment, and with all that is not its text."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bclint.fix import write
from bclint.fix.errors import FixError
from bclint.fix.write import _sweep, replace_file

OLD, NEW = b"old text\n" * 2000, b"the new text\r\n" * 3000
on_posix = pytest.mark.skipif(os.name != "posix", reason="modes and links are POSIX's")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with the old text, alone in its folder."""
    path = tmp_path / "folder" / "module.py"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


def alone(path: Path) -> bool:
    return [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_replaces(path: Path) -> None:
    replace_file(str(path), OLD, NEW)
    assert path.read_bytes() == NEW
    assert alone(path)


@on_posix
@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o640])
def test_the_mode_stays(path: Path, mode: int) -> None:
    path.chmod(mode)
    replace_file(str(path), OLD, NEW)
    assert path.stat().st_mode & 0o7777 == mode


@on_posix
def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    link, chain = tmp_path / "link.py", tmp_path / "chain.py"
    link.symlink_to(Path("folder") / "module.py")
    chain.symlink_to(link)
    replace_file(str(chain), OLD, NEW)
    assert chain.is_symlink()
    assert link.readlink() == Path("folder") / "module.py"
    assert path.read_bytes() == NEW
    assert not path.is_symlink()
    assert alone(path)


@on_posix
def test_another_hard_link_keeps_the_old_text(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.hardlink_to(path)
    replace_file(str(path), OLD, NEW)
    assert (path.read_bytes(), other.read_bytes()) == (NEW, OLD)


@pytest.mark.parametrize("newer", [b"\0", b"newer\n", b"\xff", b""])
def test_a_file_changed_meanwhile_is_left(path: Path, newer: bytes) -> None:
    path.write_bytes(newer)
    with pytest.raises(FixError, match="changed by another program"):
        replace_file(str(path), OLD, NEW)
    assert path.read_bytes() == newer
    assert alone(path)


def test_a_file_that_vanished(path: Path) -> None:
    path.unlink()
    with pytest.raises(FixError, match="it cannot be replaced: No such file") as caught:
        replace_file(str(path), OLD, NEW)
    assert "\n" not in str(caught.value)
    assert not list(path.parent.iterdir())


@on_posix
def test_links_in_a_circle(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)
    with pytest.raises(FixError, match="cannot be replaced"):
        replace_file(str(path), OLD, NEW)


def test_a_folder_is_no_file(path: Path) -> None:
    with pytest.raises(FixError, match="no regular file"):
        replace_file(str(path.parent), OLD, NEW)


@pytest.mark.parametrize("step", ["mkstemp", "chmod", "fsync", "replace"])
def test_a_failure_at_any_step_leaves_nothing_behind(
    path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile if step == "mkstemp" else os, step, fail)
    if step == "chmod":
        monkeypatch.setattr(Path, "chmod", fail)
    if step == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(FixError, match="No space left on device"):
        replace_file(str(path), OLD, NEW)
    assert path.read_bytes() == OLD
    assert alone(path)


def test_an_interrupt_leaves_nothing_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace_file(str(path), OLD, NEW)
    assert path.read_bytes() == OLD
    assert alone(path)


KILLED_AT_EACH_STEP = """
import os, signal, sys
from pathlib import Path
from bclint.fix import write

os.fsync = lambda descriptor: None  # what the disk has is not seen here, and takes its time
path, moment, seen, left = Path(sys.argv[1]), 0, set(), set()
old, new = path.read_bytes(), path.with_name("new").read_bytes()
path.with_name("new").unlink()


def in_child():
    count = 0

    def count_up(frame, event, argument):
        nonlocal count
        count += 1
        if count == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def written(*arguments):
        # Before and after each call that Python code makes of the system is a moment to die at.
        sys.setprofile(count_up)
        return write_anew(*arguments)

    write_anew, write._written = write._written, written
    write.replace_file(str(path), old, new)
    os._exit(0)


while True:
    moment += 1
    path.write_bytes(old)
    child = os.fork() or in_child()
    _, status = os.waitpid(child, 0)
    seen.add({old: "old", new: "new"}.get(path.read_bytes(), f"broken at {moment}"))
    others = [other for other in path.parent.iterdir() if other != path]
    left.add(len(others))
    for other in others:
        assert other.name.startswith(write.PREFIX) and other.name.endswith(write.SUFFIX), other
        other.unlink()
    if not os.WIFSIGNALED(status):
        break
print(moment > 100, sorted(seen), sorted(left), os.WEXITSTATUS(status))
"""


@on_posix
def test_killed_at_any_moment_the_file_is_whole(path: Path) -> None:
    path.with_name("new").write_bytes(NEW)
    command = [sys.executable, "-c", KILLED_AT_EACH_STEP, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout, done.stderr) == ("True ['new', 'old'] [0, 1] 0\n", "")
    assert path.read_bytes() == NEW


def test_what_a_kill_left_is_removed_when_it_is_old(path: Path) -> None:
    old, young, foreign = (
        path.with_name(name) for name in (".bclint-1a.new", ".bclint-2b.new", ".bclint-3c")
    )
    for file in (old, young, foreign):
        file.write_bytes(b"half")
    for file in (old, foreign):
        os.utime(file, (time.time() - 7200,) * 2)
    _sweep.cache_clear()
    replace_file(str(path), OLD, NEW)
    assert sorted(file.name for file in path.parent.iterdir()) == [
        ".bclint-2b.new",
        ".bclint-3c",
        "module.py",
    ]


@on_posix
def test_nothing_is_written_through_a_link_that_leads_out(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "project" / "package"
    inside.mkdir(parents=True)
    (inside / "link.py").symlink_to(path)
    (inside / "linked").symlink_to(path.parent)
    (inside / "up.py").symlink_to(Path("..") / "setup.py")
    (inside.parent / "setup.py").write_bytes(OLD)
    for current, name in (
        (inside.parent, "package/link.py"),
        (inside.parent, str(inside / "link.py")),
        (inside, "linked/module.py"),
        (inside, "up.py"),
        (tmp_path / "folder", str(inside / "link.py")),
    ):
        monkeypatch.chdir(current)
        with pytest.raises(FixError, match="a link leads out of the folder, to "):
            replace_file(name, OLD, NEW)
    monkeypatch.chdir(inside.parent)
    assert path.read_bytes() == (inside.parent / "setup.py").read_bytes() == OLD
    replace_file("package/up.py", OLD, NEW)  # this one stays in the current folder
    assert (inside.parent / "setup.py").read_bytes() == NEW
    monkeypatch.chdir(tmp_path)
    replace_file(str(inside / "linked" / "module.py"), OLD, NEW)  # as do both of these
    assert path.read_bytes() == NEW


ACCESS = struct.pack(
    "<I" + "HHI" * 5,
    *(2, 1, 6, 2**32 - 1, 2, 4, 12345, 4, 4, 2**32 - 1, 16, 4, 2**32 - 1, 32, 0, 2**32 - 1),
)
"""An access control list as Linux keeps it: user 12345 may read."""


@pytest.mark.skipif(sys.platform != "linux", reason="attributes as Linux has them")
@pytest.mark.parametrize(
    ("name", "value"), [("user.note", b"text"), ("system.posix_acl_access", ACCESS)]
)
def test_attributes_and_access_stay(path: Path, name: str, value: bytes) -> None:
    try:
        os.setxattr(path, name, value)
    except OSError as error:
        pytest.skip(f"the file system of {path} has none: {error}")
    os.utime(path, (1, 1))
    replace_file(str(path), OLD, NEW)
    assert os.getxattr(path, name) == value
    assert time.time() - path.stat().st_mtime < 3600  # the time is that of the change


def remove(path: Path) -> None:
    path.unlink()


def rewrite(path: Path) -> None:
    path.write_bytes(OLD + b"more")


def turn_into_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def turn_into_a_link(path: Path) -> None:
    path.rename(path.parent.parent / "elsewhere.py")
    path.symlink_to(Path("..") / "other.py")


@on_posix
@pytest.mark.parametrize("change", [remove, rewrite, turn_into_a_pipe, turn_into_a_link])
def test_a_change_at_the_last_moment_is_noticed(
    path: Path, change: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    (path.parent.parent / "other.py").write_bytes(b"another text")

    def written(target: Path, *others: Any) -> Path:
        found = write_anew(target, *others)
        change(path)
        return found

    write_anew = write._written
    monkeypatch.setattr(write, "_written", written)
    with pytest.raises(FixError):
        replace_file(str(path), OLD, NEW)
    names = {file.name for file in path.parent.iterdir()}
    assert names == (set() if change is remove else {path.name})
    assert change is not rewrite or path.read_bytes() == OLD + b"more"
    assert (path.parent.parent / "other.py").read_bytes() == b"another text"
