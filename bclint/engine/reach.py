"""Whether a walk would come by a file: for those who are handed files instead of walking."""

# Paths are plain text here: they are joined and compared by the thousand.
# ruff: noqa: PTH100, PTH118, PTH120
from __future__ import annotations

import os
from collections.abc import Iterable

from bclint.engine.configuration import SettingsError
from bclint.engine.ignored import IgnoreFiles, ignores_above, ignores_in, is_ignored
from bclint.engine.settings import SettingsFinder

VIRTUAL_ENVIRONMENT = "pyvenv.cfg"
"""What every virtual environment has, whatever its folder is called."""


class Reach:
    """What the walk of some paths would come to, each folder looked at once.

    It is `bclint.engine.discovery.discover` asked backwards: a file named outright is in, and
    below a named folder settings and ``.gitignore`` decide. What no path leads to came from
    elsewhere, and is in.
    """

    def __init__(self, paths: Iterable[str], finder: SettingsFinder) -> None:
        """Take the paths as the user named them."""
        self._roots = frozenset(os.path.abspath(path) for path in paths)
        self._finder = finder
        self._by_folder: dict[str, IgnoreFiles | None] = {}

    def includes(self, absolute: str) -> bool:
        """Whether the walk would check the file at `absolute`."""
        if absolute in self._roots or not self._leads_to(absolute):
            return True
        ignores = self._ignores(os.path.dirname(absolute))
        return ignores is not None and not self._leaves_out(absolute, ignores, is_folder=False)

    def enters(self, absolute: str) -> bool:
        """Whether the walk would enter the folder at `absolute`."""
        if absolute in self._roots or not self._leads_to(absolute):
            return True
        return self._ignores(absolute) is not None

    def _leads_to(self, absolute: str) -> bool:
        return any(absolute.startswith(root.rstrip(os.sep) + os.sep) for root in self._roots)

    def _ignores(self, folder: str) -> IgnoreFiles | None:
        """What git ignores in `folder`; None where the walk does not enter it."""
        if folder not in self._by_folder:
            self._by_folder[folder] = self._find(folder)
        return self._by_folder[folder]

    def _find(self, folder: str) -> IgnoreFiles | None:
        above = self._ignores_above(folder)
        if above is None:
            return None
        names = {name for name in (".git", ".gitignore") if _has(folder, name)}
        return ignores_in(folder, names, above)

    def _ignores_above(self, folder: str) -> IgnoreFiles | None:
        if folder in self._roots:  # the nearest of several paths leaves out the least
            return ignores_above(folder)
        above = self._ignores(os.path.dirname(folder))
        if above is None or self._leaves_out(folder, above, is_folder=True):
            return None
        return None if _has(folder, VIRTUAL_ENVIRONMENT) else above

    def _leaves_out(self, path: str, ignores: IgnoreFiles, *, is_folder: bool) -> bool:
        try:
            settings = self._finder.for_folder(os.path.dirname(path))
        except SettingsError:
            return False  # whoever checks the file will say so
        excluded = settings.excludes(path, is_folder=is_folder)
        return excluded or is_ignored(ignores, path, is_folder=is_folder)


def _has(folder: str, name: str) -> bool:
    return os.path.lexists(os.path.join(folder, name))
