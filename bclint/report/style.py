"""Colour on a terminal, by the meaning of what is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

from bclint.diagnostics import Applicability

COLOUR_MODES = ("auto", "always", "never")

_RESET = "\x1b[0m"
_BOLD = "1"
_DIM = "2"
_RED = "31"
_GREEN = "32"
_YELLOW = "33"
_BLUE = "34"
_CYAN = "36"


def wants_colour(mode: str, stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Tell whether to write colour to `stream`; `mode` is one of `COLOUR_MODES`.

    ``auto`` asks NO_COLOR, then FORCE_COLOR, then TERM and the stream itself.
    """
    if mode != "auto":
        return mode == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "0") not in {"", "0"}:
        return True
    return environment.get("TERM") != "dumb" and stream.isatty()


@dataclass(frozen=True, slots=True)
class Style:
    """Paints text, or leaves it alone where `colour` is off."""

    colour: bool = False

    def _paint(self, text: str, *attributes: str) -> str:
        if not self.colour or not text:
            return text
        return f"\x1b[{';'.join(attributes)}m{text}{_RESET}"

    def strong(self, text: str) -> str:
        """Paint what a reader's eye should find first."""
        return self._paint(text, _BOLD)

    def code(self, text: str) -> str:
        """Paint the code of a rule."""
        return self._paint(text, _BOLD, _RED)

    def quiet(self, text: str) -> str:
        """Paint what stands around the matter: line numbers, punctuation."""
        return self._paint(text, _DIM)

    def frame(self, text: str) -> str:
        """Paint the gutter and the lines drawn beside source."""
        return self._paint(text, _BLUE)

    def mark(self, text: str) -> str:
        """Paint the carets under what is reported."""
        return self._paint(text, _BOLD, _YELLOW)

    def second_mark(self, text: str) -> str:
        """Paint the line under a further place."""
        return self._paint(text, _BLUE)

    def help(self, text: str) -> str:
        """Paint the word that introduces a proposal."""
        return self._paint(text, _BOLD, _CYAN)

    def added(self, text: str) -> str:
        """Paint a line that a change adds."""
        return self._paint(text, _GREEN)

    def removed(self, text: str) -> str:
        """Paint a line that a change takes away."""
        return self._paint(text, _RED)

    def good(self, text: str) -> str:
        """Paint what went well."""
        return self._paint(text, _BOLD, _GREEN)

    def error(self, text: str) -> str:
        """Paint the word that introduces an error."""
        return self._paint(text, _BOLD, _RED)

    def grade(self, applicability: Applicability) -> str:
        """Paint the word for `applicability`."""
        colours = {
            Applicability.SAFE: _GREEN,
            Applicability.UNSAFE: _YELLOW,
            Applicability.DISPLAY_ONLY: _CYAN,
        }
        return self._paint(applicability.value, _BOLD, colours[applicability])

    def quoted(self, text: str) -> str:
        """Paint what stands between backticks in `text`."""
        if not self.colour:
            return text
        return re.sub("`[^`]+`", lambda match: self._paint(match[0], _BOLD), text)


PLAIN = Style()
