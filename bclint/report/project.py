"""What a report for programs says of the project that was checked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from bclint.rule import Rule


@dataclass(frozen=True, slots=True)
class Project:
    """What a report says of the project beside its findings."""

    root: str
    """The absolute folder that paths are relative to, for readers who do not know ours."""
    rules: Mapping[str, Rule]
    """Every rule, by its code."""

    @classmethod
    def of(cls, environment: Mapping[str, str], rules: Mapping[str, Rule]) -> Project:
        """The project that is checked: the one that GitHub or GitLab has checked out, else here."""
        named = environment.get("GITHUB_WORKSPACE") or environment.get("CI_PROJECT_DIR")
        return cls(os.path.abspath(named or os.curdir), rules)  # noqa: PTH100  a text

    def relative(self, path: str) -> str:
        """`path` from the root, with slashes; as it is, where it is not below the root."""
        absolute = os.path.abspath(path)  # noqa: PTH100  the file need not exist
        start = self.root.rstrip(os.sep) + os.sep
        if absolute.startswith(start):
            path = absolute[len(start) :]
        return path.replace(os.sep, "/")
