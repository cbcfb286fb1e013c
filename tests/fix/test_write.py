"""Replacing a file: whole at every moment, and with all that is not its text."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bclint.fix.errors import FixError
from bclint.fix.write import replace_file

OLD, NEW = b"old text\n" * 2000, b"the new text\r\n" * 3000
as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
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


def test_a_file_changed_meanwhile_is_left(path: Path) -> None:
    path.write_bytes(b"newer\n")
    with pytest.raises(FixError, match="changed by another program"):
        replace_file(str(path), OLD, NEW)
    assert path.read_bytes() == b"newer\n"
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


@on_posix
@as_root
def test_a_read_only_folder(path: Path) -> None:
    path.parent.chmod(0o555)
    try:
        with pytest.raises(FixError, match="Permission denied"):
            replace_file(str(path), OLD, NEW)
        assert path.read_bytes() == OLD
        assert alone(path)
    finally:
        path.parent.chmod(0o755)


@on_posix
@as_root
def test_a_read_only_file(path: Path) -> None:
    path.chmod(0o444)
    with pytest.raises(FixError, match="read-only"):
        replace_file(str(path), OLD, NEW)
    assert path.read_bytes() == OLD


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


KILLED = """
import os, signal, sys
from pathlib import Path
from bclint.fix.write import replace_file
path, moment = sys.argv[1], int(sys.argv[2])
old, new = Path(path).read_bytes(), Path(path + ".new").read_bytes()
count = 0

def count_down(frame, event, argument):
    global count
    count += 1
    if count == moment:
        os.kill(os.getpid(), signal.SIGKILL)
    return None

# Every call that Python code makes of C code or of Python code is a moment to die at.
sys.setprofile(count_down)
replace_file(path, old, new)
sys.setprofile(None)
print(count)
"""


@on_posix
def test_killed_at_any_moment_the_file_is_whole(path: Path) -> None:
    Path(f"{path}.new").write_bytes(NEW)

    def run(moment: int) -> subprocess.CompletedProcess[str]:
        path.write_bytes(OLD)
        command = [sys.executable, "-c", KILLED, str(path), str(moment)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    last = int(run(0).stdout)
    assert path.read_bytes() == NEW
    assert last > 100
    whole = (OLD, NEW)
    seen = set()
    for moment in (*range(1, last, max(last // 12, 1)), *range(last - 24, last, 3)):
        assert run(moment).returncode < 0
        assert path.read_bytes() in whole
        seen.add(path.read_bytes())
    assert seen == {OLD, NEW}
