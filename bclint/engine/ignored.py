"""What git ignores: ``.gitignore`` files, and those that hold for a whole repository."""

# Paths are plain text here: they are joined and compared by the thousand.
# ruff: noqa: PTH113, PTH118, PTH120
from __future__ import annotations

import os
from collections.abc import Container

from bclint.engine.gitignore import PatternList, open_without_waiting

_LONGEST_PATH = 65_536
IgnoreFiles = tuple[PatternList, ...]
"""What git ignores in a folder, the strongest last."""


def is_ignored(ignores: IgnoreFiles, path: str, *, is_folder: bool) -> bool:
    """Whether git ignores absolute `path`; its parents are not looked at."""
    for patterns in reversed(ignores):
        decision = patterns.decide(path, is_folder=is_folder)
        if decision is not None:
            return decision
    return False


def ignores_in(folder: str, names: Container[str], above: IgnoreFiles) -> IgnoreFiles:
    """Return what holds inside `folder`, whose entries are `names`; `above` holds around it."""
    if ".git" in names:
        # Another repository, which what stands above has no say in.
        above = _repository_excludes(folder)
    if ".gitignore" not in names:
        return above
    return (*above, _read_gitignore(folder))


def ignores_above(folder: str) -> IgnoreFiles:
    """Return what the folders from the repository's root down to `folder`, without it, say."""
    above: list[str] = []
    current = folder
    while not os.path.lexists(os.path.join(current, ".git")):
        parent = os.path.dirname(current)
        if parent == current:
            return ()  # no repository: only what is walked counts
        current = parent
        above.append(current)
    if not above:
        return ()  # `folder` is the root itself, and `ignores_in` will see to it
    return (*_repository_excludes(current), *map(_read_gitignore, reversed(above)))


def _read_gitignore(folder: str) -> PatternList:
    return PatternList.read(os.path.join(folder, ".gitignore"), folder)


def exclude_file(root: str) -> str:
    """Return the path of the file with what the repository at `root` ignores for its owner."""
    return os.path.join(_git_folder(root), "info", "exclude")


def _repository_excludes(root: str) -> IgnoreFiles:
    return (PatternList.read(exclude_file(root), root),)


def _git_folder(root: str) -> str:
    """Return the folder of the repository at `root` that its working trees share."""
    folder = os.path.join(root, ".git")
    if os.path.isfile(folder):  # a linked working tree, or a submodule
        folder = os.path.join(root, _first_line(folder).removeprefix("gitdir:").strip())
    shared = _first_line(os.path.join(folder, "commondir")).strip()
    return os.path.join(folder, shared) if shared else folder


def _first_line(path: str) -> str:
    try:
        with open_without_waiting(path) as file:
            return file.readline(_LONGEST_PATH).decode(errors="surrogateescape")
    except OSError:
        return ""
