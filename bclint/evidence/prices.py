"""What instructions and calls cost on each version, in nanoseconds, as ``bclint bench`` measured.

One file for each version, ``tables/cpython-3.14.json``; a version is known if it has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bclint.bytecode.opcodes import Operation
from bclint.evidence.errors import EvidenceError
from bclint.evidence.reading import number, parse, table

_FOLDER = Path(__file__).parent / "tables"
_PREFIX, _SUFFIX = "cpython-", ".json"


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """The costs on one version, in nanoseconds, of what runs hot and specialised."""

    python: str
    operations: Mapping[Operation, float]
    builtins: Mapping[str, float]
    """Whole calls of builtin functions with cheap arguments, by name."""
    methods: Mapping[str, float]
    """Whole calls of builtin types' methods, by name."""
    modules: Mapping[str, float]
    """Whole calls of functions of the standard library, by module or by ``module.function``."""
    operators: Mapping[str, float]
    """Arithmetic by its symbol: ``+`` of numbers of one type, ``str +``, ``str %``, and ``mixed``
    of an int and a float. Others cost what `operations` say."""
    unknown_call: float
    """The least that a call of a function written in Python costs."""

    @property
    def local(self) -> float:
        """What a local costs in the place of a lookup: no more than copying a value.

        Micro-loops cannot tell a load from what drops the value, and give 3.13 too much of both.
        """
        return min(self.of(Operation.LOAD_LOCAL), self.of(Operation.COPY))

    def of(self, operation: Operation) -> float:
        """The cost of one instruction; of one that was not measured, that of moving a value."""
        return self.operations.get(operation, self.operations[Operation.COPY])


def known_versions() -> tuple[str, ...]:
    """The versions with a table, as ``3.14``, from the oldest to the newest."""
    names = (entry.name for entry in _FOLDER.iterdir())
    versions = (
        name[len(_PREFIX) : -len(_SUFFIX)]
        for name in names
        if name.startswith(_PREFIX) and name.endswith(_SUFFIX)
    )
    return tuple(sorted(versions, key=lambda version: int(version.partition(".")[2])))


@cache
def prices_on(python: str) -> Prices:
    """The table of one version, as ``3.14``. Raises `EvidenceError` where there is none."""
    name = f"{_PREFIX}{python}{_SUFFIX}"
    try:
        content = parse((_FOLDER / name).read_text(encoding="utf-8"), name)
    except FileNotFoundError as error:
        known = ", ".join(known_versions())
        message = f"nothing was measured on CPython {python}: there is evidence for {known}"
        raise EvidenceError(message) from error
    numbers = {
        key: _numbers(content.get(key), f"{name}: `{key}`")
        for key in ("operations", "builtins", "methods", "modules", "operators")
    }
    return Prices(
        python,
        {Operation[key]: value for key, value in numbers.pop("operations").items()},
        **numbers,
        unknown_call=number(content.get("unknown_call"), f"{name}: `unknown_call`"),
    )


def _numbers(value: object, source: str) -> Mapping[str, float]:
    return {key: number(entry, f"{source}: `{key}`") for key, entry in table(value, source).items()}
