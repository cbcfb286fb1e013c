"""One run of flake8, as bclint's plugin sees it: settings once, then file after file."""

# Paths are plain text here, and every file costs time that flake8's users wait for.
# ruff: noqa: PTH100, PTH109, PTH120
from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flake8.exceptions import ExecutionError
from flake8.style_guide import Decision, DecisionEngine

from bclint.engine.baseline import BaselineError, Baselines, Entry, without_known
from bclint.engine.collector import collector_paused
from bclint.engine.configuration import Choices, SettingsError
from bclint.engine.fingerprints import identified
from bclint.engine.linter import FileError, lint
from bclint.engine.reach import Reach
from bclint.engine.registry import RegistryError, load_rules
from bclint.engine.settings import Settings, SettingsFinder
from bclint.engine.suppression import Suppressions, unsuppressed
from bclint.engine.targets import TargetError, read_targets
from bclint.engine.unused_suppression.rule import names_codes, unused
from bclint.engine.weigh import pays, scales_for
from bclint.evidence.errors import EvidenceError
from bclint.rule import Rule
from bclint.source import SourceError, SourceFile

PROBLEM = "BCL999"
"""The code of what could not be done; flake8's own for such things is E999."""

Message = tuple[int, int, str]
"""Line (from 1), column (from 0) and text, which starts with the code."""


@dataclass(frozen=True, slots=True)
class Run:
    """What holds for all files of a run."""

    finder: SettingsFinder
    reach: Reach
    selects: Callable[[str], bool]
    """Whether flake8 would show a code anywhere: rules that it would not are not run."""
    keeps_suppressed: bool
    baselines: Baselines

    @classmethod
    def of(cls, options: argparse.Namespace) -> Run:
        """Read flake8's `options`; raises `ExecutionError` for settings that cannot be used."""
        config, isolated = options.bclint_config, options.bclint_isolated
        try:
            choices = _choices(options)
            finder = SettingsFinder(load_rules(), choices, config=config, isolated=isolated)
            finder.for_folder(os.getcwd())
        except (EvidenceError, RegistryError, SettingsError, TargetError) as error:
            raise ExecutionError(f"bclint: {error}") from error
        engine = DecisionEngine(options)
        return cls(
            finder=finder,
            reach=Reach(options.filenames or (".",), finder),
            selects=lambda code: engine.decision_for(code) is Decision.Selected,
            keeps_suppressed=options.disable_noqa,
            baselines=Baselines(),
        )

    def check(self, path: str, lines: Sequence[str]) -> Iterator[Message]:
        """Yield what is to be said of the file at `path`, which holds `lines`."""
        absolute = os.path.abspath(path)
        try:
            settings = self.finder.for_folder(os.path.dirname(absolute))
            rules = self._rules(settings, absolute)
            if rules and self.reach.includes(absolute):
                source = SourceFile(path, _encoded(path, lines))
                known = self.baselines.known(settings.baseline, absolute) or ()
                with collector_paused():
                    messages = self._check(source, rules, settings, known)
                yield from messages
        except (SettingsError, BaselineError) as error:
            yield 1, 0, f"{PROBLEM} {error}"
        except SourceError as error:
            yield _problem(error)

    def _rules(self, settings: Settings, absolute: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in settings.rules_for(absolute) if self.selects(rule.code))

    def _check(
        self,
        source: SourceFile,
        rules: tuple[Rule, ...],
        settings: Settings,
        known: Sequence[Entry],
    ) -> list[Message]:
        if Suppressions.of(source).skip_file:
            return []
        scales = scales_for(settings.targets)
        report = lint(source, rules, scales, settings.min_gain)
        found = [each for each in report.diagnostics if pays(each, settings.min_gain)]
        shown = list(found if self.keeps_suppressed else unsuppressed(source, found))
        if not self.keeps_suppressed and names_codes(source, rules):
            # What gains little needs its comment too.
            everything = lint(source, rules, scales)
            shown += () if everything.errors else unused(source, everything.diagnostics, rules)
        if known:
            shown.sort(key=lambda each: (each.span, each.code))
            shown = list(without_known(identified(source, shown), known))
        messages = [
            (each.span.start_line, each.span.start_column, f"{each.code} {each.message}")
            for each in shown
        ]
        return messages + [_problem(error) for error in report.errors]


def _choices(options: argparse.Namespace) -> Choices:
    targets = options.bclint_target
    return Choices(
        min_gain=options.bclint_min_gain,
        target=read_targets(targets) if targets else None,
    )


def _problem(error: SourceError | FileError) -> Message:
    # flake8 knows no place that is the file as a whole.
    return max(error.line, 1), max(error.column - 1, 0), f"{PROBLEM} {error.message}"


def _encoded(path: str, lines: Sequence[str]) -> bytes:
    """The bytes that flake8 decoded `lines` from, but for a byte order mark.

    Raises `SourceError` where the file names an encoding that does not have its characters;
    flake8 reads it as Latin-1 then.
    """
    text = "".join(lines)
    data = text.encode(errors="surrogateescape")
    encoding = SourceFile(path, data).encoding
    if encoding == "utf-8" or data.isascii():
        return data
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise SourceError(path, f"cannot be decoded as {encoding}", line) from error
