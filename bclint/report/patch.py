"""What fixing would change, as a unified diff of the files' own bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bclint.engine.tasks import FileResult
from bclint.report.display import DisplayLine, escape
from bclint.report.style import Style

_NO_NEWLINE = b"\n\\ No newline at end of file\n"


def patch(result: FileResult) -> bytes:
    """Return the diff from the original to the fixed file; ``patch -p0`` takes it."""
    # Only --diff needs this, and difflib is slow to import.
    import difflib

    if result.original is None or result.source is None:
        return b""
    path = _quoted(result.path)
    lines = difflib.diff_bytes(
        difflib.unified_diff,
        _lines(result.original.data),
        _lines(result.source.data),
        path,
        path,
    )
    return b"".join(line if line.endswith(b"\n") else line + _NO_NEWLINE for line in lines)


def painted(result: FileResult, style: Style) -> Iterator[str]:
    """Yield the lines of the diff as a terminal should show them."""
    if result.original is None:
        return
    for raw in patch(result).splitlines():
        line = raw.decode(result.original.encoding, "replace")
        if line.startswith(("---", "+++")):
            yield style.strong(escape(line.rstrip("\t")))
            continue
        text = line[:1] + DisplayLine.of(line[1:].rstrip("\r")).text
        paints = {"+": style.added, "-": style.removed, "@": style.help}
        yield paints.get(line[:1], str)(text)


def _quoted(path: str) -> bytes:
    r"""`path` as git writes it: in quotes, with ``\n`` and the like, where it could be misread."""
    raw = path.encode("utf-8", "surrogateescape")
    if not _MISREAD.search(raw):
        return raw + b"\t" if b" " in raw else raw  # where a time could follow, a tab ends the name
    return b'"' + _MISREAD.sub(lambda match: _ESCAPES.get(match[0]) or _octal(match[0]), raw) + b'"'


_MISREAD = re.compile(rb'[\x00-\x1f\x7f"\\]')
_ESCAPES = {b"\n": b"\\n", b"\r": b"\\r", b"\t": b"\\t", b'"': b'\\"', b"\\": b"\\\\"}


def _octal(byte: bytes) -> bytes:
    return b"\\%03o" % byte[0]


def _lines(data: bytes) -> list[bytes]:
    # At \n alone, as every tool that applies patches does.
    lines = [line + b"\n" for line in data.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]
