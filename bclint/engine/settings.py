"""The settings of each file: the nearest pyproject.toml, and the command line above it."""

# Paths are plain text here: they are joined and compared by the thousand.
# ruff: noqa: PTH100, PTH109, PTH118, PTH120, PTH123
from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bclint.engine.configuration import (
    FILE_NAME,
    Choices,
    SettingsError,
    line_of,
    parse_table,
    read_choices,
)
from bclint.engine.gitignore import PatternList, open_without_waiting
from bclint.engine.selection import SelectionError, choose, matches, require_known
from bclint.rule import Rule

DEFAULT_EXCLUDE = (
    *(".bzr", ".direnv", ".eggs", ".git", ".hg", ".ipynb_checkpoints", ".mypy_cache", ".nox"),
    *(".pixi", ".pyenv", ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox", ".venv"),
    *(".vscode", "__pycache__", "__pypackages__", "_build", "build", "buck-out", "dist"),
    *("node_modules", "site-packages", "venv"),
)
"""Names of folders that are not walked into unless ``exclude`` says otherwise."""


DEFAULT_MIN_GAIN = 3.0
"""Percent of an iteration; less than a careful measurement can tell from noise."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for the files of one folder."""

    rules: tuple[Rule, ...]
    """The selected rules, before `per_file_ignores`."""
    excluded: tuple[PatternList, ...] = ()
    per_file_ignores: tuple[tuple[PatternList, tuple[str, ...]], ...] = ()
    output_format: str = "full"
    unsafe_fixes: bool = False
    fix: bool = False
    min_gain: float = DEFAULT_MIN_GAIN
    """Findings with a smaller estimated gain, in percent, are not reported."""

    def excludes(self, path: str, *, is_folder: bool) -> bool:
        """Whether absolute `path` is not to be walked; its parents are not looked at."""
        return any(patterns.decide(path, is_folder=is_folder) for patterns in self.excluded)

    def rules_for(self, path: str) -> tuple[Rule, ...]:
        """Return the rules to run on the file at absolute `path`."""
        ignored = [
            selector
            for patterns, selectors in self.per_file_ignores
            if patterns.covers(path)
            for selector in selectors
        ]
        if not ignored:
            return self.rules
        return tuple(rule for rule in self.rules if not matches(ignored, rule))


class SettingsFinder:
    """Finds the settings of any folder, each configuration file read once."""

    def __init__(
        self,
        rules: Sequence[Rule],
        command_line: Choices | None = None,
        *,
        config: str | None = None,
        isolated: bool = False,
    ) -> None:
        """Take `command_line` over every file; `config` and `isolated` as the options say.

        Raises `SelectionError` for a selector on the command line that names no rule.
        """
        self._rules = rules
        self._command_line = command_line or Choices()
        self._current = os.getcwd()
        self._isolated = isolated
        self._config = os.path.abspath(config) if config else None
        self._by_folder: dict[str, Settings | SettingsError] = {}
        require_known(_selectors(self._command_line), rules)

    def for_folder(self, folder: str) -> Settings:
        """Return the settings of the files in absolute `folder`; raises `SettingsError`."""
        if folder not in self._by_folder:
            self._by_folder[folder] = self._find(folder)
        settings = self._by_folder[folder]
        if isinstance(settings, SettingsError):
            raise settings
        return settings

    def _find(self, folder: str) -> Settings | SettingsError:
        if self._isolated:
            return self._shared("", self._defaults)
        if self._config:
            return self._shared(self._config, self._from_config)
        try:
            settings = self._read(os.path.join(folder, FILE_NAME))
        except SettingsError as error:
            return error
        if settings:
            return settings
        parent = os.path.dirname(folder)
        if parent == folder:
            return self._shared("", self._defaults)
        try:
            return self.for_folder(parent)
        except SettingsError as error:
            return error

    def _shared(self, key: str, make: Callable[[], Settings]) -> Settings | SettingsError:
        if key not in self._by_folder:
            try:
                self._by_folder[key] = make()
            except SettingsError as error:
                self._by_folder[key] = error
        return self._by_folder[key]

    def _defaults(self) -> Settings:
        return self._merge(Choices(), self._current)

    def _from_config(self) -> Settings:
        path = self._config or ""
        settings = self._read(path, required=True)
        if settings is None:
            raise SettingsError(_shown(path), "has no table [tool.bclint]")
        return settings

    def _read(self, path: str, *, required: bool = False) -> Settings | None:
        """Return the settings of the file at `path`; None without such a file or such a table."""
        try:
            with open(path, "rb") if required else open_without_waiting(path) as file:
                data = file.read()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            if not required:
                return None
            raise _unreadable(path, error) from error
        except OSError as error:
            raise _unreadable(path, error) from error
        table = parse_table(data, _shown(path))
        if table is None:
            return None
        choices = read_choices(table, _shown(path), data)
        self._require_known(choices, path, data)
        self._require_rules(choices, path, data)
        return self._merge(choices, os.path.dirname(path))

    def _require_known(self, choices: Choices, path: str, data: bytes) -> None:
        for key, selectors in _selectors_by_key(choices):
            try:
                require_known(selectors, self._rules)
            except SelectionError as error:
                message = f"`tool.bclint.{key}`: {error}"
                raise SettingsError(_shown(path), message, line_of(data, key)) from error

    def _require_rules(self, choices: Choices, path: str, data: bytes) -> None:
        """Raise `SettingsError` where an empty ``select`` leaves nothing that could run."""
        layers = choices.selection, self._command_line.selection
        if choices.selection.select == () and not any(
            layer.select or layer.extend_select for layer in layers
        ):
            message = "`tool.bclint.select` names no rule: no rule at all would run"
            raise SettingsError(_shown(path), message, line_of(data, "select"))

    def _merge(self, file: Choices, folder: str) -> Settings:
        """`file`, whose patterns are relative to `folder`, with the command line above it."""
        above = self._command_line
        ignores, ignores_folder = file.per_file_ignores or (), folder
        if above.per_file_ignores is not None:
            ignores, ignores_folder = above.per_file_ignores, self._current
        return Settings(
            rules=choose(self._rules, (file.selection, above.selection)),
            excluded=tuple(self._excluded(file, folder)),
            per_file_ignores=tuple(
                (_patterns((pattern,), ignores_folder), selectors) for pattern, selectors in ignores
            ),
            output_format=above.output_format or file.output_format or "full",
            unsafe_fixes=bool(_first(above.unsafe_fixes, file.unsafe_fixes)),
            fix=bool(_first(above.fix, file.fix)),
            min_gain=_first_number(above.min_gain, file.min_gain, DEFAULT_MIN_GAIN),
        )

    def _excluded(self, file: Choices, folder: str) -> Iterator[PatternList]:
        above = self._command_line
        if above.exclude is not None:
            yield _patterns(above.exclude, self._current)
        else:
            exclude = DEFAULT_EXCLUDE if file.exclude is None else file.exclude
            yield _patterns(exclude, folder)
        yield _patterns(file.extend_exclude, folder)
        yield _patterns(above.extend_exclude, self._current)


def _unreadable(path: str, error: OSError) -> SettingsError:
    return SettingsError(_shown(path), f"cannot be read: {error.strerror}", 0, 0)


def _patterns(patterns: Sequence[str], folder: str) -> PatternList:
    return PatternList(folder, (_relative(pattern, folder) for pattern in patterns))


def _relative(pattern: str, folder: str) -> str:
    """`pattern` as .gitignore would spell it: ``./x`` and ``/folder/x`` are ``/x``."""
    if pattern.startswith("./"):
        return pattern[1:]
    start = folder.rstrip(os.sep) + os.sep
    return "/" + pattern[len(start) :] if pattern.startswith(start) else pattern


def _selectors(choices: Choices) -> Iterator[str]:
    for _, selectors in _selectors_by_key(choices):
        yield from selectors


def _selectors_by_key(choices: Choices) -> Iterator[tuple[str, Sequence[str]]]:
    selection = choices.selection
    yield "select", selection.select or ()
    yield "ignore", selection.ignore
    yield "extend-select", selection.extend_select
    yield "extend-ignore", selection.extend_ignore
    for _, selectors in choices.per_file_ignores or ():
        yield "per-file-ignores", selectors


def _first(*values: bool | None) -> bool | None:
    return next((value for value in values if value is not None), None)


def _first_number(*values: float | None) -> float:
    return next(value for value in values if value is not None)


def _shown(path: str) -> str:
    """`path` as people name it: relative to the current folder where it lies below."""
    start = os.getcwd().rstrip(os.sep) + os.sep
    return path.removeprefix(start)
