"""Where a report goes: standard output or a file, with colour or without."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

from bclint.bytecode.decode import KEEPS_COLUMNS
from bclint.engine.configuration import FORMATS_FOR_PEOPLE
from bclint.engine.tasks import FileResult, Report
from bclint.frontends.options import CheckOptions
from bclint.frontends.parsing import UsageError
from bclint.report.display import escape
from bclint.report.machine import lines_of
from bclint.report.order import ordered
from bclint.report.patch import painted, patch
from bclint.report.project import Project
from bclint.report.style import Style, wants_colour
from bclint.report.summary import has_fixed, summary, would_fix
from bclint.report.text import Layout, concise, error_line, full, gone, headline, statistics
from bclint.rule import Rule

_PIPE_WIDTH = 160
"""Columns for output that no terminal shows."""


def present(
    report: Report, options: CheckOptions, output_format: str, rules: Mapping[str, Rule]
) -> None:
    """Write `report` where `options` say; `rules` are all of them, by code.

    Raises `UsageError` where the output file cannot be written.
    """
    present_errors(report, options)
    if not KEEPS_COLUMNS:
        _mention_missing_columns()
    elif report.planned.propose and report.diagnostics:
        _mention_missing_library()
    if options.diff:
        _present_diff(report, options)
    elif options.reads_standard_input and report.planned.fix:
        _hand_back_source(report)
        _write(_lines(report, options, output_format, rules, sys.stderr), sys.stderr)
    elif options.output_file:
        _write_file(options, report, output_format, rules)
    else:
        _write(_lines(report, options, output_format, rules, sys.stdout), sys.stdout)
    if not options.quiet:
        _write(gone(report), sys.stderr)


def present_errors(report: Report, options: CheckOptions) -> None:
    """Write what could not be done to standard error."""
    _tolerate_any_text(sys.stdout, sys.stderr)
    style = Style(wants_colour(options.colour, sys.stderr, os.environ))
    for error in report.errors:
        print(error_line(error, style), file=sys.stderr)
    for file in report.files:
        _present_rejected(file, style)
    for code in report.unmeasured:
        print(
            f"bclint: {code} is silent where nothing was measured: run `bclint bench {code}`, "
            "or choose a --target that has evidence",
            file=sys.stderr,
        )


def _mention_missing_columns() -> None:
    print(
        "bclint: this Python keeps no columns (-X no_debug_ranges or PYTHONNODEBUGRANGES): "
        "whole lines are shown, and nothing is fixed",
        file=sys.stderr,
    )


def _mention_missing_library() -> None:
    from importlib.util import find_spec

    if not find_spec("libcst"):
        print("bclint: no fixes are shown: LibCST is not installed", file=sys.stderr)


def _lines(
    report: Report,
    options: CheckOptions,
    output_format: str,
    rules: Mapping[str, Rule],
    stream: TextIO,
) -> Iterator[str]:
    """Yield the report line by line, as it looks on `stream`."""
    style = Style(wants_colour(options.colour, stream, os.environ))
    if options.fix_only:
        if not options.quiet:
            yield has_fixed(report)
        return
    shown = ordered(report, by_gain=options.sort == "gain", top=options.top)
    if output_format not in FORMATS_FOR_PEOPLE:
        yield from lines_of(output_format, shown, Project.of(os.environ, rules))
        return
    width = shutil.get_terminal_size().columns if stream.isatty() else _PIPE_WIDTH
    layout = Layout(style, width)
    if options.statistics:
        yield from statistics(report, {code: rule.name for code, rule in rules.items()})
    else:
        yield from (concise if output_format == "concise" else full)(shown, layout)
        if len(shown.diagnostics) < len(report.diagnostics):
            yield f"Shown are {len(shown.diagnostics)} of {len(report.diagnostics)} findings."
    if not options.quiet:
        yield summary(report, style)


def _present_rejected(file: FileResult, style: Style) -> None:
    for diagnostic, reason in file.rejected:
        print(f"{headline(diagnostic, style)}: fix rolled back: {escape(reason)}", file=sys.stderr)


def _present_diff(report: Report, options: CheckOptions) -> None:
    style = Style(wants_colour(options.colour, sys.stdout, os.environ))
    for file in report.changed:
        if style.colour or sys.stdout.isatty():
            _write(painted(file, style), sys.stdout)
        else:
            _write_bytes(patch(file))
    if not options.quiet:
        print(would_fix(report), file=sys.stderr)


def _hand_back_source(report: Report) -> None:
    """Write the fixed source, or the source as it came, byte for byte."""
    for file in report.files:
        if file.source is not None:
            _write_bytes(file.source.data)


def _write_bytes(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _write(lines: Iterable[str], stream: TextIO) -> None:
    for line in lines:
        stream.write(f"{line}\n")


def _write_file(
    options: CheckOptions, report: Report, output_format: str, rules: Mapping[str, Rule]
) -> None:
    from bclint.fix.errors import FixError
    from bclint.fix.write import write_whole

    path = Path(options.output_file or "")
    lines = _lines(report, options, output_format, rules, io.StringIO())
    data = "".join(f"{line}\n" for line in lines).encode(errors="backslashreplace")
    try:
        if _is_special(path):
            path.write_bytes(data)
        else:
            write_whole(str(path), data)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    except FixError as error:
        reason = str(error).removeprefix("it ")
        raise UsageError(f"{path}: {reason}") from error


def _is_special(path: Path) -> bool:
    """Whether `path` is written to as it is: a device, a pipe, or a link such as /dev/stdout.

    A link in the current folder may have come with the project: what it leads to is not written
    where that is elsewhere.
    """
    if path.is_symlink() and not path.absolute().is_relative_to(Path.cwd()):
        return True
    return path.exists() and not path.is_file()


def _tolerate_any_text(*streams: TextIO) -> None:
    """Let no character of a path or a source be one too many for the encoding of `streams`."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")
