"""Code that CPython has already compiled: the ``.pyc`` beside a source, where it can be trusted.

One is used only where importing the source would use it, and where it says the same as compiling:

1. magic number and flags are those of the running interpreter, without optimisation (``-O``);
2. it names the source's modification time and size, and was not written before the source; or it
   names the source's hash, which is always compared;
3. it belongs to the user or to the owner of the source, whose code it is anyway;
4. it keeps columns where the interpreter does.

Whatever else is wrong with one, the source is compiled instead. Nothing is written or executed.
"""

# Paths are plain text here: they are joined by the thousand.
# ruff: noqa: PTH123
from __future__ import annotations

import marshal
import os
import stat
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from types import CodeType

from bclint.bytecode.decode import KEEPS_COLUMNS
from bclint.source import SourceFile

_HEADER = 16
"""Bytes before the code: magic number, flags, and twice four or once eight of what it is for."""
_HAS_HASH = 0b01
_CHECKS_HASH = 0b10
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Without waiting: what lies there may be a pipe."""


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
    descriptor = os.open(path, _OPEN)
    with open(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or not _is_owned(status, source):
            return None
        # The header has whole seconds only: a source changed within one would go unnoticed.
        if status.st_mtime_ns < source.st_mtime_ns:
            return None
        return file.read()


def _is_owned(status: os.stat_result, source: os.stat_result) -> bool:
    return status.st_uid == source.st_uid or not _OWNERS or status.st_uid == os.geteuid()


_OWNERS = hasattr(os, "geteuid")
"""Whether files here have owners that can be compared."""


def _is_for(data: bytes, source: SourceFile, status: os.stat_result) -> bool:
    """Whether the header speaks of `source` as it was read, and of this interpreter."""
    if len(data) < _HEADER or data[:4] != MAGIC_NUMBER:
        return False
    flags = int.from_bytes(data[4:8], "little")
    if flags & ~(_HAS_HASH | _CHECKS_HASH):
        return False
    if flags & _HAS_HASH:
        return data[8:_HEADER] == source_hash(source.data)
    modified = int(status.st_mtime) & 0xFFFFFFFF
    size = len(source.data) & 0xFFFFFFFF
    return flags == 0 and data[8:_HEADER] == (modified | size << 32).to_bytes(8, "little")


def _has_columns(code: CodeType) -> bool:
    """Whether columns are kept as compiling would keep them; a module starts at column 0."""
    return not KEEPS_COLUMNS or next(iter(code.co_positions()))[2] is not None
