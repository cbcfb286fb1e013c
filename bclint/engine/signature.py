"""What the system says of a file or folder; on the way of every run, so little is imported."""

from __future__ import annotations

import os

REST = 2_000_000_000
"""Nanoseconds a file must have been left alone before the system's word for it is taken.

Two changes that are closer than the coarsest clock of a file system ticks look like one.
"""


def signature_of(status: os.stat_result) -> str:
    """Return a text that is another one after the file was changed, if it had been at rest."""
    return (
        f"{status.st_mtime_ns:x}.{status.st_ctime_ns:x}.{status.st_size:x}."
        f"{status.st_ino:x}.{status.st_dev:x}"
    )


def changed(status: os.stat_result) -> int:
    """Return when the file was last changed; the second time cannot be set by programs."""
    return max(status.st_mtime_ns, status.st_ctime_ns)
