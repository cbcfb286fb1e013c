"""The table ``[tool.bclint]`` of a pyproject.toml, read and checked key by key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from bclint.engine.selection import Selection
from bclint.engine.spelling import suggestion

FORMATS_FOR_PEOPLE = ("full", "concise")
OUTPUT_FORMATS = (*FORMATS_FOR_PEOPLE, "json", "sarif", "github", "gitlab", "junit", "pylint")
FILE_NAME = "pyproject.toml"

PerFileIgnores = tuple[tuple[str, tuple[str, ...]], ...]
"""Pairs of a path pattern and the selectors that are ignored where it matches."""


class SettingsError(Exception):
    """Settings that cannot be used; one line names the file and the key."""

    def __init__(self, path: str, message: str, line: int = 1, column: int = 1) -> None:
        """Hold the place: `line` and `column` count from 1, or are 0 for the file as a whole."""
        place = f"{path}:{line}:{column}" if line else path
        super().__init__(f"{place}: {message}")
        self.path = path
        self.message = message
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Choices:
    """What one place says, a file or the command line; None where it says nothing."""

    selection: Selection = field(default_factory=Selection)
    per_file_ignores: PerFileIgnores | None = None
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    output_format: str | None = None
    unsafe_fixes: bool | None = None
    fix: bool | None = None
    min_gain: float | None = None
    """In percent."""
    target: tuple[str, ...] | None = None
    """Versions of CPython, as ``3.14``."""
    baseline: str | None = None
    """The file, as written: relative to the place that says it."""


_MOST_PARTS = 1000


class _WrongType(Exception):  # noqa: N818  a signal inside this module
    """What was expected, in words."""


def parse_table(data: bytes, path: str) -> dict[str, Any] | None:
    """Return the table ``[tool.bclint]`` of a TOML file's bytes; None where it has none.

    Raises `SettingsError` for broken TOML, but only in a file that speaks of bclint at all: the
    others are neither ours to judge nor worth the time.
    """
    if b"bclint" not in data:
        return None
    import tomllib

    try:
        content = _loaded(data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsError(path, "is not valid TOML: it is not UTF-8", line) from error
    except tomllib.TOMLDecodeError as error:
        line, column, message = _place_of(str(error), data)
        raise SettingsError(path, f"is not valid TOML: {message}", line, column) from error
    except RecursionError as error:
        raise SettingsError(path, "is nested too deeply", 0, 0) from error
    except ValueError as error:  # a number of thousands of digits
        raise SettingsError(path, f"cannot be read as TOML: {error}", 0, 0) from error
    tool = content.get("tool")
    table = tool.get("bclint") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise SettingsError(path, "`tool.bclint` must be a table", line_of(data, "bclint"))
    return table


@lru_cache(maxsize=4)  # each file is asked for our table, and for what its project requires
def _loaded(data: bytes) -> dict[str, Any]:
    """Parse a TOML file. Raises `ValueError` of several kinds, and `RecursionError`."""
    import tomllib

    # Up to 3.13 tomllib takes the square of their number, and any file may have many.
    if any(part.count(b".") > _MOST_PARTS for part in re.split(rb"[\n=]", data)):
        raise ValueError(f"a key has more than {_MOST_PARTS:,} parts")
    return tomllib.loads(data.decode())


def required_python(data: bytes) -> str | None:
    """Return ``requires-python`` of a pyproject.toml's bytes; None where it says nothing.

    Broken TOML says nothing: it is for the tools that the file is about to complain.
    """
    if b"requires-python" not in data:
        return None
    try:
        project = _loaded(data).get("project")
    except (ValueError, RecursionError):
        return None
    required = project.get("requires-python") if isinstance(project, dict) else None
    return required if isinstance(required, str) else None


def read_choices(table: Mapping[str, Any], path: str, data: bytes) -> Choices:
    """Return what `table` says; raises `SettingsError` for unknown keys and wrong types."""
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _READERS:
            message = f"`tool.bclint` has no key `{key}`{suggestion(key, _READERS)}"
            raise SettingsError(path, message, line_of(data, key))
        try:
            values[key.replace("-", "_")] = _READERS[key](value)
        except _WrongType as error:
            message = f"`tool.bclint.{key}` must be {error}, not {_describe(value)}"
            raise SettingsError(path, message, line_of(data, key)) from None
    rules = ("select", "ignore", "extend_select", "extend_ignore")
    selection = Selection(**{name: values.pop(name) for name in rules if name in values})
    return Choices(selection, **values)


def line_of(data: bytes, key: str) -> int:
    """Return the line (from 1) of `data` where `key` or its table stands; 1 if nowhere."""
    pattern = rf"""^[ \t]*(?:\[.*)?["']?{re.escape(key)}["']?[ \t]*(?:=|\])"""
    table = re.search(rb"^[ \t]*\[tool\.bclint", data, re.MULTILINE)
    start = table.start() if table else 0
    match = re.compile(pattern.encode(), re.MULTILINE).search(data, start)
    return data.count(b"\n", 0, match.start()) + 1 if match else 1


def _place_of(message: str, data: bytes) -> tuple[int, int, str]:
    # tomllib gives line and column as attributes only from 3.14 on.
    match = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    if match is None:
        *before, last = data.rstrip().decode().split("\n")
        return len(before) + 1, len(last) + 1, message.removesuffix(" (at end of document)")
    return int(match[1]), int(match[2]), message[: match.start()]


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _WrongType("a list of strings")
    return tuple(value)


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise _WrongType("true or false")
    return value


def _percent(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 100:
        raise _WrongType("a percentage from 0 to 100")
    return float(value)


def _targets(value: object) -> tuple[str, ...]:
    from bclint.engine.targets import TargetError, read_targets
    from bclint.evidence.prices import known_versions

    expected = f"a list of versions among {', '.join(map(repr, known_versions()))}"
    if not value:
        raise _WrongType(expected)
    try:
        return read_targets(_strings(value))
    except (TargetError, _WrongType):
        raise _WrongType(expected) from None


def _path(value: object) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise _WrongType("the path of a file")
    return value


def _format(value: object) -> str:
    if value not in OUTPUT_FORMATS:
        raise _WrongType(f"one of {', '.join(OUTPUT_FORMATS)}")
    return str(value)


def _per_file_ignores(value: object) -> PerFileIgnores:
    expected = "a table of lists of strings"
    if not isinstance(value, dict):
        raise _WrongType(expected)
    try:
        return tuple((pattern, _strings(selectors)) for pattern, selectors in value.items())
    except _WrongType:
        raise _WrongType(expected) from None


def _describe(value: object) -> str:
    if isinstance(value, (str, int, float)):
        return str(value).lower() if isinstance(value, bool) else repr(value)
    if isinstance(value, list):
        return "a list with other things in it"
    return "a table with other things in it" if isinstance(value, dict) else str(value)


_READERS: dict[str, Callable[[object], object]] = {
    "select": _strings,
    "ignore": _strings,
    "extend-select": _strings,
    "extend-ignore": _strings,
    "per-file-ignores": _per_file_ignores,
    "exclude": _strings,
    "extend-exclude": _strings,
    "output-format": _format,
    "unsafe-fixes": _boolean,
    "fix": _boolean,
    "min-gain": _percent,
    "target": _targets,
    "baseline": _path,
}
"""Every key of the table, with what reads its value."""
