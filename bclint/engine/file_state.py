"""What tells one state of a file from another: its bytes, or what the system says of it."""

from __future__ import annotations

import os
from typing import NamedTuple

from bclint.engine.signature import changed, signature_of


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


def digest_of(data: bytes) -> bytes:
    """Return what stands for the bytes of a file."""
    from hashlib import blake2b  # this loads OpenSSL, which runs without a cache are spared

    return blake2b(data, digest_size=20).digest()
