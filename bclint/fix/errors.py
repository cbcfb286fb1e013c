"""The error of everything between a proposed fix and a file that holds it."""

from __future__ import annotations


class FixError(Exception):
    """A change that cannot be made or written; one line says why, and nothing was changed."""
