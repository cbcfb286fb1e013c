"""Which versions of CPython findings have to pay on: chosen, or what the project says it runs on.

A version is written as ``3.14``, or as ``py314``, which is how other tools spell it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bclint.evidence.prices import known_versions

_TARGET = re.compile(r"(?:3\.|py3)(\d+)")
_CLAUSE = re.compile(r"\s*(~=|===|==|!=|<=|>=|<|>)\s*v?(\d+(?:\.\d+)*)(\.\*)?\s*")
_NEWEST_PATCH = 999
"""Stands for the releases of a version that are still to come."""

Release = tuple[int, ...]


class TargetError(Exception):
    """Targets that cannot be used; one line says which and why."""


def read_targets(texts: Iterable[str]) -> tuple[str, ...]:
    """The versions that `texts` name, from the oldest to the newest.

    Raises `TargetError` for one that is no version or was not measured.
    """
    known = known_versions()
    targets = {_read_target(text, known) for text in texts}
    return tuple(version for version in known if version in targets)


def required_targets(specifier: str) -> tuple[str, ...]:
    """The measured versions of which ``requires-python`` allows a release, the oldest first.

    `specifier` is as the packaging standard defines it (PEP 440), without pre-releases. Raises
    `TargetError` for one that is not, or that allows no measured version.
    """
    clauses = [_clause(text) for text in specifier.split(",") if text.strip()]
    known = known_versions()
    allowed = tuple(version for version in known if _allows(clauses, version))
    if not allowed:
        message = f"requires-python, `{specifier}`, allows none of CPython {', '.join(known)}"
        raise TargetError(f"{message}: name the versions to check for with --target")
    return allowed


def _read_target(text: str, known: Sequence[str]) -> str:
    match = _TARGET.fullmatch(text.strip())
    version = f"3.{match[1]}" if match else text
    if version in known:
        return version
    if match is None:
        raise TargetError(f"`{text}` is no version of CPython such as `{known[-1]}`")
    raise TargetError(
        f"nothing was measured on CPython {version}: there is evidence for {', '.join(known)}"
    )


_Clause = tuple[str, Release, bool]
"""A comparison, a release, and whether a star follows it."""


def _clause(text: str) -> _Clause:
    match = _CLAUSE.fullmatch(text)
    if match is None:
        raise TargetError(f"requires-python: `{text.strip()}` is no comparison such as `>=3.11`")
    release = tuple(int(part) for part in match[2].split("."))
    return match[1], release, bool(match[3])


def _allows(clauses: Sequence[_Clause], version: str) -> bool:
    """Whether any release of `version` fulfils all `clauses`.

    Releases that no clause mentions behave like the first or the last that one does not.
    """
    minor = int(version.partition(".")[2])
    patches = {0, _NEWEST_PATCH}
    for _, release, _ in clauses:
        if release[:2] == (3, minor) and len(release) > 2:
            patches |= {max(release[2] - 1, 0), release[2], release[2] + 1}
    return any(all(_holds(clause, (3, minor, patch)) for clause in clauses) for patch in patches)


def _holds(clause: _Clause, release: Release) -> bool:
    comparison, bound, starred = clause
    length = len(bound)
    if comparison == "~=":
        return release >= _padded(bound) and release[: length - 1] == bound[:-1]
    if starred or comparison == "===":
        same = release[:length] == bound
    else:
        same = release == _padded(bound)
    outcomes = {
        "==": same,
        "===": same,
        "!=": not same,
        "<": release < _padded(bound),
        "<=": release <= _padded(bound),
        ">": release > _padded(bound),
        ">=": release >= _padded(bound),
    }
    return outcomes[comparison]


def _padded(release: Release) -> Release:
    return (*release, 0, 0, 0)[:3]
