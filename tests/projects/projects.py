"""The projects: pinned, pure Python, with a suite of their own in the source distribution."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Project:
    """One source distribution, and how its own tests are run."""

    name: str
    version: str
    package: str
    """The folder that is fixed, from the root of the distribution."""
    tests: tuple[str, ...]
    """What pytest gets: folders, files and options, from the root of the distribution."""
    needs: tuple[str, ...] = ()
    """What the tests import besides the package and its own requirements."""
    small: bool = False
    """Whether it is run by every check of the repository."""

    @property
    def requirement(self) -> str:
        return f"{self.name}=={self.version}"

    @property
    def root(self) -> str:
        """The folder that makes the package importable, from the root of the distribution."""
        return self.package.rpartition("/")[0] or "."


PROJECTS = (
    Project("more-itertools", "11.2.1", "more_itertools", ("tests",), small=True),
    Project("boltons", "26.2.0", "boltons", ("tests",)),
    Project("toolz", "1.0.0", "toolz", ("toolz",), small=True),
    # Its tests are not in the distribution; the examples in its docstrings are a suite as well.
    Project(
        "sortedcontainers",
        "2.4.0",
        "sortedcontainers",
        ("--doctest-modules", "sortedcontainers"),
        small=True,
    ),
    Project("lark", "1.3.1", "lark", ("tests",), ("regex", "interegular")),
    Project("tomlkit", "0.15.2", "tomlkit", ("tests",), ("pyyaml",)),
    Project("parso", "0.8.7", "parso", ("test",)),
    # The clock decides in tests of its speed.
    Project(
        "mistune", "3.4.0", "src/mistune", ("tests", "-k", "not quickly and not linear"), small=True
    ),
)
