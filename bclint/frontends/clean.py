"""``bclint clean``: remove the cache."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from bclint.engine.cache_folder import chosen_folder, is_cache_folder
from bclint.frontends.parsing import ArgumentParser, UsageError, complain
from bclint.report.display import escape

HELP = """\
usage: bclint clean [--cache-dir FOLDER]

Removes the cache of the project that the current folder is in (.bclint_cache), or FOLDER.
Exit status: 0 it is gone, 2 it cannot be removed.
"""


def clean(arguments: Sequence[str]) -> int:
    """Run the subcommand with its own `arguments`; returns the exit status."""
    parser = ArgumentParser(HELP)
    parser.add_argument("--cache-dir")
    try:
        options = parser.parse(arguments)
        return 0 if options is None else _remove(chosen_folder(options.cache_dir, str(Path.cwd())))
    except UsageError as error:
        return complain(str(error))


def _remove(folder: str) -> int:
    if not os.path.lexists(folder):
        print(f"There is no cache at {escape(folder)}.")
        return 0
    if not is_cache_folder(folder):
        return complain(f"{folder} is no cache of bclint: remove it by hand if it is to go")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        return complain(f"{folder} cannot be removed: {error.strerror or error}")
    print(f"Removed {escape(folder)}.")
    return 0
