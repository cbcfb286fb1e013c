"""A run of which nothing has changed: what it printed is printed again, and little is imported.

What a run prints is kept with the signature of everything that it depended on: the files that were
checked, the folders that were walked, the settings and ignore files (those that were not there
too), bclint's own files and those of the rules, and the places that packages are found in. The name
of the file that holds it stands for the rest: the command line, the interpreter, the environment,
the terminal. It holds a secret too (`bclint.engine.cache_folder`), so that nobody else's is read.

This is on the way of every run: only what has to be is imported.
"""

# Paths are plain text here, as in all of the cache.
# ruff: noqa: PTH108, PTH109, PTH114, PTH116, PTH118, PTH123
from __future__ import annotations

import os
import sys
import zlib
from hashlib import blake2b

from bclint.engine.cache_folder import OFF, chosen_folder, token_of
from bclint.engine.signature import REST, changed, signature_of

TYPE_CHECKING = False  # `typing` itself is spared
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Chunks = Sequence[tuple[str, str]]
    """What was written: the name of a stream, and text."""

ENDING = ".run"
MOST = 20
"""Runs that are kept, each of another command line."""
MOST_BYTES = 64 * 1024 * 1024
_HEAD = "bclint 1"
_ABSENT = "-"
_ENVIRONMENT = (
    *("BCLINT", "CI", "COLUMNS", "FORCE_COLOR", "GITHUB", "GITLAB", "HOME", "LANG", "LC_"),
    *("LINES", "NO_COLOR", "PYTHON", "TERM", "VIRTUAL_ENV", "XDG"),
)
"""Beginnings of the names of variables that may matter."""
STREAMS = ("stdout", "stderr")


def place_of(arguments: Sequence[str]) -> str | None:
    """Return where the run with `arguments` is kept; None where it is not to be."""
    if os.environ.get(OFF) or "--no-cache" in arguments or "-" in arguments:
        return None
    current = os.getcwd()
    folder = chosen_folder(_cache_option(arguments), current)
    token = token_of(folder)
    if token is None:
        return None
    interpreter = (sys.version, sys.path, str(sys.flags), sys.warnoptions, sys._xoptions)
    streams = [_stream(name) for name in STREAMS]
    parts = (list(arguments), current, interpreter, _environment(), streams)
    digest = blake2b(repr(parts).encode(errors="surrogateescape"), digest_size=12)
    return os.path.join(folder, f"{token}-{digest.hexdigest()}{ENDING}")


def replay(arguments: Sequence[str]) -> int | None:
    """Print what the run with `arguments` printed; returns its exit status.

    None, and nothing printed, where it is not known or anything has changed.
    """
    try:
        place = place_of(arguments)
        if place is None or os.path.islink(place):
            return None
        with open(place, "rb") as file:
            data = file.read(MOST_BYTES)
    except (OSError, ValueError):
        return None
    found = _parsed(data)
    if found is None:
        _throw_away(place)
        return None
    status, inputs, chunks = found
    for index in range(0, len(inputs), 2):
        if signature_at(inputs[index]) != inputs[index + 1]:
            return None
    for index in range(0, len(chunks), 2):
        stream = getattr(sys, chunks[index])
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")
        stream.write(chunks[index + 1])
    return status


def keep(place: str, status: int, inputs: Iterable[str], chunks: Chunks, started: int) -> None:
    """Keep what a run printed, unless one of its `inputs` changed shortly before or since.

    `started` is when the run started, in nanoseconds since 1970. Does nothing where the cache
    cannot be written.
    """
    fields = [str(status)]
    paths = sorted(set(inputs))
    fields.append(str(len(paths)))
    for path in paths:
        signature = signature_at(path, before=started - REST)
        if signature is None:
            return
        fields += (path, signature)
    for name, text in chunks:
        fields += (name, text)
    if any("\0" in field for field in fields):
        return
    body = "\0".join(fields).encode(errors="surrogateescape")
    head = f"{_HEAD} {zlib.crc32(body)}\n".encode()
    temporary = f"{place}.{os.getpid()}"
    try:
        with open(temporary, "xb") as file:
            file.write(head + body)
        os.replace(temporary, place)  # noqa: PTH105
        _drop_oldest(place)
    except OSError:
        _remove(temporary)


def signature_at(path: str, before: int | None = None) -> str | None:
    """Return the signature of what is at `path`, or that nothing is.

    None where that cannot be told, or where it was changed after `before`.
    """
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return _ABSENT
    except OSError:
        return None
    return None if before is not None and changed(status) >= before else signature_of(status)


def _parsed(data: bytes) -> tuple[int, list[str], list[str]] | None:
    """The exit status, pairs of paths and signatures, and pairs of streams and texts."""
    head, _, body = data.partition(b"\n")
    if head != f"{_HEAD} {zlib.crc32(body)}".encode():
        return None
    try:
        fields = body.decode(errors="surrogateescape").split("\0")
        status, end = int(fields[0]), 2 + 2 * int(fields[1])
    except (ValueError, IndexError):
        return None
    inputs, chunks = fields[2:end], fields[end:]
    is_whole = len(inputs) == end - 2 and len(chunks) % 2 == 0 and set(chunks[::2]) <= set(STREAMS)
    return (status, inputs, chunks) if is_whole else None


def _cache_option(arguments: Sequence[str]) -> str | None:
    chosen = None
    for index, argument in enumerate(arguments):
        if argument == "--cache-dir":
            chosen = arguments[index + 1] if index + 1 < len(arguments) else None
        elif argument.startswith("--cache-dir="):
            chosen = argument.partition("=")[2]
    return chosen


def _environment() -> list[tuple[str, str]]:
    return sorted(item for item in os.environ.items() if item[0].startswith(_ENVIRONMENT))


def _stream(name: str) -> tuple[object, ...]:
    """What the look of the output depends on."""
    stream = getattr(sys, name)
    try:
        columns = os.get_terminal_size(stream.fileno()).columns if stream.isatty() else 0
    except (OSError, ValueError, AttributeError):
        columns = 0
    return stream.isatty(), columns, stream.encoding


def _throw_away(place: str) -> None:
    text = f"bclint: the cache {place!r} is damaged and thrown away: it is not whole"
    print(text, file=sys.stderr)
    _remove(place)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return


def _drop_oldest(place: str) -> None:
    folder, name = os.path.split(place)
    token = name.partition("-")[0]
    with os.scandir(folder) as entries:
        runs = [
            (entry.stat(follow_symlinks=False).st_mtime_ns, entry.path)
            for entry in entries
            if entry.name.startswith(token) and ENDING in entry.name
        ]
    for _, path in sorted(runs)[:-MOST]:
        _remove(path)
