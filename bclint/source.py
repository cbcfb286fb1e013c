"""Source files: bytes as read, text as decoded, and the one converter between column units.

CPython's ``co_positions()`` counts columns in UTF-8 bytes, people and LibCST in code points,
language clients in UTF-16 units. Everything outside this module speaks code points.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import stat
import tokenize
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property


class SourceError(Exception):
    """A source that cannot be read, decoded or compiled; one line says what and where."""

    def __init__(
        self, path: str, message: str, line: int = 1, column: int = 1, *, lasting: bool = True
    ) -> None:
        """Hold the place of the error: `line` and `column` count from 1, in code points.

        Both are 0 where the file as a whole is meant. It is `lasting` where the same bytes give it
        whenever they are looked at.
        """
        if len(message) > _LONGEST_MESSAGE:  # it may quote what the file says
            message = message[: _LONGEST_MESSAGE - 1] + "…"
        place = f"{path}:{line}:{column}" if line else path
        super().__init__(f"{place}: {message}")
        self.path = path
        self.message = message
        self.line = line
        self.column = column
        self.lasting = lasting


_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Without waiting: what lies there may be a pipe."""
_MOST_MEBIBYTES = 100
"""A larger file is nothing that people wrote, and may be there to take all memory."""
_LONGEST_MESSAGE = 300
_CHUNK = 1000
"""Characters of a long line that are converted together."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of source: lines count from 1, columns from 0 in code points."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int

    def contains(self, other: Span) -> bool:
        """Whether `other` lies inside this span (equal spans contain each other)."""
        return (self.start_line, self.start_column) <= (
            other.start_line,
            other.start_column,
        ) and (other.end_line, other.end_column) <= (self.end_line, self.end_column)


def open_regular(path: str) -> tuple[int, os.stat_result]:
    """Open the file at `path` to read it; returns its descriptor and what it is.

    Raises `OSError` for whatever reading would wait for or never come to the end of.
    """
    descriptor = os.open(path, _READING)
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        if status.st_size > _MOST_MEBIBYTES << 20:
            raise OSError(errno.EFBIG, f"it is larger than {_MOST_MEBIBYTES} MiB")
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, status


class SourceFile:
    """One file's bytes with the views that the stages need; never changed after it is made."""

    def __init__(self, path: str, data: bytes, status: os.stat_result | None = None) -> None:
        """Keep `data` exactly as read; without a `status`, `path` may name no file."""
        self.path = path
        self.data = data
        self.status = status
        self._chunks: dict[int, list[int]] = {}

    def __reduce__(self) -> tuple[type[SourceFile], tuple[str, bytes]]:
        """Travel between processes without what is worked out anew faster than it is sent."""
        return SourceFile, (self.path, self.data)

    @classmethod
    def read(cls, path: str) -> SourceFile:
        """Read a file whole. Raises `SourceError` where the system will not let us."""
        try:
            descriptor, status = open_regular(path)
            with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123  read by the thousand
                return cls(path, file.read(), status)
        except OSError as error:
            reason = f"cannot be read: {error.strerror}"
            raise SourceError(path, reason, 0, 0, lasting=False) from error

    @classmethod
    def of_text(cls, path: str, text: str) -> SourceFile:
        """The file that saving `text` would give.

        Raises `SourceError` where the encoding that it names does not have its characters.
        """
        # The encoding stands in the first two lines, which are ASCII where it matters.
        encoding = cls(path, text.encode(errors="replace")).encoding
        try:
            return cls(path, text.encode(encoding))
        except UnicodeEncodeError as error:
            line = text.count("\n", 0, error.start) + 1
            raise SourceError(path, f"cannot be encoded as {encoding}", line) from error

    @cached_property
    def has_byte_order_mark(self) -> bool:
        """Whether the bytes start with the UTF-8 byte order mark."""
        return self.data.startswith(codecs.BOM_UTF8)

    @cached_property
    def encoding(self) -> str:
        """The encoding by PEP 263's rules, as a codec that neither adds nor strips a mark."""
        try:
            # Every newline ends a line for PEP 263, a lone CR too; readline() knows only \n.
            lines = self.data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            name, _ = tokenize.detect_encoding(io.BytesIO(lines).readline)
        except SyntaxError as error:
            raise SourceError(self.path, f"cannot be decoded: {error.msg}") from error
        except (LookupError, UnicodeError) as error:  # no codec for text, such as `hex`
            raise SourceError(self.path, f"cannot be decoded: {error}") from error
        return "utf-8" if name == "utf-8-sig" else name

    @cached_property
    def text(self) -> str:
        """The decoded text without a byte order mark, newlines as they stand in the file."""
        data = self.data[len(codecs.BOM_UTF8) :] if self.has_byte_order_mark else self.data
        try:
            return data.decode(self.encoding)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise SourceError(
                self.path, f"cannot be decoded as {self.encoding}: {error.reason}", line
            ) from error
        except (LookupError, UnicodeError) as error:  # no codec for text, or it says no place
            raise SourceError(
                self.path, f"cannot be decoded as {self.encoding}: {error}"
            ) from error

    def encode(self, text: str) -> bytes:
        """Bytes of `text` in this file's encoding, with its byte order mark if it has one."""
        mark = codecs.BOM_UTF8 if self.has_byte_order_mark else b""
        return mark + text.encode(self.encoding)

    @cached_property
    def is_faithful(self) -> bool:
        """Whether writing the text gives these bytes; ``unicode_escape``, for one, does not."""
        try:
            return self.encode(self.text) == self.data
        except UnicodeError:
            return False

    @cached_property
    def lines(self) -> list[str]:
        r"""The lines with their endings, split as the tokenizer does: at \n, \r\n and \r only."""
        return list(io.StringIO(self.text, newline=""))

    @cached_property
    def newline(self) -> str:
        r"""The newline of the first line that has one, else ``"\n"``."""
        for line in self.lines[:1]:
            for newline in ("\r\n", "\n", "\r"):
                if line.endswith(newline):
                    return newline
        return "\n"

    @cached_property
    def _line_offsets(self) -> list[int]:
        offsets = [0]
        for line in self.lines:
            offsets.append(offsets[-1] + len(line))
        return offsets

    def line(self, number: int) -> str:
        """Line `number` (from 1) without its newline; empty past the end of the file."""
        if not 1 <= number <= len(self.lines):
            return ""
        return self.lines[number - 1].rstrip("\r\n")

    def offset(self, line: int, column: int) -> int:
        """The index into `text` of a line (from 1) and column (from 0, code points)."""
        return self._line_offsets[line - 1] + column

    def slice(self, span: Span) -> str:
        """The text inside `span`."""
        start = self.offset(span.start_line, span.start_column)
        return self.text[start : self.offset(span.end_line, span.end_column)]

    def span_of_line(self, number: int) -> Span:
        """The range of what stands on line `number` (from 1), without the space around it."""
        text = self.line(number)
        return Span(number, len(text) - len(text.lstrip()), number, len(text.rstrip()))

    def column_from_utf8(self, line: int, column: int) -> int:
        """Code points before UTF-8 byte `column` (from 0) of line `line` (from 1)."""
        text = self.lines[line - 1] if 1 <= line <= len(self.lines) else ""
        if text.isascii():
            return column
        if len(text) > _CHUNK:
            return self._column_of_long(text, line, column)
        return len(text.encode()[:column].decode(errors="ignore"))

    def _column_of_long(self, text: str, line: int, column: int) -> int:
        """The same without encoding the whole of a long line `text` for each of its columns."""
        starts = self._chunks.get(line)
        if starts is None:
            starts = self._chunks.setdefault(line, [0])
            for end in range(_CHUNK, len(text), _CHUNK):
                starts.append(starts[-1] + len(text[end - _CHUNK : end].encode()))
        chunk = bisect_right(starts, column) - 1
        first = chunk * _CHUNK
        encoded = text[first : first + _CHUNK].encode()
        return first + len(encoded[: column - starts[chunk]].decode(errors="ignore"))

    def column_to_utf16(self, line: int, column: int) -> int:
        """UTF-16 units before code point `column` (from 0) of line `line` (from 1)."""
        text = self.line(line)[:column]
        return len(text) + sum(character > "\uffff" for character in text)

    def column_from_utf16(self, line: int, column: int) -> int:
        """Code points before UTF-16 unit `column` (from 0) of line `line` (from 1)."""
        units = 0
        for index, character in enumerate(self.line(line)):
            if units >= column:
                return index
            units += 2 if character > "\uffff" else 1
        return len(self.line(line))

    def span_from_utf8(
        self, start_line: int, end_line: int, start_column: int, end_column: int
    ) -> Span:
        """The span of a ``co_positions()`` entry (its order; columns in UTF-8 bytes)."""
        return Span(
            start_line,
            self.column_from_utf8(start_line, start_column),
            end_line,
            self.column_from_utf8(end_line, end_column),
        )
