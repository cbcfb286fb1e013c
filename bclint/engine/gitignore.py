"""Patterns as git reads them in ``.gitignore``: also the language of our own exclusions.

Written against gitignore(5) and held against ``git check-ignore`` by the tests. Paths are text,
so that ``?`` stands for one character, where git takes one byte.
"""

# Paths are plain text here: they are joined and compared by the thousand.
# ruff: noqa: PTH118
from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

from bclint.source import open_regular

_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"!-/:-@\[-`{-~",
    "space": r" \t\n\r\f\v",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


_STAR = "[^/]*"
_FOLDERS = "(?:.*/)?"


class _NeverMatches(Exception):  # noqa: N818  a signal inside this module
    """The pattern is one that git itself matches with nothing."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of an ignore file, taken apart."""

    expression: str
    """A regular expression for the whole of what is compared."""
    negated: bool
    folders_only: bool
    whole_path: bool
    """Compared with the path below the file's folder; otherwise with the last part alone."""

    @classmethod
    def parse(cls, line: str) -> Pattern | None:
        """Read one line without its newline; None for blanks, comments and nonsense."""
        text = _without_trailing_spaces(line)
        if text.startswith("#"):
            return None
        negated = text.startswith("!")
        text = text[negated:]
        folders_only = text.endswith("/")
        text = text[:-1] if folders_only else text
        whole_path = "/" in text
        text = text.removeprefix("/")
        try:
            expression = _expression(text)
        except _NeverMatches:
            return None
        return cls(expression, negated, folders_only, whole_path) if text else None


class PatternList:
    """The patterns of one file, or of one option, below the folder that they are relative to."""

    def __init__(self, folder: str, lines: Iterable[str]) -> None:
        """Keep the patterns of `lines`; `folder` is absolute."""
        self.folder = folder
        self.patterns = [pattern for line in lines if (pattern := Pattern.parse(line))]

    @classmethod
    def read(cls, path: str, folder: str) -> PatternList:
        """Return the patterns of the ignore file at `path`; none where it cannot be read."""
        try:
            with open_without_waiting(path) as file:
                text = file.read().decode("utf-8-sig", "surrogateescape")
        except OSError:
            return cls(folder, ())
        return cls(folder, (line.removesuffix("\r") for line in text.split("\n")))

    @cached_property
    def _any_name(self) -> re.Pattern[str]:
        return _union(pattern for pattern in self.patterns if not pattern.whole_path)

    @cached_property
    def _any_path(self) -> re.Pattern[str]:
        return _union(pattern for pattern in self.patterns if pattern.whole_path)

    @cached_property
    def _expressions(self) -> list[tuple[Pattern, re.Pattern[str]]]:
        # The last pattern that matches decides.
        return [
            (pattern, re.compile(pattern.expression, re.DOTALL))
            for pattern in reversed(self.patterns)
        ]

    def decide(self, path: str, *, is_folder: bool) -> bool | None:
        """Whether absolute `path` is left out; None where no pattern speaks of it.

        Only the path itself is looked at: who walks a tree does not enter what is left out.
        """
        if not self.patterns:
            return None
        relative = _relative(path, self.folder)
        name = relative.rpartition("/")[2]
        if not self._any_name.fullmatch(name) and not self._any_path.fullmatch(relative):
            return None
        for pattern, expression in self._expressions:
            if pattern.folders_only and not is_folder:
                continue
            if expression.fullmatch(relative if pattern.whole_path else name):
                return not pattern.negated
        return None

    def covers(self, path: str) -> bool:
        """Whether the file at absolute `path`, or a folder that it is in, is left out."""
        inside = path.startswith(self.folder.rstrip(os.sep) + os.sep)
        parts = _relative(path, self.folder).split("/")
        for count in range(1, len(parts)):
            if not inside and parts[count - 1] == os.pardir:
                continue
            if self.decide(os.path.join(self.folder, *parts[:count]), is_folder=True):
                return True
        return bool(self.decide(path, is_folder=False))


def _relative(path: str, folder: str) -> str:
    start = folder if folder.endswith(os.sep) else folder + os.sep
    relative = path[len(start) :] if path.startswith(start) else os.path.relpath(path, folder)
    return relative if os.sep == "/" else relative.replace(os.sep, "/")


def _union(patterns: Iterable[Pattern]) -> re.Pattern[str]:
    # One match decides for nearly every path that no pattern speaks of it. Folders match too
    # often here, which the patterns themselves then put right.
    return re.compile("|".join(pattern.expression for pattern in patterns) or "(?!)", re.DOTALL)


