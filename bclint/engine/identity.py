"""What findings depend on besides the source: bclint, the rules, and the interpreter."""

# Paths are plain text here: a few hundred files are read.
# ruff: noqa: PTH113, PTH118, PTH120, PTH123
from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from importlib.util import find_spec

import bclint
from bclint.bytecode.decode import KEEPS_COLUMNS
from bclint.rule import Rule

SIGNIFICANT = (".py", ".json", ".csv")
"""Endings of files that findings can depend on; a rule's page is not one."""


def environment_identity(rules: Iterable[Rule]) -> str:
    """Return a text that differs where the same source may give other findings or fixes."""
    parts = [sys.version, sys.implementation.cache_tag or "", str(KEEPS_COLUMNS), _libcst()]
    digest = blake2b("\n".join((bclint.__version__, *parts)).encode(), digest_size=16)
    for folder in engine_folders(rules):
        for path in significant_files(folder):
            digest.update(os.fsencode(path))
            with open(path, "rb") as file:
                digest.update(blake2b(file.read(), digest_size=16).digest())
    return digest.hexdigest()


def engine_folders(rules: Iterable[Rule]) -> list[str]:
    """Return the folders of bclint itself and of the packages that `rules` come from."""
    files = {_file_of("bclint")}
    for rule in rules:
        # A namespace package has no file: the rule's own folder then.
        files.add(_file_of(rule.package.partition(".")[0]) or _file_of(rule.package))
    return sorted(os.path.dirname(os.path.abspath(file)) for file in files if file)  # noqa: PTH100


def _file_of(module: str) -> str | None:
    return getattr(sys.modules.get(module), "__file__", None)


def significant_files(folder: str) -> Iterator[str]:
    """Yield every file below `folder` that findings can depend on, in a fixed order."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            if name.endswith(SIGNIFICANT):
                yield os.path.join(root, name)


def _libcst() -> str:
    """Return which LibCST works out the fixes; it is not loaded for that."""
    spec = find_spec("libcst")
    if spec is None or spec.origin is None:
        return "none"
    version = os.path.join(os.path.dirname(spec.origin), "_version.py")
    if not os.path.isfile(version):
        return spec.origin
    with open(version, encoding="utf-8", errors="replace") as file:
        return file.read()
