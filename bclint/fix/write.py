"""Writing a fixed file so that a kill at any moment leaves the old or the new one whole.

The new text goes to a temporary file beside the old one and takes its place in one step. A
symbolic link stays one, and what it points to is replaced. A file with several hard links is
replaced under the name given only: the other names keep the old text, which a write in place
would not do, but a write in place can be cut short.
"""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from bclint.fix.errors import FixError


def replace_file(path: str, old: bytes, new: bytes) -> None:
    """Replace the file at `path`, which must still hold `old`, by `new`; mode and owner stay.

    Raises `FixError` where that cannot be done; the file is then as it was, and nothing is left
    beside it.
    """
    try:
        target = Path(path).resolve(strict=True)
        status = target.stat()
        if not stat.S_ISREG(status.st_mode):
            raise FixError("it is no regular file")
        # A file that its owner made read-only is not ours to change, whatever the folder allows.
        if not os.access(target, os.W_OK):
            raise FixError("the file is read-only")
        temporary = _written(target, status, new)
        try:
            if target.read_bytes() != old:
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
            replace_file(path, target.read_bytes(), data)
            return
        # With the mode that every new file gets, which a temporary one of `tempfile` has not.
        temporary = target.with_name(f".bclint-{os.getpid()}-{target.name}")
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


def _written(target: Path, status: os.stat_result, data: bytes) -> Path:
    """A temporary file beside `target` with `data` on the disk, and with its mode and owner."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".bclint-")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            if hasattr(os, "chown"):
                with suppress(PermissionError):
                    os.chown(temporary, status.st_uid, status.st_gid)
            # After the owner, whose change takes set-user-id bits away.
            temporary.chmod(stat.S_IMODE(status.st_mode))
            file.flush()
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
