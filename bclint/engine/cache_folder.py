"""Where the cache lies, and what makes it the user's own.

``.bclint_cache`` stands in the project, where anybody can put one: a repository may come with a
cache that calls all its files clean, or that is made to break the program that opens it. So the
files in it have names that hold a secret of the user, and others are never opened. The secret lies
in the user's own cache folder; without it nothing is cached.

Only what the start of every run needs is imported here.
"""

# Paths are plain text here: this is on the way of every run.
# ruff: noqa: PTH118, PTH120, PTH123
from __future__ import annotations

import os
import stat
import sys
from hashlib import blake2b

NAME = ".bclint_cache"
OFF = "BCLINT_NO_CACHE"
"""The environment variable that does what ``--no-cache`` does."""
PLACE = "BCLINT_CACHE_DIR"
"""The environment variable that does what ``--cache-dir`` does."""
_UNFINISHED = ".bclint-"
"""What the names of files begin with while they are written."""
_TAG_TEXT = """\
Signature: 8a477f597d28d172789f06886806bc55
# A cache of bclint, which `bclint clean` removes.
# Backup programs know the first line: https://bford.info/cachedir/
"""
_SECRET_BYTES = 32
_ROOT_MARKS = ("pyproject.toml", ".git")


class CacheError(Exception):
    """A folder that cannot hold a cache; one line says which and why."""


def default_folder(current: str) -> str:
    """Return the cache folder of the project that absolute `current` is in."""
    folder = current
    while not any(os.path.lexists(os.path.join(folder, mark)) for mark in _ROOT_MARKS):
        parent = os.path.dirname(folder)
        if parent == folder:
            return os.path.join(current, NAME)
        folder = parent
    return os.path.join(folder, NAME)


def chosen_folder(option: str | None, current: str) -> str:
    """Return the folder that the command line, the environment or the project says."""
    return os.path.abspath(option or os.environ.get(PLACE) or default_folder(current))  # noqa: PTH100


def token_of(folder: str) -> str | None:
    """Return what the names of our files in `folder` begin with; None without a secret."""
    secret = _secret()
    if secret is None:
        return None
    place = os.path.realpath(folder)
    return blake2b(os.fsencode(place), key=secret, digest_size=12).hexdigest()


def prepare(folder: str) -> None:
    """Make `folder` a cache folder that git and backups leave out. Raises `CacheError`."""
    try:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        if not stat.S_ISDIR(os.lstat(folder).st_mode):
            # It may lead to where nothing of ours is to be written.
            raise CacheError(f"the cache folder {folder} is a link: remove it")
        # Looked at before the tag: another run may be making the folder just now.
        held = os.listdir(folder)  # noqa: PTH208
        if not is_cache_folder(folder):
            if not all(name.startswith(_UNFINISHED) for name in held):
                raise CacheError(f"the folder {folder} holds other things than a cache of bclint")
            _write_once(os.path.join(folder, "CACHEDIR.TAG"), _TAG_TEXT.encode(), 0o666)
        _write_once(os.path.join(folder, ".gitignore"), b"# Written by bclint.\n*\n", 0o666)
    except OSError as error:
        raise CacheError(f"the cache folder {folder} cannot be used: {error.strerror}") from error


def is_cache_folder(folder: str) -> bool:
    """Whether `folder` is a folder, no link, that has the tag of our caches."""
    try:
        with open(os.path.join(folder, "CACHEDIR.TAG"), encoding="utf-8") as file:
            text = file.read(len(_TAG_TEXT))
        return stat.S_ISDIR(os.lstat(folder).st_mode) and text == _TAG_TEXT
    except (OSError, ValueError):
        return False


def _write_once(path: str, data: bytes, mode: int) -> None:
    """Write a file that is not there yet; a link in its place is not followed.

    It appears whole: of several runs one is first, and the others find what that one wrote.
    """
    if os.path.lexists(path):
        return
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f"{_UNFINISHED}{os.getpid()}-{name}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
    except BaseException:
        os.unlink(temporary)  # noqa: PTH108
        raise
    _name_once(temporary, path)


def _name_once(temporary: str, path: str) -> None:
    """Give the file at `temporary` the name `path`, unless another run was faster."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        os.replace(temporary, path)  # noqa: PTH105
        return
    os.unlink(temporary)  # noqa: PTH108


def _secret() -> bytes | None:
    """Return the user's secret, made when there is none; None where it cannot be kept."""
    folder = _user_folder()
    path = os.path.join(folder, "secret")
    try:
        try:
            found = _bytes_of(path)
        except FileNotFoundError:
            os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103
            _write_once(path, os.urandom(_SECRET_BYTES), 0o600)
            found = _bytes_of(path)
    except OSError:
        return None
    return found if len(found) == _SECRET_BYTES else None


def _bytes_of(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _user_folder() -> str:
    """Return where programs keep what they can do without, on this system."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/AppData/Local")  # noqa: PTH111
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")  # noqa: PTH111
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    return os.path.join(base, "bclint")
