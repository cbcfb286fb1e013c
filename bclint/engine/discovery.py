"""Which files to check: those named, and the Python files below the folders named."""

# Paths are plain text here: they are joined and compared by the thousand.
# ruff: noqa: PTH100, PTH112, PTH114, PTH116, PTH118, PTH120
from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter

from bclint.engine.configuration import SettingsError
from bclint.engine.ignored import IgnoreFiles, ignores_above, ignores_in, is_ignored
from bclint.engine.linter import FileError
from bclint.engine.reach import VIRTUAL_ENVIRONMENT, Reach
from bclint.engine.settings import Settings, SettingsFinder

SUFFIXES = (".py", ".pyw")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file to check."""

    path: str
    """As people named it, or the folder that it is in."""
    absolute: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class Discovery:
    """The files to check, in the order of their paths, and what could not be looked at."""

    files: tuple[FoundFile, ...]
    errors: tuple[FileError, ...]
    folders: tuple[str, ...] = ()
    """The absolute folders whose entries decided what is there."""


def discover(
    paths: Iterable[str], finder: SettingsFinder, *, force_exclude: bool = False
) -> Discovery:
    """Return the files of `paths`, each once, however many ways lead to it.

    A path named outright is always in, but with `force_exclude` only where a walk of the current
    folder would come by it; folders are walked without what settings and
    ``.gitignore`` leave out. Links to folders are followed only where they are named outright,
    so that no loop can arise.
    """
    walk = _Walk(finder)
    reach = Reach((os.curdir,), finder) if force_exclude else None
    for path in paths:
        if reach is None or _is_reached(path, reach):
            walk.add(path)
    errors = tuple(sorted(set(walk.errors), key=_place))
    return Discovery(tuple(walk.distinct_files()), errors, tuple(walk.folders))


def _is_reached(path: str, reach: Reach) -> bool:
    absolute = os.path.abspath(path)
    return reach.enters(absolute) if os.path.isdir(path) else reach.includes(absolute)


def _place(error: FileError) -> tuple[str, int, int]:
    return error.path, error.line, error.column


_entry_name = attrgetter("name")


@dataclass(frozen=True, slots=True)
class _Folder:
    """One folder that is about to be walked."""

    shown: str
    absolute: str
    ignores: IgnoreFiles
    """What git ignores here."""


@dataclass(slots=True)
class _Walk:
    finder: SettingsFinder
    errors: list[FileError] = field(default_factory=list)
    found: list[tuple[bool, FoundFile]] = field(default_factory=list)
    """Each with whether it is a link, since the file itself is rather shown."""
    folders: list[str] = field(default_factory=list)

    def add(self, path: str) -> None:
        """Add what the user named: a file, or a folder with all below."""
        shown = os.path.normpath(path) if path else path
        try:
            mode = os.stat(path).st_mode
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "is not a path"
            self._fail(shown, "there is no such file or folder" if _is_missing(error) else reason)
            return
        absolute = os.path.abspath(path)
        if stat.S_ISDIR(mode):
            shown = "" if shown == os.curdir else shown
            self._walk(_Folder(shown, absolute, ignores_above(absolute)))
        elif stat.S_ISREG(mode):
            self._add_file(shown, absolute, is_link=os.path.islink(path))
        else:
            self._fail(shown, "is neither a file nor a folder")

    def distinct_files(self) -> Iterator[FoundFile]:
        """Return the files found, those that are one and the same once, in the order of paths."""
        by_identity: dict[str, FoundFile] = {}
        for _, file in sorted(self.found, key=lambda entry: (entry[0], entry[1].path)):
            by_identity.setdefault(os.path.realpath(file.absolute), file)
        yield from sorted(by_identity.values(), key=lambda file: file.path)

    def _walk(self, start: _Folder) -> None:
        waiting = [start]
        while waiting:
            folder = waiting.pop()
            self.folders.append(folder.absolute)
            try:
                settings = self.finder.for_folder(folder.absolute)
                with os.scandir(folder.absolute) as scan:
                    entries = sorted(scan, key=_entry_name)
            except SettingsError as error:
                self.errors.append(FileError(error.path, error.line, error.column, error.message))
                continue
            except OSError as error:
                self._fail(folder.shown or os.curdir, f"cannot be read: {error.strerror}")
                continue
            waiting.extend(self._look_through(folder, settings, entries))

    def _look_through(
        self, folder: _Folder, settings: Settings, entries: list[os.DirEntry[str]]
    ) -> Iterator[_Folder]:
        """Add the files among `entries`; yield the folders that are to be walked."""
        names = {entry.name for entry in entries}
        ignores = ignores_in(folder.absolute, names, folder.ignores)
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if not is_folder and not (entry.name.endswith(SUFFIXES) and _is_file(entry)):
                continue
            absolute = os.path.join(folder.absolute, entry.name)
            if settings.excludes(absolute, is_folder=is_folder) or is_ignored(
                ignores, absolute, is_folder=is_folder
            ):
                continue
            shown = os.path.join(folder.shown, entry.name)
            if not is_folder:
                link = entry.is_symlink()
                self.found.append((link, FoundFile(shown, absolute, settings)))
            elif not os.path.lexists(os.path.join(absolute, VIRTUAL_ENVIRONMENT)):
                yield _Folder(shown, absolute, ignores)
            else:
                self.folders.append(absolute)

    def _add_file(self, shown: str, absolute: str, *, is_link: bool) -> None:
        try:
            settings = self.finder.for_folder(os.path.dirname(absolute))
        except SettingsError as error:
            self.errors.append(FileError(error.path, error.line, error.column, error.message))
        else:
            self.found.append((is_link, FoundFile(shown, absolute, settings)))

    def _fail(self, path: str, message: str) -> None:
        self.errors.append(FileError(path, 0, 0, message))


def _is_missing(error: Exception) -> bool:
    return isinstance(error, (FileNotFoundError, NotADirectoryError))


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether `entry` is, or leads to, a file that reading will not hang at."""
    try:
        return entry.is_file()
    except OSError:  # a link that leads to itself
        return False