def open_without_waiting(path: str) -> BinaryIO:
    """Open a file that nobody named; a pipe, a device or a folder is no such file."""
    try:
        return open(open_regular(path)[0], "rb")  # noqa: PTH123  a descriptor
    except OSError as error:
        if error.errno == errno.EINVAL:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from error
        raise


def _without_trailing_spaces(line: str) -> str:
    end = index = 0
    while index < len(line):
        # A backslash keeps the character behind it, a space too.
        width = 2 if line[index] == "\\" else 1
        index += width
        if width == 2 or line[index - 1] != " ":
            end = index
    return line[:end]


def _expression(text: str) -> str:
    """Return the regular expression that matches what git's ``wildmatch`` matches with `text`."""
    return _without_backtracking(_parts(text))


def _parts(text: str) -> list[str]:
    """Return the expressions of what `text` is made of, in order."""
    parts: list[str] = []
    index = 0
    while index < len(text):
        match text[index]:
            case "*":
                part, index = _stars(text, index)
            case "?":
                part, index = "[^/]", index + 1
            case "[":
                part, index = _bracket(text, index + 1)
            case "\\":
                if index + 1 == len(text):
                    raise _NeverMatches
                part, index = re.escape(text[index + 1]), index + 2
            case character:
                part, index = re.escape(character), index + 1
        parts.append(part)
    return parts


def _without_backtracking(parts: list[str]) -> str:
    """Join the `parts` so that nothing is tried twice: ``*a*a*a*a*a`` would take for ever else.

    What stands between two stars may be taken where it comes first, for the star behind it takes
    the rest of the name. The same holds for folders between two ``**``.
    """
    *blocks, last = _split(parts, _FOLDERS)
    expressions = [_block(block, is_last=False) for block in blocks]
    expressions.append(_block(last, is_last=True))
    first, *others = (
        f"(?>{each})" if number < len(blocks) else each
        for number, each in enumerate(
            expressions[:1] + [f"(?:[^/]*/)*?{each}" for each in expressions[1:]]
        )
    )
    return "".join((first, *others))


def _block(parts: list[str], *, is_last: bool) -> str:
    """What stands between two ``**``, or behind the last one, where it has to reach the end."""
    start, *pieces = ("".join(piece) for piece in _split(parts, _STAR))
    expression = start
    for number, piece in enumerate(pieces, 1):
        at_end = is_last and number == len(pieces)
        expression += f"{_STAR}{piece}" if at_end else f"(?>{_STAR}?{piece})"
    return expression


def _split(parts: list[str], separator: str) -> list[list[str]]:
    split: list[list[str]] = [[]]
    for part in parts:
        if part == separator:
            split.append([])
        else:
            split[-1].append(part)
    return split


def _stars(text: str, start: int) -> tuple[str, int]:
    end = start
    while end < len(text) and text[end] == "*":
        end += 1
    starts_part = start == 0 or text[start - 1] == "/"
    if end - start == 1 or not starts_part or text[end : end + 1] not in {"", "/"}:
        return _STAR, end
    # `**/` stands for any number of folders, none included; `/**` for all that is inside.
    return (".*", end) if end == len(text) else (_FOLDERS, end + 1)


def _bracket(text: str, index: int) -> tuple[str, int]:
    """Return a set such as ``[!a-z]``, from behind its bracket on."""
    negated = text[index : index + 1] in {"!", "^"} and text[index : index + 1] != ""
    index += negated
    members: list[str] = []
    first = True
    while first or text[index : index + 1] != "]":
        first = False
        if text.startswith("[:", index) and (found := _named_class(text, index + 2)):
            member, index = found
        else:
            low, index = _member(text, index)
            member = re.escape(low)
            if text[index : index + 1] == "-" and text[index + 1 : index + 2] not in {"", "]"}:
                high, index = _member(text, index + 1)
                # Of a range that runs backwards git still takes the first character.
                if low <= high:
                    member = f"{re.escape(low)}-{re.escape(high)}"
        members.append(member)
    inside = "".join(members)
    if negated:
        return f"[^/{inside}]", index + 1
    return (f"(?!/)[{inside}]" if inside else "(?!)"), index + 1


def _named_class(text: str, start: int) -> tuple[str, int] | None:
    end = text.find("]", start)
    if end == -1:
        raise _NeverMatches
    if text[end - 1] != ":" or end == start:
        return None
    try:
        return _CLASSES[text[start : end - 1]], end + 1
    except KeyError:
        raise _NeverMatches from None


def _member(text: str, index: int) -> tuple[str, int]:
    if text[index : index + 1] == "\\":
        index += 1
    if index >= len(text):
        raise _NeverMatches
    return text[index], index + 1
