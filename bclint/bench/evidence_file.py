"""``evidence.json`` of a rule, as it is written: docs/evidence.md says what its numbers mean."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bclint.bench.interpreter import Interpreter
from bclint.bench.pairs import Growth
from bclint.bench.ratio import Ratio
from bclint.evidence.records import FILE_NAME, read_evidence
from bclint.evidence.summary import with_measured
from bclint.testing.pair import Pair

Content = dict[str, Any]
"""What JSON gives."""


class EvidenceFile:
    """The file of one rule: read, asked for what is there, and written after each measurement."""

    def __init__(self, folder: Path, code: str, pairs: Sequence[Pair]) -> None:
        """Read the file; what was measured with other programs than `pairs` is left behind."""
        self.path = folder / FILE_NAME
        self._code = code
        old = _read(self.path).get("pairs", {})
        self._pairs: Content = {
            pair.name: old[pair.name]
            if old.get(pair.name, {}).get("digest") == pair.digest
            else {"digest": pair.digest, "versions": {}}
            for pair in pairs
        }

    def has(self, pair: Pair, interpreter: Interpreter) -> bool:
        """Whether the pair was measured with just this version and build."""
        entry = self._pairs[pair.name]["versions"].get(interpreter.minor, {})
        return (entry.get("python"), entry.get("build")) == (interpreter.python, interpreter.build)

    def put(self, pair: Pair, interpreter: Interpreter, entry: Content) -> None:
        """Add what was measured and write the file, whole or not at all."""
        versions = {**self._pairs[pair.name]["versions"], interpreter.minor: entry}
        in_order = sorted(versions, key=lambda version: int(version.partition(".")[2]))
        self._pairs[pair.name]["versions"] = {version: versions[version] for version in in_order}
        content = {"code": self._code, "pairs": self._pairs}
        _write(self.path, json.dumps(content, indent=1) + "\n")

    def show(self) -> None:
        """Write the table of the rule's page anew, which shows what the file holds."""
        page = self.path.with_name("rule.md")
        old = page.read_text(encoding="utf-8")
        new = with_measured(old, read_evidence(self.path))
        if new != old:
            _write(page, new)


def entry_of(
    interpreter: Interpreter,
    date: str,
    ratios: dict[int, Ratio],
    growth: Growth | None,
    instructions: float | None,
) -> Content:
    """What stands in the file for one pair and one version; `ratios` by size."""
    return {
        "python": interpreter.python,
        "build": interpreter.build,
        "date": date,
        "sizes": {str(size): _as_size(ratio, size) for size, ratio in ratios.items()},
        "growth": {"before": round(growth.before, 2), "after": round(growth.after, 2)}
        if growth
        else None,
        "instructions": None if instructions is None else round(instructions, 4),
    }


def _as_size(ratio: Ratio, size: int) -> Content:
    before, after = (1e9 * seconds / size for seconds in (ratio.before, ratio.after))
    return {
        "before_ns": round(before, 2),
        "after_ns": round(after, 2),
        "saved_ns": round(before - after, 2),
        "ratio": round(ratio.value, 4),
        "interval": [round(ratio.low, 4), round(ratio.high, 4)],
        "samples": ratio.samples,
    }


def _write(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def _read(path: Path) -> Content:
    """What stands in the file; nothing where it is not there or was damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
