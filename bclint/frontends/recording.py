"""Remembering what a run printed, so that a run that would be the same need not be carried out."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields
from types import TracebackType
from typing import Any, Self

from bclint.engine.discovery import Discovery
from bclint.engine.replay import STREAMS, keep, place_of
from bclint.engine.settings import Settings
from bclint.engine.tasks import Report
from bclint.frontends.options import CheckOptions, parse_options
from bclint.rule import Rule

_REPLAYED = frozenset(
    {
        *("paths", "choices", "exit_zero", "statistics", "sort", "top", "quiet", "colour"),
        *("config", "isolated", "jobs", "use_pyc", "use_cache", "cache_dir"),
    }
)
"""Options that do nothing but find and print; a run with others is carried out every time."""


class Recording:
    """A context in which what is written to standard output and error is remembered too."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self.chunks: list[tuple[str, str]] = []
        self.is_whole = True
        """Whether all that was written is known; bytes are not."""
        self._streams: dict[str, Any] = {}

    def __enter__(self) -> Self:
        """Put streams that remember in the place of the system's."""
        for name in STREAMS:
            self._streams[name] = getattr(sys, name)
            setattr(sys, name, _Remembering(name, self._streams[name], self))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Put the streams back."""
        for name, stream in self._streams.items():
            setattr(sys, name, stream)

    def keep(
        self, arguments: Sequence[str], status: int, started: int, inputs: Iterator[str]
    ) -> None:
        """Keep what was written for the next run with `arguments`, if `inputs` stay as they are."""
        place = place_of(arguments)
        if place is not None and self.is_whole:
            keep(place, status, inputs, _joined(self.chunks), started)


class _Remembering:
    """A stream that tells a recording what is written to it."""

    def __init__(self, name: str, stream: Any, recording: Recording) -> None:
        self._name = name
        self._stream = stream
        self._recording = recording

    def write(self, text: str) -> int:
        self._recording.chunks.append((self._name, text))
        written: int = self._stream.write(text)
        return written

    def __getattr__(self, attribute: str) -> Any:
        if attribute in {"buffer", "writelines", "detach"}:
            self._recording.is_whole = False
        return getattr(self._stream, attribute)


def can_be_replayed(
    options: CheckOptions, settings: Settings, discovery: Discovery, report: Report
) -> bool:
    """Whether the same files would give the same again, and nothing is done but printing."""
    usual = parse_options(())
    unusual = {
        field.name
        for field in fields(CheckOptions)
        if getattr(options, field.name) != getattr(usual, field.name)
    }
    if not options.use_cache or unusual - _REPLAYED or discovery.errors or report.changed:
        return False
    # What a baseline says is not among what is looked after.
    all_settings = {id(file.settings): file.settings for file in discovery.files}
    if any(each.baseline for each in (settings, *all_settings.values())):
        return False
    return all(error.lasting for error in report.errors)


def inputs_for(options: CheckOptions, discovery: Discovery, rules: Sequence[Rule]) -> Iterator[str]:
    """Yield the paths of all that the run depends on."""
    from bclint.engine.inputs import inputs_of

    packages = {rule.package for rule in rules}
    return inputs_of(options.paths, discovery, options.config, packages)


def _joined(chunks: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    joined: list[tuple[str, list[str]]] = []
    for name, text in chunks:
        if not joined or joined[-1][0] != name:
            joined.append((name, []))
        joined[-1][1].append(text)
    return [(name, "".join(texts)) for name, texts in joined]
