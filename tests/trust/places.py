"""What tests of files need of the system: rights that are gone, disks that are full."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

_WITHOUT_RIGHTS = """\
import ctypes, os, sys

if os.geteuid() == 0:
    # What lets root read and write what its mode forbids; exec() then gives only the rest.
    DROP, OVERRIDE, SEARCH, OWNER = 24, 1, 2, 3
    for right in (OVERRIDE, SEARCH, OWNER):
        if ctypes.CDLL(None, use_errno=True).prctl(DROP, right, 0, 0, 0):
            sys.exit("cannot drop " + os.strerror(ctypes.get_errno()))
os.execv(sys.argv[1], sys.argv[1:])
"""
_LIMITED = """\
import os, resource, sys

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.argv[2], sys.argv[2:])
"""


def without_rights(command: Sequence[str | Path]) -> list[str | Path]:
    """`command` for who may do only what modes allow: root itself is not stopped by them."""
    return [sys.executable, "-c", _WITHOUT_RIGHTS, *command]


def with_limit(size: int, command: Sequence[str | Path]) -> list[str | Path]:
    """`command` in a process that can write no file beyond `size` bytes, as on a full disk."""
    return [sys.executable, "-c", _LIMITED, str(size), *command]
