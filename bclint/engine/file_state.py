"""What tells one state of a file from another: its bytes, or what the system says of it."""

from __future__ import annotations

import os
from typing import NamedTuple

REST = 2_000_000_000
"""Nanoseconds a file must have been left alone before the system's word for it is taken.

Two changes that are closer than the coarsest clock of a file system ticks look like one.
"""


class FileState(NamedTuple):
    """One state of a file."""

    signature: str
    """What the system says of it."""
    digest: bytes
    """What stands for its bytes."""
    changed: int
    """When it was last changed, in nanoseconds since 1970."""


def state_of(status: os.stat_result, data: bytes) -> FileState:
    """Return the state of a file from `data` and the status that it was read with."""
    return FileState(signature_of(status), digest_of(data), changed(status))


def signature_of(status: os.stat_result) -> str:
    """Return a text that is another one after the file was changed, if it had been at rest."""
    return (
        f"{status.st_mtime_ns:x}.{status.st_ctime_ns:x}.{status.st_size:x}."
        f"{status.st_ino:x}.{status.st_dev:x}"
    )


def changed(status: os.stat_result) -> int:
    """Return when the file was last changed; the second time cannot be set by programs."""
    return max(status.st_mtime_ns, status.st_ctime_ns)


def digest_of(data: bytes) -> bytes:
    """Return what stands for the bytes of a file."""
    from hashlib import blake2b  # this loads OpenSSL, which runs without a cache are spared

    return blake2b(data, digest_size=20).digest()
