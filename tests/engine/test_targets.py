"""Targets: what may be named, and what ``requires-python`` allows, as the standard reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from bclint.bytecode.versions import RUNNING
from bclint.engine.targets import (
    TargetError,
    read_targets,
    required_targets,
)
from bclint.evidence.prices import known_versions

RELEASES = st.builds(
    lambda minor, patch: f"3.{minor}" + ("" if patch is None else f".{patch}"),
    st.integers(9, 17),
    st.one_of(st.none(), st.integers(0, 4)),
)
CLAUSES = st.one_of(
    st.builds("{}{}".format, st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "~="]), RELEASES),
    st.builds("{}{}.*".format, st.sampled_from(["==", "!="]), RELEASES),
)


def test_each_supported_version_was_measured() -> None:
    assert known_versions() == ("3.11", "3.12", "3.13", "3.14", "3.15")
    assert RUNNING in known_versions()


def test_targets_come_once_and_the_oldest_first() -> None:
    assert read_targets(["3.14", "py312", " 3.14 "]) == ("3.12", "3.14")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3.10", "nothing was measured on CPython 3.10: there is evidence for 3.11, 3.12,"),
        ("py399", "nothing was measured on CPython 3.99: there is evidence for"),
        ("three", "`three` is no version of CPython such as `3.15`"),
        ("3.14.1", "`3.14.1` is no version"),
        ("", "`` is no version"),
    ],
)
def test_unknown_targets_are_refused(text: str, message: str) -> None:
    with pytest.raises(TargetError, match="^" + message.replace(".", r"\.")):
        read_targets(["3.14", text])


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [
        (">=3.8", "3.11 3.12 3.13 3.14 3.15"),
        (">=3.12,<3.14", "3.12 3.13"),
        (">= 3.12 , < 3.15 , != 3.13.*", "3.12 3.14"),
        ("~=3.13", "3.13 3.14 3.15"),
        ("~=3.13.0", "3.13"),
        ("==3.14.*", "3.14"),
        ("==3.14.2", "3.14"),
        (">3.14", "3.14 3.15"),
        ("!=3.14.0", "3.11 3.12 3.13 3.14 3.15"),
        ("", "3.11 3.12 3.13 3.14 3.15"),
        (">=3", "3.11 3.12 3.13 3.14 3.15"),
    ],
)
def test_required_targets(specifier: str, expected: str) -> None:
    assert required_targets(specifier) == tuple(expected.split())


@given(st.lists(CLAUSES, max_size=3))
def test_as_packaging_reads_it(clauses: list[str]) -> None:
    specifier = ",".join(clauses)
    releases = [f"3.{minor}.{patch}" for minor in range(11, 16) for patch in (*range(7), 998)]
    allowed = {
        release.rpartition(".")[0]
        for release in SpecifierSet(specifier).filter(releases, prereleases=True)
    }
    if allowed:
        assert set(required_targets(specifier)) == allowed
    else:
        with pytest.raises(TargetError, match="allows none of CPython"):
            required_targets(specifier)


@pytest.mark.parametrize("specifier", ["3.11", ">=three", ">=3.11;<4", "=>3.11", ">=3.11 <4"])
def test_what_is_no_specifier(specifier: str) -> None:
    with pytest.raises(TargetError, match=r"requires-python: `.*` is no comparison such as"):
        required_targets(specifier)
