"""A line on the terminal that says how far a long run is; gone when the run is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

PATIENCE = 1.0
"""Seconds that pass before anything is shown."""
INTERVAL = 0.1
"""Seconds between two drawings: more than an eye can follow is only work for the terminal."""
_WIDTH = 24
"""Characters of the bar; with its counts the line fits on any terminal."""


class Progress:
    """Draws on a stream, if that is a terminal; a context that wipes the line at its end."""

    def __init__(
        self, stream: TextIO, *, quiet: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Draw on `stream` unless `quiet`; `clock` gives seconds."""
        self._stream = stream
        self._active = not quiet and stream.isatty()
        self._clock = clock
        self._next = clock() + PATIENCE
        self._drawn = False

    def show(self, done: int, whole: int) -> None:
        """Draw that `done` of `whole` files are checked, if it is time to."""
        if not self._active or self._clock() < self._next:
            return
        self._next = self._clock() + INTERVAL
        self._drawn = True
        filled = _WIDTH * done // max(whole, 1)
        bar = "#" * filled + "-" * (_WIDTH - filled)
        self._write(f"\r[{bar}] {done:,} of {whole:,} files")

    def __enter__(self) -> Self:
        """Give the line itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Wipe the line, whatever the reason for the end."""
        if self._drawn:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
