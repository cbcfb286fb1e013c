"""The flake8 plugin: the same findings at the same places, under flake8's own machinery.

flake8 selects, suppresses and prints; bclint's part is its threshold, its ``skip-file`` comment and
what ``[tool.bclint]`` says of rules. Registered under ``flake8.extension`` with the prefix BCL.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from bclint import __version__
from bclint.diagnostics import Diagnostic
from bclint.engine.configuration import Choices
from bclint.engine.linter import lint
from bclint.engine.registry import load_rules
from bclint.engine.settings import SettingsFinder
from bclint.engine.suppression import Suppressions
from bclint.engine.weigh import pays
from bclint.source import SourceFile

Result = tuple[int, int, str, type]


class Plugin:
    """One file's check, as flake8 makes it: once a file, with the file's tree, name and lines."""

    name = "bclint"
    version = __version__
    _finder: ClassVar[SettingsFinder | None] = None
    _choices: ClassVar[Choices] = Choices()

    def __init__(
        self,
        tree: ast.AST,  # noqa: ARG002  asking for it makes flake8 call once a file
        filename: str,
        lines: Sequence[str],
    ) -> None:
        """Keep the file's name and its lines as flake8 decoded them."""
        self._path = "<stdin>" if filename in {"-", "stdin"} else filename
        self._lines = lines

    @classmethod
    def add_options(cls, manager: Any) -> None:
        """Add bclint's options; setup.cfg, tox.ini and .flake8 can carry them."""
        manager.add_option(
            "--bclint-min-gain",
            type=float,
            default=None,
            metavar="PERCENT",
            parse_from_config=True,
            help="Leave out what is estimated to save less of an iteration (bclint's default: 3)",
        )

    @classmethod
    def parse_options(cls, options: Any) -> None:
        """Take over what flake8 has read."""
        cls._choices = Choices(min_gain=options.bclint_min_gain)
        cls._finder = None

    def run(self) -> Iterator[Result]:
        """Yield line (from 1), column (from 0), text and type of each finding."""
        absolute = os.path.abspath(self._path)  # noqa: PTH100  the file need not exist
        settings = self._settings().for_folder(str(Path(absolute).parent))
        source = SourceFile(self._path, _encoded(self._path, self._lines))
        if Suppressions.of(source).skip_file:
            return
        for diagnostic in lint(source, settings.rules_for(absolute)).diagnostics:
            if pays(diagnostic, settings.min_gain):
                yield _result(diagnostic)

    @classmethod
    def _settings(cls) -> SettingsFinder:
        if cls._finder is None:
            cls._finder = SettingsFinder(load_rules(), cls._choices)
        return cls._finder


def _result(diagnostic: Diagnostic) -> Result:
    span = diagnostic.span
    text = f"{diagnostic.code} {diagnostic.message}"
    return span.start_line, span.start_column, text, Plugin


def _encoded(path: str, lines: Sequence[str]) -> bytes:
    """The bytes that flake8 decoded `lines` from, but for a byte order mark."""
    text = "".join(lines)
    return text.encode(SourceFile(path, text.encode(errors="surrogateescape")).encoding)
