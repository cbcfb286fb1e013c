"""Everything that a run looks at, or would have looked at had it been there."""

# Paths are plain text here, as in all of the cache.
# ruff: noqa: PTH100, PTH109, PTH118, PTH120
from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence

from bclint.engine.configuration import FILE_NAME
from bclint.engine.discovery import Discovery
from bclint.engine.identity import significant_files
from bclint.engine.ignored import exclude_file

_GIT_PLACES = (".git", os.path.join(".git", "commondir"))


def inputs_of(
    paths: Sequence[str], discovery: Discovery, config: str | None, packages: Iterable[str]
) -> Iterator[str]:
    """Yield the paths of all that a run depends on, absolute, some of them more than once.

    `paths` are those that the user named, `packages` those that the rules come from.
    """
    yield from _engine_inputs(packages)
    if config:
        yield os.path.abspath(config)
    for path in (os.getcwd(), *map(os.path.abspath, paths)):
        yield path
        yield from _above(path)
    for folder in discovery.folders:
        yield folder
        yield from _inside(folder)
    for file in discovery.files:
        yield file.absolute


def _engine_inputs(packages: Iterable[str]) -> Iterator[str]:
    """Bclint and the rules, folders too: files may be added; and where packages are found."""
    yield sys.executable
    yield from (os.path.abspath(path) for path in sys.path)
    for _, path in significant_files(packages):
        yield path
        yield os.path.dirname(path)


def _above(path: str) -> Iterator[str]:
    """What can be said of `path` in the folders that it is in, which are not walked."""
    folder = path
    while (parent := os.path.dirname(folder)) != folder:
        yield from _inside(folder)
        folder = parent
    yield from _inside(folder)


def _inside(folder: str) -> Iterator[str]:
    for name in (FILE_NAME, ".gitignore", *_GIT_PLACES):
        yield os.path.join(folder, name)
    if os.path.lexists(os.path.join(folder, ".git")):
        yield exclude_file(folder)
