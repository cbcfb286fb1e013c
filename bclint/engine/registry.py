"""The rule packs that are installed, found through the entry point group ``bclint.rules``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from bclint.engine.collector import collector_paused
from bclint.engine.unused_suppression.rule import RULE as UNUSED_SUPPRESSION
from bclint.rule import Rule, RuleError, RulePack

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "bclint.rules"
"""The entry point group; each entry point names a `RulePack` value."""
OWN = RulePack("bclint", (UNUSED_SUPPRESSION,))
"""What the engine has to find itself, since it depends on what all other rules found."""


class RegistryError(Exception):
    """A pack that cannot be used; one line names the package and says why."""


def load_packs() -> tuple[RulePack, ...]:
    """Every installed pack, in the order of their names.

    Raises `RegistryError` where there is none, where one cannot be loaded, and where two of
    them claim one code or name.
    """
    # Slow to import, and `bclint --version` has no use for it.
    from importlib.metadata import entry_points

    found = sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value))
    # An editable install and the tree it points to can both list the same entry point.
    packs = [load_pack(entry) for entry in {entry.value: entry for entry in found}.values()]
    if not packs:
        raise RegistryError(
            f"no rule pack is installed (entry point group {GROUP}): install bclint with pip"
        )
    require_distinct((OWN, *packs))
    return tuple(packs)


def load_rules() -> tuple[Rule, ...]:
    """Load our own rules and those of every installed pack by their codes.

    Raises `RegistryError`.
    """
    rules = (rule for pack in (OWN, *load_packs()) for rule in pack.rules)
    return tuple(sorted(rules, key=lambda rule: rule.code))


def load_pack(entry: EntryPoint) -> RulePack:
    """Return the pack that `entry` names. Raises `RegistryError` for whatever goes wrong."""
    try:
        with collector_paused():
            pack = entry.load()
    except RuleError as error:
        raise RegistryError(f"rule pack {_origin(entry)} is not well formed: {error}") from error
    except Exception as error:  # a third party's module may raise anything
        raise RegistryError(
            f"rule pack {_origin(entry)} cannot be loaded: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(pack, RulePack):
        kind = type(pack).__name__
        raise RegistryError(f"rule pack {_origin(entry)} is a {kind}, not a RulePack")
    return pack


def find_pack(text: str) -> RulePack:
    """Return the pack that `text` names: a folder, an entry point, or an importable package.

    Raises `RegistryError` where there is none, or it cannot be loaded.
    """
    if os.sep in text or Path(text).is_dir():
        return pack_of_folder(Path(text))
    from importlib.metadata import entry_points

    for entry in entry_points(group=GROUP):
        if text in (entry.name, entry.module):
            return load_pack(entry)
    return _import_pack(text)


def pack_of_folder(folder: Path) -> RulePack:
    """Return the pack whose package is `folder`; what it needs is made importable."""
    return _import_pack(import_name(folder))


def import_name(folder: Path) -> str:
    """Return the name to import the package `folder` by, after making that possible.

    Raises `RegistryError` where `folder` is no package.
    """
    folder = folder.resolve()
    if not (folder / "__init__.py").is_file():
        raise RegistryError(f"{folder} is no rule pack: it has no __init__.py")
    parts = [folder.name]
    while (folder.parent / "__init__.py").is_file():
        folder = folder.parent
        parts.insert(0, folder.name)
    if str(folder.parent) not in sys.path:
        sys.path.insert(0, str(folder.parent))
    return ".".join(parts)


def _import_pack(name: str) -> RulePack:
    import importlib

    try:
        pack = getattr(importlib.import_module(name), "PACK", None)
        return pack if isinstance(pack, RulePack) else RulePack.from_package(name)
    except Exception as error:  # a third party's module may raise anything
        raise RegistryError(
            f"rule pack `{name}` cannot be loaded: {type(error).__name__}: {error}"
        ) from error


def require_distinct(packs: Iterable[RulePack]) -> None:
    """Raise `RegistryError` where rules of two packs share a code or a name."""
    owners: dict[str, str] = {}
    for pack in packs:
        for rule in pack.rules:
            for identity in (rule.code, rule.name):
                if identity in owners:
                    raise RegistryError(
                        f"`{identity}` is a rule of two packs, {owners[identity]} and {pack.name}"
                    )
                owners[identity] = pack.name


def _origin(entry: EntryPoint) -> str:
    # For messages alone: reading a distribution's metadata takes longer than loading its rules.
    package = f" of {entry.dist.name} {entry.dist.version}" if entry.dist else ""
    return f"`{entry.name}` ({entry.value}){package}"
