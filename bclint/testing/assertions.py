"""Assertions for tests of any framework: an insight about speed that cannot get lost again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bclint.bytecode.listing import listing
from bclint.diagnostics import Diagnostic
from bclint.engine.configuration import Choices, SettingsError
from bclint.engine.registry import load_rules
from bclint.engine.runner import check
from bclint.engine.selection import Selection, SelectionError
from bclint.engine.settings import SettingsFinder
from bclint.engine.tasks import FileResult, Plan, Report, Task
from bclint.report.text import Layout, error_line, full
from bclint.testing.budget import loops_over
from bclint.testing.subject import Subject, lines_of, subject_of

_MOST_INSTRUCTIONS = 40
"""More instructions of one finding are counted only."""


def assert_clean(
    function: object,
    *,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    min_gain: float | None = None,
) -> None:
    """Fail with an `AssertionError` if bclint finds anything in `function`.

    It may also be a method, a class, a module, or a wrapper of one that has ``__wrapped__``.
    `select` and `ignore` name rules by code, prefix or name; `min_gain` is in percent. What is
    not given comes from the settings of the function's file, whose ``per-file-ignores`` count
    only where no rule is selected here. Comments such as ``# noqa: BCL102`` count.

    Raises `TypeError` for what is no function, and `ValueError` where its source or the rules
    cannot be used, so that no assertion passes without having looked.
    """
    __tracebackhide__ = True
    subject = subject_of(function)
    task = _task(subject, _choices(select, ignore, min_gain))
    result = _within(subject, check(task, Plan()))
    if result.diagnostics:
        # Changes are worked out only where there is somebody to read them.
        proposed = _within(subject, check(task, Plan(propose=True)))
        raise AssertionError("\n".join(_unclean(subject, proposed)))


def assert_loop_cost(function: object, *, at_most: float) -> None:
    """Fail with an `AssertionError` if an iteration of a loop in `function` costs too much.

    `at_most` is in nanoseconds on the running version of CPython, estimated from the instructions
    as ``bclint`` does for its findings: nothing is run. Each outermost loop of the function, or of
    functions inside it, is looked at; a loop inside one counts as ten iterations.

    Raises `TypeError` and `ValueError` as `assert_clean` does, and where there is no loop.
    """
    __tracebackhide__ = True
    if isinstance(at_most, bool) or not isinstance(at_most, (int, float)) or not at_most > 0:
        raise ValueError(f"`at_most` must be a number of nanoseconds above 0, not {at_most!r}")
    lines = loops_over(subject_of(function), at_most)
    if lines:
        raise AssertionError("\n".join(lines))


def _choices(
    select: Sequence[str] | None, ignore: Sequence[str], min_gain: float | None
) -> Choices:
    for name, value in (("select", select), ("ignore", ignore)):
        if isinstance(value, str) or not all(isinstance(item, str) for item in value or ()):
            raise ValueError(f"`{name}` must be a list of rules such as ['BCL102'], not {value!r}")
    if min_gain is not None and not 0 <= min_gain <= 100:
        raise ValueError(f"`min_gain` must be a percentage from 0 to 100, not {min_gain!r}")
    chosen = None if select is None else tuple(select)
    return Choices(
        Selection(select=chosen, ignore=tuple(ignore)),
        per_file_ignores=None if chosen is None else (),
        min_gain=min_gain,
    )


def _task(subject: Subject, choices: Choices) -> Task:
    absolute = os.path.abspath(subject.source.path)  # noqa: PTH100  as discovery has it
    try:
        settings = SettingsFinder(load_rules(), choices).for_folder(str(Path(absolute).parent))
    except (SelectionError, SettingsError) as error:
        raise ValueError(str(error)) from None
    rules = settings.rules_for(absolute)
    if not rules:
        raise ValueError(f"no rule is left to check `{subject.name}` with")
    path, data = subject.source.path, subject.source.data
    return Task(path, rules, data, min_gain=settings.min_gain, targets=settings.targets)


def _within(subject: Subject, result: FileResult) -> FileResult:
    """What `result` says of the subject; raises `ValueError` where that could not be checked."""
    for error in result.errors:
        if any(error.line in lines_of(function) for function in subject.everything):
            raise ValueError(error_line(error))
    found = tuple(each for each in result.diagnostics if _is_in(subject, each))
    return FileResult(result.path, found, source=result.source)


def _is_in(subject: Subject, diagnostic: Diagnostic) -> bool:
    return subject.function_at(diagnostic.function, diagnostic.span.start_line) is not None


def _unclean(subject: Subject, result: FileResult) -> Iterable[str]:
    count = len(result.diagnostics)
    yield f"`{subject.name}` is not clean: {count} finding{'s' if count > 1 else ''}"
    for diagnostic in result.diagnostics:
        yield ""
        alone = FileResult(result.path, (diagnostic,), source=result.source)
        yield from full(Report((alone,)), Layout())
        yield from _bytecode(subject, diagnostic)


def _bytecode(subject: Subject, diagnostic: Diagnostic) -> Iterator[str]:
    """The instructions on the lines of the finding."""
    span = diagnostic.span
    function = subject.function_at(diagnostic.function, span.start_line)
    if function is None:
        return
    lines = range(span.start_line, span.end_line + 1)
    shown = [each for each in listing(function.code) if each.line in lines]
    yield f"bytecode of line {span.start_line}:"
    yield from (str(each) for each in shown[:_MOST_INSTRUCTIONS])
    if len(shown) > _MOST_INSTRUCTIONS:
        yield f"        … {len(shown) - _MOST_INSTRUCTIONS} more instructions"
