"""``pytest --bclint``: each Python file is a test that fails with what bclint prints of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bclint.engine.configuration import SettingsError
from bclint.engine.discovery import SUFFIXES
from bclint.engine.reach import Reach
from bclint.engine.registry import RegistryError, load_rules
from bclint.engine.runner import check
from bclint.engine.settings import Settings, SettingsFinder
from bclint.engine.targets import TargetError
from bclint.engine.tasks import FileResult, Plan, Report, Task
from bclint.report.text import Layout, concise, error_line, full

_FINDER = pytest.StashKey[SettingsFinder]()
_REACH = pytest.StashKey[Reach]()


def prepare(config: pytest.Config) -> None:
    """Read rules and settings. Raises pytest's `UsageError` where they cannot be used."""
    folder = config.invocation_params.dir
    try:
        finder = SettingsFinder(load_rules())
        finder.for_folder(str(folder))
    except (RegistryError, SettingsError, TargetError) as error:
        raise pytest.UsageError(f"bclint: {error}") from error
    named = (str(folder / argument.partition("::")[0]) for argument in config.args)
    config.stash[_FINDER] = finder
    config.stash[_REACH] = Reach(named, finder)


def collect(path: Path, parent: pytest.Collector) -> LintFile | None:
    """The test for the file at `path`; None for what bclint would leave out."""
    if path.suffix not in SUFFIXES or not parent.config.stash[_REACH].includes(str(path)):
        return None
    return LintFile.from_parent(parent, path=path)


class FindingsError(Exception):
    """What bclint says of a file: the text that it would print."""


class LintFile(pytest.File):
    """A Python file, with the one test that it is clean."""

    def collect(self) -> Iterator[LintItem]:
        """The test. Raises `CollectError` where the settings of the folder cannot be used."""
        try:
            settings = self.config.stash[_FINDER].for_folder(str(self.path.parent))
        except (SettingsError, TargetError) as error:
            raise self.CollectError(f"bclint: {error}") from error
        yield LintItem.from_parent(self, name="bclint", settings=settings)


class LintItem(pytest.Item):
    """The test that bclint finds nothing in a file."""

    def __init__(self, *, settings: Settings, **keywords: Any) -> None:
        """Take the settings of the file's folder."""
        super().__init__(**keywords)
        self.settings = settings
        # Other plugins take every item for a function: pytest-lsp's hook fails without these.
        self.funcargs: dict[str, object] = {}
        self.add_marker("bclint")

    def runtest(self) -> None:
        """Check the file. Raises `FindingsError`."""
        settings = self.settings
        wants_changes = settings.output_format != "concise"
        task = Task(
            self._shown_path(),
            settings.rules_for(str(self.path)),
            self.path.read_bytes(),
            min_gain=settings.min_gain,
            targets=settings.targets,
        )
        result = check(task, Plan(propose=wants_changes))
        if result.diagnostics or result.errors:
            raise FindingsError("\n".join(_lines(result, full if wants_changes else concise)))

    def _shown_path(self) -> str:
        folder = self.config.invocation_params.dir
        below = self.path.is_relative_to(folder)
        return os.path.relpath(self.path, folder) if below else str(self.path)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What bclint prints; a traceback for anything else."""
        if isinstance(excinfo.value, FindingsError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the test stands, and its name in reports."""
        return self.path, None, f"{self._shown_path()}: bclint"


def _lines(result: FileResult, report: Callable[[Report, Layout], Iterator[str]]) -> Iterator[str]:
    yield from (error_line(error) for error in result.errors)
    yield from report(Report((result,)), Layout())
