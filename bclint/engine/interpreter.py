"""An interpreter that the analysis may run in; `bclint.engine.interpreters` starts them."""

from __future__ import annotations

from dataclasses import dataclass


class InterpreterError(Exception):
    """An interpreter that cannot be used; one line says which and why."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """An interpreter that was asked who it is."""

    path: str
    python: str
    """Its version, as ``3.14``."""
