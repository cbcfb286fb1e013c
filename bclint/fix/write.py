"""Writing a fixed file so that a kill at any moment leaves the old or the new one whole.

The new text goes to a temporary file beside the old one and takes its place in one step. A
symbolic link stays one, and what it points to is replaced, but never outside of the tree that the
link stands in. A file with several hard links is replaced under the name given only: the other
names keep the old text, which a write in place would not do, but a write in place can be cut short.

A kill between the two steps leaves the temporary file. No linter looks at it, for it does not end
in ``.py``, and the next run that writes into its folder removes it when it is an hour old.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from bclint.fix.errors import FixError
from bclint.source import open_regular

PREFIX, SUFFIX = ".bclint-", ".new"
"""What the names of temporary files begin and end with."""
_ABANDONED = 3600.0
"""Seconds after which nobody is still writing a temporary file."""


def replace_file(path: str, old: bytes, new: bytes) -> None:
    """Replace the file at `path`, which must still hold `old`, by `new`.

    Mode, owner, access control lists and extended attributes stay. Raises `FixError` where it
    cannot be done; the file is then as it was, and nothing is left beside it.
    """
    try:
        target = _inside(path)
        status = target.stat()
        if not stat.S_ISREG(status.st_mode):
            raise FixError("it is no regular file")
        # A file that its owner made read-only is not ours to change, whatever the folder allows.
        if not os.access(target, os.W_OK):
            raise FixError("the file is read-only")
        _sweep(target.parent)
        temporary = _written(target, status, new)
        try:
            if _bytes_of(target) != old:
                raise FixError("the file was changed by another program meanwhile")
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _settle(target.parent)
    except OSError as error:
        raise FixError(f"it cannot be replaced: {error.strerror or error}") from error
    except RuntimeError as error:  # symbolic links in a circle, up to 3.12
        raise FixError(f"it cannot be replaced: {error}") from error


def write_whole(path: str, data: bytes) -> None:
    """Make the file at `path`, or replace it, so that it holds `data`; it is never half written.

    Raises `FixError` where that cannot be done; what was there is then as it was.
    """
    target = Path(path)
    try:
        if target.exists():
            replace_file(path, _bytes_of(target), data)
            return
        _sweep(target.parent)
        # With the mode that every new file gets, which a temporary one of `tempfile` has not.
        temporary = target.with_name(f"{PREFIX}{os.getpid()}-{target.name}{SUFFIX}")
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _settle(target.parent)
    except OSError as error:
        raise FixError(f"it cannot be written: {error.strerror or error}") from error


def _bytes_of(path: Path) -> bytes:
    with open(open_regular(str(path))[0], "rb") as file:  # noqa: PTH123  a descriptor
        return file.read()


def _inside(path: str) -> Path:
    """The file that `path` leads to. Raises `FixError` where links lead out of its tree.

    The tree is the current folder for all that is named below it, else the folder of the file:
    whoever works on a project in it does not want what a link in it chooses to be written.
    """
    target = Path(path).resolve(strict=True)
    named, current = Path(os.path.abspath(path)), Path.cwd()  # noqa: PTH100  links are to stay
    tree = current if named.is_relative_to(current) else named.parent
    if not target.is_relative_to(tree.resolve()):
        raise FixError(f"a link leads out of the folder, to {target}: name that to have it changed")
    return target


@lru_cache(maxsize=256)
def _sweep(folder: Path) -> None:
    """Remove what killed runs left in `folder`; once for all files that are written there."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX) and entry.name.endswith(SUFFIX):
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode) and time.time() - status.st_mtime > _ABANDONED:
                    os.unlink(entry.path)  # noqa: PTH108


def _written(target: Path, status: os.stat_result, data: bytes) -> Path:
    """A temporary file beside `target` with `data` on the disk, and with all else of it."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=PREFIX, suffix=SUFFIX)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if hasattr(os, "chown"):
                with suppress(PermissionError):
                    os.chown(temporary, status.st_uid, status.st_gid)
            # After the owner, whose change takes set-user-id bits away. The time is a new one.
            shutil.copystat(target, temporary)
            os.utime(temporary)
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _settle(folder: Path) -> None:
    """Bring the new name to the disk, where the system can; the text is there already."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
