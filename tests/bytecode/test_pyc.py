"""Code from ``.pyc`` files: only where importing would use them, and only if it is the same."""

from __future__ import annotations

import importlib.util
import marshal
import os
import py_compile
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from bclint.bytecode.decode import KEEPS_COLUMNS
from bclint.bytecode.pyc import cached_code
from bclint.engine.registry import load_rules
from bclint.engine.runner import run
from bclint.engine.tasks import Plan, Task
from bclint.source import SourceFile

TARGETS = (f"{sys.version_info[0]}.{sys.version_info[1]}",)
STDLIB = Path(os.__file__).parent
TEXT = "import math\n\ndef f(xs):\n    return [math.sin(x) for x in xs]\n"

pytestmark = pytest.mark.skipif(not KEEPS_COLUMNS, reason="without columns no .pyc tells more")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source with a ``.pyc`` as importing it would leave it."""
    monkeypatch.setattr(sys, "pycache_prefix", None)
    path = tmp_path / "folder" / "module.py"
    path.parent.mkdir()
    path.write_text(TEXT)
    py_compile.compile(str(path), doraise=True)
    return path


def pyc_of(path: Path) -> Path:
    return Path(importlib.util.cache_from_source(str(path), optimization=""))


def is_used(path: Path) -> bool:
    return cached_code(SourceFile.read(str(path))) is not None


def next_descriptor() -> int:
    descriptor = os.dup(0)
    os.close(descriptor)
    return descriptor


def rewrite(path: Path, change: Callable[[bytearray], object]) -> None:
    data = bytearray(path.read_bytes())
    change(data)
    path.write_bytes(data)


def test_a_valid_one_is_used(path: Path) -> None:
    code = cached_code(SourceFile.read(str(path)))
    assert code == compile(TEXT, "elsewhere.py", "exec", dont_inherit=True, optimize=0)


def test_text_from_elsewhere_is_compiled(path: Path) -> None:
    assert cached_code(SourceFile(str(path), TEXT.encode())) is None


def test_none_is_needed(path: Path) -> None:
    pyc_of(path).unlink()
    assert not is_used(path)


def test_it_is_looked_for_where_python_puts_it(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "elsewhere"))
    assert not is_used(path)
    py_compile.compile(str(path), doraise=True)
    assert is_used(path)


def test_one_that_was_optimised_is_not_looked_at(path: Path) -> None:
    pyc_of(path).unlink()
    py_compile.compile(str(path), doraise=True, optimize=1)
    assert not is_used(path)


@pytest.mark.parametrize("mode", ["CHECKED_HASH", "UNCHECKED_HASH"])
def test_one_that_names_a_hash_is_ignored(path: Path, mode: str) -> None:
    """A clone can bring one, for any code: the hash of the source is no secret."""
    py_compile.compile(
        str(path), doraise=True, invalidation_mode=py_compile.PycInvalidationMode[mode]
    )
    assert not is_used(path)


def test_one_from_an_archive_is_ignored(path: Path, tmp_path: Path) -> None:
    """Both have the times of an archive, or of a copy: nobody knows who made the ``.pyc``."""
    hour_ago = time.time() - 3600
    os.utime(path, (hour_ago, hour_ago))
    py_compile.compile(str(path), doraise=True)
    assert is_used(path)
    os.utime(pyc_of(path), (hour_ago + 60, hour_ago + 60))
    shutil.copytree(path.parent, tmp_path / "unpacked", copy_function=shutil.copy2)
    unpacked = tmp_path / "unpacked" / "module.py"
    assert pyc_of(unpacked).read_bytes() == pyc_of(path).read_bytes()
    assert int(unpacked.stat().st_mtime) == int(hour_ago)
    assert not is_used(unpacked)


def test_folders_in_its_place_are_let_go_of(path: Path) -> None:
    pyc_of(path).unlink()
    pyc_of(path).mkdir()
    free = next_descriptor()
    assert not is_used(path)
    assert next_descriptor() == free


def test_another_time_or_size_of_the_source(path: Path) -> None:
    status = path.stat()
    os.utime(path, ns=(status.st_mtime_ns, status.st_mtime_ns - 2_000_000_000))
    assert not is_used(path)
    path.write_text(TEXT + "\n")
    os.utime(path, ns=(status.st_mtime_ns, status.st_mtime_ns))
    assert not is_used(path)
    path.write_text(TEXT)
    os.utime(path, ns=(status.st_mtime_ns, status.st_mtime_ns))
    assert is_used(path)


def test_a_source_changed_within_the_same_second_is_compiled(path: Path) -> None:
    second = int(time.time()) * 1_000_000_000
    os.utime(path, ns=(second, second))
    py_compile.compile(str(path), doraise=True)
    os.utime(pyc_of(path), ns=(second + 100, second + 100))
    assert is_used(path)
    path.write_text(TEXT.replace("sin", "cos"))
    os.utime(path, ns=(second + 200, second + 200))
    assert not is_used(path)


@pytest.mark.parametrize("length", [0, 3, 15, 16, 17, 100, -1])
def test_a_truncated_one_is_ignored(path: Path, length: int) -> None:
    pyc_of(path).write_bytes(pyc_of(path).read_bytes()[:length])
    assert not is_used(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.__setitem__(0, data[0] ^ 1),
        lambda data: data.__setitem__(4, 4),
        lambda data: data.__setitem__(4, 2),
        lambda data: data.__setitem__(16, 0xFF),
        lambda data: data.__setitem__(slice(16, None), marshal.dumps("no code")),
    ],
    ids=["magic number", "unknown flag", "half a flag", "nonsense", "no code"],
)
def test_a_foreign_one_is_ignored(path: Path, change: Callable[[bytearray], object]) -> None:
    rewrite(pyc_of(path), change)
    assert not is_used(path)


def test_one_without_columns_is_ignored(path: Path) -> None:
    program = f"import py_compile; py_compile.compile({str(path)!r}, doraise=True)"
    command = [sys.executable, "-X", "no_debug_ranges", "-c", program]
    subprocess.run(command, check=True, timeout=60)
    assert not is_used(path)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="files have no owners here")
def test_one_of_a_third_person_is_ignored(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = SourceFile.read(str(path))
    assert source.status is not None
    owner = source.status.st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert cached_code(source) is not None  # it belongs to the source's owner
    fields = list(source.status)
    fields[4] = owner + 2
    exact = {"st_mtime_ns": source.status.st_mtime_ns, "st_mtime": source.status.st_mtime}
    source.status = os.stat_result(fields, exact)
    assert cached_code(source) is None  # neither the user's nor the source's owner's
    monkeypatch.setattr(os, "geteuid", lambda: owner)
    assert cached_code(source) is not None  # the user's own


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_not_waited_for(path: Path) -> None:
    pyc_of(path).unlink()
    os.mkfifo(pyc_of(path))
    assert not is_used(path)


def test_results_are_the_same_with_and_without(tmp_path: Path) -> None:
    rules = load_rules()
    tasks = []
    for original in filter(Path.exists, sorted(STDLIB.glob("*.py"))[::4]):
        path = tmp_path / original.name
        path.write_bytes(original.read_bytes())
        py_compile.compile(str(path), doraise=True, dfile=f"/somewhere/else/{original.name}")
        assert is_used(path)
        tasks.append(Task(str(path), rules, min_gain=1.0, targets=TARGETS))
    assert len(tasks) > 30
    broken = tmp_path / "broken.py"
    broken.write_bytes(b"def f(:\n")
    odd = tmp_path / "odd.py"
    odd.write_bytes(
        b"# coding: latin-1\nx = 1 is 1\ny = '\xe9\\d'\nfor z in y:\n    x.a.b\n    x.a.b\n"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        py_compile.compile(str(odd), doraise=True)
    assert is_used(odd)
    tasks += [Task(str(broken), rules), Task(str(odd), rules)]
    with_pyc, without = run(tasks, Plan()), run(tasks, Plan(use_pyc=False))
    assert with_pyc.diagnostics == without.diagnostics
    assert with_pyc.errors == without.errors
    assert [Path(error.path).name for error in without.errors] == ["broken.py"]
    assert without.diagnostics
