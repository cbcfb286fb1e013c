"""What came of checking one file of the corpus."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that must not happen, with its place; the line counts from 1."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(slots=True)
class Fixing:
    """What applying all fixes up to a grade came to."""

    applied: int = 0
    rejected: list[tuple[str, int, str]] = field(default_factory=list)
    """Code, line and reason of each fix that was rolled back."""


@dataclass(slots=True)
class Outcome:
    """Counts and failures of one file, filled in while it is checked."""

    path: Path
    lines: int = 0
    seconds: float = 0.0
    refused: str = ""
    """Why ``compile()`` itself refuses the file, if it does."""
    slow: bool = False
    """Whether the file was given up when its time was over."""
    findings: Counter[str] = field(default_factory=Counter)
    grades: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many findings of each code have a fix of each grade, ``"none"`` for no fix."""
    unread: int = 0
    """Findings around which LibCST cannot read the code."""
    safe: Fixing = field(default_factory=Fixing)
    unsafe: Fixing = field(default_factory=Fixing)
    failures: list[Failure] = field(default_factory=list)

    def fail(self, line: int, message: str) -> None:
        """Add a failure at a line of the file."""
        self.failures.append(Failure(self.path, line, message))
