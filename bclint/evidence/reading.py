"""Checked access to what a JSON file holds: a wrong shape becomes one clear line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bclint.evidence.errors import EvidenceError


def parse(text: str, source: str) -> Mapping[str, Any]:
    """The JSON object in `text`; `source` names it in errors. Raises `EvidenceError`."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise EvidenceError(f"{source}: is not valid JSON: {error}") from error
    return table(content, source)


def table(value: object, source: str) -> Mapping[str, Any]:
    """`value`, which must be an object. Raises `EvidenceError`."""
    if not isinstance(value, dict):
        raise EvidenceError(f"{source}: must be an object, not {type(value).__name__}")
    return value


def number(value: object, source: str) -> float:
    """`value`, which must be a finite number. Raises `EvidenceError`."""
    # NaN and infinities are JSON to Python's parser, and would make every comparison a lie.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e18:
        raise EvidenceError(f"{source}: must be a number, not {value!r}")
    return float(value)
