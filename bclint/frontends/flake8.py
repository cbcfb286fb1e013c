"""The flake8 plugin: the same findings at the same places, under flake8's own machinery.

flake8 chooses files, selects, suppresses and prints; bclint's part is its threshold, its comments
and what ``[tool.bclint]`` says of rules and of files. Registered under ``flake8.extension`` with
the prefix BCL. Every run of flake8 imports this module: the engine is loaded when flake8 has read
its options.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from bclint import __version__
from bclint.frontends.parsing import percentage

if TYPE_CHECKING:
    from bclint.frontends.flake8_run import Run

Result = tuple[int, int, str, type]


class Plugin:
    """One file's check, as flake8 makes it: once a file, with the file's tree, name and lines."""

    name = "bclint"
    version = __version__
    _run: ClassVar[Run]

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
            type=percentage,
            metavar="PERCENT",
            parse_from_config=True,
            help="Leave out what saves less of an iteration (bclint's default: 3)",
        )
        manager.add_option(
            "--bclint-target",
            metavar="VERSIONS",
            comma_separated_list=True,
            parse_from_config=True,
            help="Report what pays on all of these versions of Python, such as 3.11,3.14",
        )
        manager.add_option(
            "--bclint-config",
            metavar="FILE",
            normalize_paths=True,
            parse_from_config=True,
            help="Read [tool.bclint] from this file instead of the nearest pyproject.toml",
        )
        manager.add_option(
            "--bclint-isolated",
            action="store_true",
            parse_from_config=True,
            help="Read no pyproject.toml for bclint",
        )

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Take over what flake8 has read. Raises flake8's `ExecutionError` for bad settings."""
        from bclint.frontends.flake8_run import Run

        cls._run = Run.of(options)

    def run(self) -> Iterator[Result]:
        """Yield line (from 1), column (from 0), text and type of each finding."""
        for line, column, text in self._run.check(self._path, self._lines):
            yield line, column, text, Plugin
