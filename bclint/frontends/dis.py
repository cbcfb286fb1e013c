"""``bclint dis``: source and bytecode side by side, with what each instruction costs."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from bclint.bytecode.compile import compile_source
from bclint.bytecode.decode import DecodeError
from bclint.bytecode.versions import RUNNING
from bclint.engine.configuration import SettingsError
from bclint.engine.function import FunctionView
from bclint.engine.linter import lint
from bclint.engine.listing import Listing, listing
from bclint.engine.registry import RegistryError, load_rules
from bclint.engine.settings import SettingsFinder
from bclint.engine.spelling import suggestion
from bclint.engine.targets import TargetError
from bclint.engine.weigh import pays, scales_for
from bclint.evidence.errors import EvidenceError
from bclint.evidence.prices import prices_on
from bclint.frontends.parsing import ArgumentParser, UsageError, complain
from bclint.report.listing import listed
from bclint.report.style import COLOUR_MODES, Style, wants_colour
from bclint.report.text import Layout
from bclint.source import SourceError, SourceFile

HELP = """\
usage: bclint dis FILE[::QUALNAME] [--color auto|always|never]

Shows what the running interpreter compiles a file to, beside its source: how many loops run an
instruction, what it costs, what it may be specialised for, how hot each line is, and the findings.
QUALNAME is a function (`Class.method`, `outer.<locals>.inner`); `*` stands for any text.

examples:
  bclint dis src/geo.py::distance
  bclint dis 'src/geo.py::Path.*'
"""
_PIPE_WIDTH = 160


def dis(arguments: Sequence[str]) -> int:
    """Run the subcommand with its own `arguments`; returns the exit status."""
    parser = ArgumentParser(HELP)
    parser.add_argument("place", nargs="*")
    parser.add_argument("--color", choices=COLOUR_MODES, default="auto")
    try:
        options = parser.parse(arguments)
        if options is None:
            return 0
        if len(options.place) != 1:
            raise UsageError("dis takes one file: `bclint dis FILE` or `bclint dis FILE::FUNCTION`")
        path, _, wanted = options.place[0].partition("::")
        listings = list(_listings(path, wanted))
    except (UsageError, RegistryError, SettingsError, TargetError, EvidenceError) as error:
        return complain(str(error))
    except SourceError as error:
        place = f":{error.line}:{error.column}" if error.line else ""
        return complain(f"{error.path}{place}: {error.message}")
    except DecodeError as error:
        return complain(f"{path}: {error}")
    style = Style(wants_colour(options.color, sys.stdout, os.environ))
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else _PIPE_WIDTH
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    for index, each in enumerate(listings):
        if index:
            print()
        for line in listed(each, Layout(style, columns)):
            print(line)
    return 0


def _listings(path: str, wanted: str) -> Iterator[Listing]:
    """The functions of the file that `wanted` names, all where it is empty."""
    source = SourceFile.read(path)
    functions = list(FunctionView(compile_source(source)).walk())
    chosen = [
        function
        for function in functions
        if not wanted or fnmatchcase(function.code.co_qualname, wanted)
    ]
    if not chosen:
        known = [function.code.co_qualname for function in functions]
        raise UsageError(f"{path} has no function `{wanted}`{suggestion(wanted, known)}")
    settings = SettingsFinder(load_rules()).for_folder(str(Path(path).resolve().parent))
    report = lint(source, settings.rules, scales_for(settings.targets), settings.min_gain)
    found = [each for each in report.diagnostics if pays(each, settings.min_gain)]
    lines = [line.rstrip("\r\n") for line in source.lines]
    for function in chosen:
        yield listing(path, lines, function, found, prices_on(RUNNING))
