"""Code that CPython has already compiled: the ``.pyc`` beside a source, where it can be trusted.

One is used only where importing the source would use it, and where it says the same as compiling:

1. magic number and flags are those of the running interpreter, without optimisation (``-O``);
2. it names the source's modification time and size, and was not written before the source;
3. it belongs to the user or to the owner of the source;
4. it was written where it lies, and not unpacked from an archive with the times that it had there;
5. it keeps columns where the interpreter does.

Whoever sends us a project can prepare a ``.pyc`` that says anything, or that breaks the interpreter
which loads it. But a clone gets new times, which no ``.pyc`` in it can name, and an archive keeps
old ones, which the fourth condition sees. Those that name a hash of the source instead of its time
would come through both, and are never used.

Whatever is wrong with one, the source is compiled instead. Nothing is written or executed.
"""

# Paths are plain text here: they are joined by the thousand.
# ruff: noqa: PTH123
from __future__ import annotations

import marshal
import os
from importlib.util import MAGIC_NUMBER, cache_from_source
from types import CodeType

from bclint.bytecode.decode import KEEPS_COLUMNS
from bclint.source import SourceFile, open_regular

_HEADER = 16
"""Bytes before the code: magic number, flags, and twice four or once eight of what it is for."""
_AT_ONCE = 2_000_000_000
"""Nanoseconds within which Python writes a ``.pyc`` and gives it its name."""


def cached_code(source: SourceFile) -> CodeType | None:
    """The code of `source` from its ``.pyc``; None where there is none to be used."""
    if source.status is None or not source.path.endswith(".py"):
        return None
    try:
        data = _read(cache_from_source(source.path, optimization=""), source.status)
    except (OSError, ValueError, NotImplementedError):
        return None
    if data is None or not _is_for(data, source, source.status):
        return None
    try:
        code = marshal.loads(memoryview(data)[_HEADER:])  # noqa: S302  as importing would
    except (EOFError, ValueError, TypeError, MemoryError, RecursionError, SystemError):
        return None
    return code if isinstance(code, CodeType) and _has_columns(code) else None


def _read(path: str, source: os.stat_result) -> bytes | None:
    """The bytes of a ``.pyc`` whose owner and times are in order."""
    descriptor, status = open_regular(path)
    with open(descriptor, "rb", buffering=0) as file:
        if not _is_owned(status, source) or not _is_made_here(status):
            return None
        # The header has whole seconds only: a source changed within one would go unnoticed.
        if status.st_mtime_ns < source.st_mtime_ns:
            return None
        return file.read()


def _is_made_here(status: os.stat_result) -> bool:
    """Whether a file was written where it lies, and not unpacked or copied with its time.

    No program can set the time of the last change of the file's entry (on Windows, of its making).
    """
    return abs(status.st_ctime_ns - status.st_mtime_ns) < _AT_ONCE


def _is_owned(status: os.stat_result, source: os.stat_result) -> bool:
    return status.st_uid == source.st_uid or not _OWNERS or status.st_uid == os.geteuid()


_OWNERS = hasattr(os, "geteuid")
"""Whether files here have owners that can be compared."""


def _is_for(data: bytes, source: SourceFile, status: os.stat_result) -> bool:
    """Whether the header speaks of `source` as it was read, and of this interpreter."""
    if len(data) < _HEADER or data[:4] != MAGIC_NUMBER:
        return False
    modified = int(status.st_mtime) & 0xFFFFFFFF
    size = len(source.data) & 0xFFFFFFFF
    return data[4:_HEADER] == bytes(4) + (modified | size << 32).to_bytes(8, "little")


def _has_columns(code: CodeType) -> bool:
    """Whether columns are kept as compiling would keep them; a module starts at column 0."""
    return not KEEPS_COLUMNS or next(iter(code.co_positions()))[2] is not None
