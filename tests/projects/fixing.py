"""Fixing a whole package in place, as ``bclint --fix --min-gain 0`` does, and counting."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bclint.engine.runner import run
from bclint.engine.tasks import Plan, Task
from bclint.rule import Rule


@dataclass(frozen=True, slots=True)
class Fixed:
    """What fixing a folder came to."""

    files: int
    lines: int
    applied: Counter[str]
    """How many fixes of each rule were applied, by its code."""
    rejected: Counter[str]
    """How many were tried and rolled back."""
    errors: tuple[str, ...]


def fix_folder(folder: Path, rules: tuple[Rule, ...], *, unsafe: bool) -> Fixed:
    """Fix every Python file below `folder`, with no threshold on what a fix gains."""
    paths = [path for path in sorted(folder.rglob("*.py")) if path.is_file()]
    tasks = [Task(str(path), rules, min_gain=0) for path in paths]
    lines = sum(path.read_bytes().count(b"\n") for path in paths)
    report = run(tasks, Plan(fix=True, unsafe=unsafe, write=True, recheck=False))
    rejected = [finding for file in report.files for finding, _ in file.rejected]
    return Fixed(
        files=len(paths),
        lines=lines,
        applied=Counter(finding.code for finding in report.applied),
        rejected=Counter(finding.code for finding in rejected),
        errors=tuple(f"{error.path}: {error.message}" for error in report.errors),
    )
