"""What findings depend on besides the source: bclint, the rules, and the interpreter."""

# Paths are plain text here: a few hundred files are read.
# ruff: noqa: PTH113, PTH118, PTH120, PTH123
from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

import bclint
from bclint.bytecode.decode import KEEPS_COLUMNS
from bclint.rule import Rule

SIGNIFICANT = (".py", ".json", ".csv")
"""Endings of files that findings can depend on; a rule's page is not one."""


def environment_identity(packages: Iterable[str]) -> str:
    """Return a text that differs where the same source may give other findings or fixes.

    `packages` are those that the rules come from, all imported.
    """
    parts = (shared_identity(packages), sys.version, _libcst())
    return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def shared_identity(packages: Iterable[str]) -> str:
    """Return the part of it that two machines have to have in common to find the same."""
    head = (bclint.__version__, importlib.util.MAGIC_NUMBER.hex(), str(KEEPS_COLUMNS))
    digest = blake2b("\n".join(head).encode(), digest_size=16)
    for name, path in significant_files(packages):
        digest.update(os.fsencode(name))
        with open(path, "rb") as file:
            digest.update(blake2b(file.read(), digest_size=16).digest())
    return digest.hexdigest()


def packages_of(selections: Iterable[Sequence[Rule]]) -> tuple[str, ...]:
    """Return the packages that the rules of all `selections` come from, in order."""
    distinct = {id(rules): rules for rules in selections}  # most files have the same
    return tuple(sorted({rule.package for rules in distinct.values() for rule in rules}))


def significant_files(packages: Iterable[str]) -> list[tuple[str, str]]:
    """Return bclint's own files and those of `packages`, in a fixed order.

    Each path comes after its name below the folder that holds the package.
    """
    files: set[tuple[str, str]] = set()
    for top in sorted({"bclint", *(package.partition(".")[0] for package in packages)}):
        module = sys.modules.get(top)
        for folder in getattr(module, "__path__", ()):
            base = os.path.dirname(os.path.abspath(folder))  # noqa: PTH100
            files.update((os.path.relpath(path, base), path) for path in _below(folder))
        file = getattr(module, "__file__", None)
        if file:
            files.add((os.path.basename(file), os.path.abspath(file)))  # noqa: PTH100, PTH119
    return sorted(files)


def _below(folder: str) -> Iterator[str]:
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (os.path.join(root, name) for name in names if name.endswith(SIGNIFICANT))


def _libcst() -> str:
    """Return which LibCST works out the fixes; it is not loaded for that."""
    spec = importlib.util.find_spec("libcst")
    if spec is None or spec.origin is None:
        return "none"
    version = os.path.join(os.path.dirname(spec.origin), "_version.py")
    if not os.path.isfile(version):
        return spec.origin
    with open(version, encoding="utf-8", errors="replace") as file:
        return file.read()
