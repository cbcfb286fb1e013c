"""The pytest plugin: ``--bclint`` checks files as tests, the marker ``bclint`` keeps tests fast.

Every run of pytest in the environment imports this module, so it imports nothing else before
that is asked for. Registered under ``pytest11`` as ``bclint``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bclint.frontends.pytest_files import LintFile

MARKER = (
    "bclint(functions, select, ignore, min_gain, at_most): bclint must find nothing in these "
    "functions (default: the test itself); at_most: nanoseconds of a loop's iteration"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--bclint``."""
    group = parser.getgroup("bclint", "performance linting")
    group.addoption(
        "--bclint",
        action="store_true",
        help="check each Python file with bclint, under the settings of [tool.bclint]",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; with ``--bclint`` read the settings, whose errors are one line."""
    config.addinivalue_line("markers", MARKER)
    if config.getoption("--bclint"):
        from bclint.frontends.pytest_files import prepare

        prepare(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> LintFile | None:
    """With ``--bclint`` each Python file that bclint would check is a test of its own."""
    if not parent.config.getoption("--bclint"):
        return None
    from bclint.frontends.pytest_files import collect

    return collect(file_path, parent)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Before a test with the marker runs, what it marks must be clean."""
    if isinstance(item, pytest.Function) and item.get_closest_marker("bclint"):
        from bclint.frontends.pytest_marker import require_clean

        require_clean(item)
