"""What holds for each document: the client's settings above the nearest pyproject.toml.

Configuration files are read again for each analysis, a matter of a few small files, so that no
client has to tell of changes for them to count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bclint.engine.configuration import Choices, SettingsError, read_choices
from bclint.engine.reach import Reach
from bclint.engine.selection import SelectionError
from bclint.engine.settings import Settings, SettingsFinder
from bclint.rule import Rule

SECTION = "bclint"
"""Where a client keeps our settings."""
_FOR_THE_COMMAND = ("output-format", "fix")
"""Keys of the table that an editor has no use for."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What holds for one document."""

    rules: tuple[Rule, ...]
    """Empty where the document is not to be checked at all."""
    min_gain: float = 0.0
    targets: tuple[str, ...] = ()


class Configuration:
    """The workspace's folders and settings, as the client gave them."""

    def __init__(self, rules: Sequence[Rule], complain: Callable[[str], None]) -> None:
        """Hand what cannot be used to `complain`, one line at a time, each once."""
        self._rules = rules
        self._complain = complain
        self._folders: tuple[str, ...] = ()
        self._choices: dict[str, Choices] = {}
        self._good: dict[str, Settings] = {}
        self._complaints: dict[str, str] = {}

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of the workspace, absolute."""
        return self._folders

    def set_folders(self, folders: Sequence[str]) -> None:
        """Take these folders for the workspace."""
        self._folders = tuple(folders)

    def set_client_settings(self, given: object, folder: str = "") -> None:
        """Take what the client says for `folder`, or for all; of no use, it changes nothing."""
        try:
            choices = _read(given)
            SettingsFinder(self._rules, choices, isolated=True, current=folder or "/")
        except (SettingsError, SelectionError) as error:
            self._say(f"client {folder}", _described(error))
        else:
            self._complaints.pop(f"client {folder}", None)
            self._choices[folder] = choices

    def scope_of(self, path: str | None) -> Scope:
        """Return what holds for the file at absolute `path`, or for a text without a file."""
        root = self._root_of(path)
        finder = self._finder(root)
        settings = self._settings(finder, root, str(Path(path).parent) if path else root)
        if path is None:
            return Scope(settings.rules, settings.min_gain, settings.targets)
        is_reached = Reach((root,), finder).includes(path)
        rules = settings.rules_for(path) if is_reached else ()
        return Scope(rules, settings.min_gain, settings.targets)

    def _root_of(self, path: str | None) -> str:
        """What a walk to the file at `path` would start from: the workspace's folder around it.

        Elsewhere in a workspace lie libraries that somebody looks into: what is excluded by its
        name is excluded wherever it lies. Without a workspace the file was opened on purpose.
        """
        if path is None:
            return self._folders[0] if self._folders else str(Path.home())
        around = [folder for folder in self._folders if Path(path).is_relative_to(folder)]
        if around:
            return max(around, key=len)
        return Path(path).anchor if self._folders else path

    def _finder(self, root: str) -> SettingsFinder:
        return SettingsFinder(self._rules, self._choices_for(root), current=root)

    def _choices_for(self, root: str) -> Choices:
        return self._choices.get(root) or self._choices.get("") or Choices()

    def _settings(self, finder: SettingsFinder, root: str, folder: str) -> Settings:
        """The settings of `folder`; the last that could be read, or the defaults."""
        try:
            settings = finder.for_folder(folder)
        except SettingsError as error:
            self._say(folder, str(error))
            return self._good.get(folder) or self._defaults(root)
        self._complaints.pop(folder, None)
        self._good[folder] = settings
        return settings

    def _defaults(self, root: str) -> Settings:
        choices = self._choices_for(root)
        return SettingsFinder(self._rules, choices, isolated=True, current=root).for_folder(root)

    def _say(self, about: str, message: str) -> None:
        """Complain, but not about the same thing with every key that is typed."""
        is_known = message in self._complaints.values()
        self._complaints[about] = message
        if not is_known:
            self._complain(message)


def client_section(settings: object) -> object:
    """What a client sends, with or without the name of our section around it."""
    if isinstance(settings, Mapping) and SECTION in settings:
        return settings[SECTION]
    return settings


def _read(given: object) -> Choices:
    """Raises `SettingsError` for unknown keys and wrong types."""
    if given is None:
        return Choices()
    if not isinstance(given, Mapping):
        raise SettingsError("", f"must be a table, not {given!r}")
    table: dict[str, Any] = {_dashed(str(key)): value for key, value in given.items()}
    # Clients send null for what nobody has set.
    wanted = {key: value for key, value in table.items() if value is not None}
    for key in _FOR_THE_COMMAND:
        wanted.pop(key, None)
    return read_choices(wanted, "", b"")


def _dashed(key: str) -> str:
    """``minGain`` as ``min-gain``: editors spell their settings so."""
    return re.sub(r"(?<=[a-z])([A-Z])", lambda match: f"-{match[1].lower()}", key)


def _described(error: SettingsError | SelectionError) -> str:
    text = error.message if isinstance(error, SettingsError) else str(error)
    return f"bclint's settings in the client: {text.replace('`tool.bclint.', '`bclint.')}"
