"""Command lines: errors in one line that name the nearest known word, help written by hand."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from bclint.engine.spelling import suggestion
from bclint.report.display import escape

FAILED = 2
"""The exit status when something could not be done."""


class UsageError(Exception):
    """A command line, or what it asks for, that cannot be carried out; one line says why."""


class ArgumentParser(argparse.ArgumentParser):
    """A parser that raises `UsageError`, with fixed help text the same on all versions."""

    def __init__(self, help_text: str) -> None:
        """Take the whole text that ``--help`` prints."""
        super().__init__(prog="bclint", add_help=False, allow_abbrev=False)
        self.help_text = help_text
        self.add_argument("-h", "--help", action="store_true")

    def error(self, message: str) -> NoReturn:
        """Raise `UsageError` instead of leaving the process."""
        raise UsageError(message.replace("argument ", "option ", 1))

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace | None:
        """Return the options; None after printing the help that was asked for.

        Raises `UsageError`, for an unknown option with the nearest known one.
        """
        if any(word in {"-h", "--help"} for word in _before_dashes(arguments)):
            print(self.help_text, end="")
            return None
        options, unknown = self.parse_known_intermixed_args(arguments)
        for word in unknown:
            if word.startswith("-"):
                name = word.partition("=")[0]
                hint = suggestion(name, self.option_names)
                raise UsageError(f"there is no option `{name}`{hint}")
        if unknown:
            raise UsageError(f"unexpected argument `{unknown[0]}`")
        return options

    @property
    def option_names(self) -> list[str]:
        """Every long spelling of an option."""
        return [name for name in self._option_string_actions if name.startswith("--")]


class CommaSeparated(argparse.Action):
    """Collects values that are repeated, separated by commas, or both."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002  argparse's protocol
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,  # noqa: ARG002
    ) -> None:
        """Append the non-empty parts of the value to what earlier options gave."""
        parts = tuple(part for item in str(values).split(",") if (part := item.strip()))
        setattr(namespace, self.dest, (getattr(namespace, self.dest) or ()) + parts)


def percentage(text: str) -> float:
    """Return the number that an option's `text` is; raises what argparse makes one line of."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"`{text}` is no percentage from 0 to 100")
    return value


def complain(message: str) -> int:
    """Print one line to standard error; returns the exit status for failure."""
    warn(message)
    return FAILED


def warn(message: str) -> None:
    """Print one line to standard error about something that the run goes on without."""
    print(f"bclint: {escape(' '.join(message.split()))}", file=sys.stderr)


def _before_dashes(arguments: Sequence[str]) -> Sequence[str]:
    words = list(arguments)
    return words[: words.index("--")] if "--" in words else words
