"""The settings of each file: the nearest pyproject.toml, and the command line above it."""

# Paths are plain text here: they are joined and compared by the thousand.
# ruff: noqa: PTH100, PTH109, PTH118, PTH120, PTH123
from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from bclint.bytecode.versions import RUNNING
from bclint.engine.configuration import (
    FILE_NAME,
    Choices,
    SettingsError,
    line_of,
    parse_table,
    read_choices,
    required_python,
)
from bclint.engine.gitignore import PatternList, open_without_waiting
from bclint.engine.selection import SelectionError, choose, matches, require_known
from bclint.engine.targets import TargetError, read_targets, required_targets
from bclint.rule import Rule

DEFAULT_EXCLUDE = (
    *(
        ".bclint_cache",
        ".bzr",
        ".direnv",
        ".eggs",
        ".git",
        ".hg",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".nox",
    ),
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
    """Findings with a smaller gain, in percent, are not reported."""
    targets: tuple[str, ...] = ()
    """The versions of CPython that findings have to pay on, as ``3.14``."""
    are_targets_chosen: bool = False
    """Whether somebody named `targets`, or they are what the project says it runs on."""
    baseline: str | None = None
    """The absolute path of the file with the findings that are accepted."""

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
        running: Sequence[str] = (),
        current: str | None = None,
    ) -> None:
        """Take `command_line` over every file; `config` and `isolated` as the options say.

        `running` are the versions that the analysis runs on, if not on this one. Patterns of
        `command_line` are relative to the folder `current`, the working directory by default.
        Raises `SelectionError` for a selector on the command line that names no rule.
        """
        self._rules = rules
        self._command_line = command_line or Choices()
        self._running = tuple(running)
        self._current = current or os.getcwd()
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
            return self._read(os.path.join(folder, FILE_NAME)) or self._inherited(folder)
        except SettingsError as error:
            return error

    def _inherited(self, folder: str) -> Settings:
        """The settings of the folder around `folder`, whose own file has no table of ours."""
        parent = os.path.dirname(folder)
        if parent != folder:
            settings = self.for_folder(parent)
        else:
            shared = self._shared("", self._defaults)
            if isinstance(shared, SettingsError):
                raise shared
            settings = shared
        if settings.are_targets_chosen:
            return settings
        required = self._required_targets(folder)
        return replace(settings, targets=required) if required else settings

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
        folder = os.path.dirname(path)
        return self._merge(choices, folder, project=folder)

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

    def _merge(self, file: Choices, folder: str, project: str | None = None) -> Settings:
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
            targets=self._targets(file, project),
            are_targets_chosen=bool(above.target or file.target),
            baseline=_absolute(above.baseline, self._current) or _absolute(file.baseline, folder),
        )

    def _targets(self, file: Choices, project: str | None) -> tuple[str, ...]:
        """What is chosen, else what the nearest project around folder `project` requires."""
        chosen = self._command_line.target or file.target
        if chosen:
            return chosen
        for around in _outwards(project) if project else ():
            if required := self._required_targets(around):
                return required
        return read_targets(self._running or [RUNNING])

    def _required_targets(self, folder: str) -> tuple[str, ...] | None:
        """The versions that the project in `folder` says it runs on; None where it says nothing."""
        path = os.path.join(folder, FILE_NAME)
        data = _bytes_of(path)
        specifier = required_python(data) if data else None
        if specifier is None or data is None:
            return None
        try:
            return required_targets(specifier)
        except TargetError as error:
            line = line_of(data, "requires-python")
            raise SettingsError(_shown(path), str(error), line) from error

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


def _outwards(folder: str) -> Iterator[str]:
    """`folder` and all folders around it."""
    yield folder
    while (parent := os.path.dirname(folder)) != folder:
        folder = parent
        yield folder


def _bytes_of(path: str) -> bytes | None:
    """What the file at `path` holds; None where it cannot be read."""
    try:
        with open_without_waiting(path) as file:
            return file.read()
    except OSError:
        return None


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


def _absolute(path: str | None, folder: str) -> str | None:
    return os.path.normpath(os.path.join(folder, path)) if path else None


def _first(*values: bool | None) -> bool | None:
    return next((value for value in values if value is not None), None)


def _first_number(*values: float | None) -> float:
    return next(value for value in values if value is not None)


def _shown(path: str) -> str:
    """`path` as people name it: relative to the current folder where it lies below."""
    start = os.getcwd().rstrip(os.sep) + os.sep
    return path.removeprefix(start)
