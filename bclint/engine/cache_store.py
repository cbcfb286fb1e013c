"""The SQLite file of the cache: kept small, shared by several runs, given up when damaged."""

# Paths are plain text here, as in all of the cache.
# ruff: noqa: PTH108
from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TypeVar

from bclint.engine.interrupts import without_interrupts

KEPT_DAYS = 30
"""What no run asked for that long is dropped."""
MOST_BYTES = 256 * 1024 * 1024
"""A larger file loses the half of its results that was asked for least recently."""
_WAIT = 5.0
"""Seconds to wait for another run that is writing."""
_VERSION = 1
_SCHEMA = f"""\
PRAGMA auto_vacuum = FULL;
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS files (
    path BLOB PRIMARY KEY, signature TEXT NOT NULL, digest BLOB NOT NULL, used INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS results (
    key BLOB PRIMARY KEY, result TEXT NOT NULL, used INTEGER NOT NULL
) WITHOUT ROWID;
PRAGMA user_version = {_VERSION};
COMMIT;
"""
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})
"""What SQLite says of a file that is not, or no longer, one of ours."""

T = TypeVar("T")
FileRow = tuple[bytes, str, bytes]
"""A path, its signature and the digest of what it holds."""
ResultRow = tuple[bytes, str]
"""A key and the text that is kept for it."""


class Store:
    """Rows in a file. Whatever goes wrong with it, rows are not found, and runs go on."""

    def __init__(self, path: str, today: int, warn: Callable[[str], None]) -> None:
        """Open the file at `path`, or make it; `today` counts days, damage is told to `warn`."""
        self._path = path
        self._today = today
        self._warn = warn
        self._connection: sqlite3.Connection | None = None
        self._guarded(self._open, None)

    def digest(self, path: bytes, signature: str) -> bytes | None:
        """Return the digest of the file at `path`, if it still has `signature`."""
        query = "SELECT signature, digest FROM files WHERE path = ?"
        row = self._guarded(lambda: self._execute(query, path), None)
        return row[1] if row and row[0] == signature and isinstance(row[1], bytes) else None

    def result(self, key: bytes) -> tuple[str, int] | None:
        """Return the text kept for `key` and the day it was last asked for."""
        query = "SELECT result, used FROM results WHERE key = ?"
        row = self._guarded(lambda: self._execute(query, key), None)
        match row:
            case (str() as text, int() as day):
                return text, day
        return None

    def save(
        self, files: Iterable[FileRow], results: Iterable[ResultRow], used: Iterable[bytes]
    ) -> None:
        """Write all of it or nothing; the results of the keys in `used` count as asked for."""
        rows = [(*row, self._today) for row in files], [(*row, self._today) for row in results]
        asked = [(self._today, key) for key in used]
        with without_interrupts():
            self._guarded(lambda: self._save(*rows, asked), None)

    def throw_away(self, reason: str) -> None:
        """Start over with an empty file, since `reason` shows that this one is damaged."""
        self.close()
        self._warn(f"the cache {self._path} is damaged and thrown away: {reason}")
        for ending in ("", "-journal"):
            with suppress(OSError):  # noqa: BCL902  twice, and the system takes far longer
                os.unlink(self._path + ending)
        with suppress(sqlite3.Error, OSError):
            self._open()

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    def _guarded(self, action: Callable[[], T], otherwise: T) -> T:
        """What `action` gives; `otherwise` where the file is damaged or cannot be had now."""
        try:
            return action()
        except sqlite3.Error as error:
            # Busy, read-only, no room: the next run may have more luck. Anything else is damage.
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
            if code in _DAMAGE or not isinstance(error, sqlite3.OperationalError):
                self.throw_away(str(error))
            else:
                self.close()
        except OSError:
            self.close()
        return otherwise

    def _open(self) -> None:
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(os.lstat(self._path).st_mode):
                raise OSError("no file of ours")
        connection = sqlite3.connect(self._path, timeout=_WAIT, isolation_level=None)
        self._connection = connection
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA synchronous = NORMAL")
        if connection.execute("PRAGMA user_version").fetchone() != (_VERSION,):
            connection.executescript(_SCHEMA)

    def _execute(self, query: str, *values: object) -> tuple[object, ...] | None:
        if self._connection is None:
            return None
        row: tuple[object, ...] | None = self._connection.execute(query, values).fetchone()
        return row

    def _save(
        self,
        files: Sequence[tuple[object, ...]],
        results: Sequence[tuple[object, ...]],
        used: Sequence[tuple[object, ...]],
    ) -> None:
        connection = self._connection
        if connection is None or not (files or results or used):
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", files)
            connection.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", results)
            connection.executemany("UPDATE results SET used = ? WHERE key = ?", used)
            self._prune(connection)
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _prune(self, connection: sqlite3.Connection) -> None:
        """Drop what nobody asks for, and more where the file is too large all the same."""
        old = (self._today - KEPT_DAYS,)
        connection.execute("DELETE FROM results WHERE used < ?", old)
        connection.execute("DELETE FROM files WHERE used < ?", old)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        size = pages * connection.execute("PRAGMA page_size").fetchone()[0]
        if size > MOST_BYTES:
            for table, key in (("results", "key"), ("files", "path")):
                connection.execute(
                    f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} ORDER BY used "  # noqa: S608  names of ours
                    f"LIMIT (SELECT COUNT(*) / 2 FROM {table}))"
                )
