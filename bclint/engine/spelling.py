"""The nearest known word, for error messages that help."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that looks most like `word`, or None where none comes near."""
    # Only an error needs this module, and start-up is watched.
    import difflib

    by_folded = {candidate.casefold(): candidate for candidate in known}
    matches = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.5)
    return by_folded[matches[0]] if matches else None


def suggestion(word: str, known: Iterable[str]) -> str:
    """``"; did you mean `x`?"`` for the end of a message, or nothing."""
    candidate = nearest(word, known)
    return f"; did you mean `{candidate}`?" if candidate else ""
