"""Baselines: the findings that a project has accepted, so that only new ones are reported.

A baseline is a JSON file with one finding a line, in the order of paths, so that changes of it
read well and merge well. Its findings are known by their fingerprints; the rest of an entry is for
people. Paths are relative to the folder that the baseline is in.
"""

# Paths are plain text here: they are joined and compared by the thousand.
# ruff: noqa: PTH118, PTH120, PTH123
from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bclint.diagnostics import Diagnostic
from bclint.engine.fingerprints import scope_name
from bclint.source import SourceFile, open_regular

VERSION = 1
"""Grows when an older bclint could not read the file."""
_FIELDS = ("path", "code", "function", "expression", "fingerprint")
_LONGEST_EXPRESSION = 60


class BaselineError(Exception):
    """A baseline that cannot be read or written; one line says which, why, and what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One finding that a baseline has accepted."""

    path: str
    """Relative to the baseline's folder, with slashes."""
    code: str
    function: str
    """The qualified name, without comprehensions."""
    expression: str
    """The source text in one line, shortened; for people."""
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a baseline file holds."""

    folder: str
    """The absolute folder that its paths are relative to."""
    entries: Mapping[str, tuple[Entry, ...]]
    """By path."""

    def of(self, absolute: str) -> tuple[Entry, ...]:
        """The entries of the file at absolute path `absolute`."""
        return self.entries.get(relative_path(absolute, self.folder), ())

    def vanished(self) -> tuple[Entry, ...]:
        """The entries of files that are no longer there."""
        return tuple(
            entry
            for path, entries in self.entries.items()
            if not os.path.lexists(os.path.join(self.folder, path))
            for entry in entries
        )


class Baselines:
    """The baselines of a run, each read once."""

    def __init__(self, paths: Iterable[str] = ()) -> None:
        """Read those at the absolute `paths`, whatever is checked. Raises `BaselineError`."""
        self._read = {path: read_baseline(path) for path in paths}

    def known(self, path: str | None, absolute: str) -> tuple[Entry, ...] | None:
        """What the baseline at absolute `path` holds of the file at `absolute`.

        None where there is no baseline. Raises `BaselineError`.
        """
        if path is None:
            return None
        if path not in self._read:
            self._read[path] = read_baseline(path)
        return self._read[path].of(absolute)

    def vanished(self) -> tuple[Entry, ...]:
        """The entries of all files that are no longer there."""
        return tuple(entry for each in self._read.values() for entry in each.vanished())


def relative_path(absolute: str, folder: str) -> str:
    """How a baseline in `folder` names the file at `absolute`."""
    try:
        return os.path.relpath(absolute, folder).replace(os.sep, "/")
    except ValueError:  # another drive
        return absolute.replace(os.sep, "/")


def entry_of(path: str, source: SourceFile, diagnostic: Diagnostic) -> Entry:
    """The entry of an identified `diagnostic`; `path` as `relative_path` gives it."""
    text = " ".join(source.slice(diagnostic.span).split())
    if len(text) > _LONGEST_EXPRESSION:
        text = text[: _LONGEST_EXPRESSION - 1] + "…"
    return Entry(path, diagnostic.code, scope_name(diagnostic), text, diagnostic.fingerprint)


def without_known(
    diagnostics: Sequence[Diagnostic], known: Collection[Entry]
) -> tuple[Diagnostic, ...]:
    """Those of the identified `diagnostics` that are not among `known`."""
    fingerprints = {entry.fingerprint for entry in known}
    return tuple(each for each in diagnostics if each.fingerprint not in fingerprints)


def gone(
    known: Iterable[Entry], diagnostics: Iterable[Diagnostic], codes: Collection[str]
) -> tuple[Entry, ...]:
    """Those of `known` that are not among all of a file's `diagnostics`, of rules that ran."""
    fingerprints = {diagnostic.fingerprint for diagnostic in diagnostics}
    return tuple(
        entry for entry in known if entry.code in codes and entry.fingerprint not in fingerprints
    )


def read_baseline(path: str) -> Baseline:
    """Read the baseline at absolute `path`. Raises `BaselineError`."""
    import json

    shown = os.path.relpath(path)
    try:
        with open(open_regular(path)[0], "rb") as file:
            content = json.loads(file.read())
    except FileNotFoundError as error:
        hint = f"`bclint --write-baseline {shown}` makes it"
        raise BaselineError(f"{shown}: there is no such baseline: {hint}") from error
    except OSError as error:
        raise BaselineError(f"{shown}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"{shown}: is no baseline: it is not valid JSON: {error}") from error
    return Baseline(os.path.dirname(path), _by_path(_entries(content, shown)))


def _by_path(entries: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    by_path: dict[str, list[Entry]] = {}
    for entry in entries:
        by_path.setdefault(entry.path, []).append(entry)
    return {path: tuple(found) for path, found in by_path.items()}


def _entries(content: Any, shown: str) -> list[Entry]:
    def wrong(what: str) -> BaselineError:
        return BaselineError(f"{shown}: is no baseline of bclint: {what}")

    if not isinstance(content, dict) or "bclint-baseline" not in content:
        raise wrong("it is not an object with a key `bclint-baseline`")
    if content["bclint-baseline"] != VERSION:
        version = content["bclint-baseline"]
        raise wrong(f"its version is {version!r}, and this bclint reads version {VERSION}")
    findings = content.get("findings")
    if not isinstance(findings, list):
        raise wrong("its `findings` are not a list")
    return [_entry(item, number, wrong) for number, item in enumerate(findings, 1)]


def _entry(item: Any, number: int, wrong: Callable[[str], BaselineError]) -> Entry:
    values: list[str] = []
    for name in _FIELDS:
        value = item.get(name) if isinstance(item, dict) else None
        if not isinstance(value, str):
            raise wrong(f"finding {number} has no `{name}`, or it is not a string")
        values.append(value)
    return Entry(*values)


def baseline_text(entries: Iterable[Entry]) -> str:
    """The text of a baseline file: ASCII, one finding a line, in the order of paths."""
    import json

    lines = [
        json.dumps({name: getattr(entry, name) for name in _FIELDS})
        for entry in sorted(set(entries))
    ]
    body = ",\n".join(f"    {line}" for line in lines)
    listed = f"[\n{body}\n  ]" if lines else "[]"
    return f'{{\n  "bclint-baseline": {VERSION},\n  "findings": {listed}\n}}\n'


def kept(old: Baseline | None, looked_at: Mapping[str, Collection[str]]) -> Iterator[Entry]:
    """The entries of `old` that a run says nothing of: of other files, or other rules.

    `looked_at` has the codes of the rules that ran, by path. Files that are no longer there are
    not kept.
    """
    if old is None:
        return
    vanished = set(old.vanished())
    for path, entries in old.entries.items():
        for entry in entries:
            if entry.code not in looked_at.get(path, ()) and entry not in vanished:
                yield entry


def write_baseline(path: str, entries: Iterable[Entry]) -> None:
    """Put `entries` into the file at absolute `path`, which is replaced whole.

    Raises `BaselineError`; what was there is then as it was.
    """
    from bclint.fix.errors import FixError
    from bclint.fix.write import write_whole

    try:
        write_whole(path, baseline_text(entries).encode())
    except FixError as error:
        raise BaselineError(f"{os.path.relpath(path)}: {error}") from error
