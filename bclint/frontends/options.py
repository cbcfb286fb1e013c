"""The options of ``bclint check``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass

from bclint.engine.configuration import (
    FORMATS_FOR_PEOPLE,
    OUTPUT_FORMATS,
    Choices,
    PerFileIgnores,
)
from bclint.engine.cores import available_cores
from bclint.engine.selection import Selection
from bclint.engine.targets import TargetError, read_targets
from bclint.frontends.parsing import ArgumentParser, CommaSeparated, UsageError, percentage
from bclint.report.order import ORDERS
from bclint.report.style import COLOUR_MODES

HELP = """\
bclint finds slow spots in Python code by reading its bytecode.

usage: bclint [check] [OPTIONS] [PATH ...]     check files and folders (default: .)
       bclint explain RULE                     what a rule finds, why, and when to leave it
       bclint dis FILE[::FUNCTION]             source and bytecode side by side, with what they cost
       bclint server [--tcp PORT]              serve editors (needs bclint[lsp])
       bclint rules | new-rule NAME | test-rules [PACK] | bench [RULE] | clean

fixes:
  --fix                    apply fixes that are proved to keep what the code does
  --unsafe-fixes           with --fix: also those that are right for ordinary code
  --fix-only               fix, and report nothing that remains
  --diff                   show what --fix would change, write nothing (exit 1 if any)
rules (codes, prefixes such as BCL1, names, ALL; commas or repeated):
  --select, --ignore RULES                 run these rules only, leave these out
  --extend-select, --extend-ignore RULES   the same, on top of the configuration
  --per-file-ignores PATTERN:RULES         leave rules out where the path matches
  --min-gain PERCENT       leave out what saves less of a loop's iteration (3)
  --target VERSION         it has to pay there; repeated: on all (default: requires-python)
files (patterns as in .gitignore, which is respected too):
  --exclude, --extend-exclude PATTERNS     do not walk into these (named files always count)
  --force-exclude          leave them out even where they are named, as pre-commit does
  --stdin-filename NAME                    what `-`, standard input, is called
accept what is there:
  --baseline FILE          report only what FILE does not hold; --write-baseline FILE makes it
  --add-noqa               write `# noqa` where findings are; --reason TEXT says why
output:
  --output-format full|concise|json|sarif|github|gitlab|junit|pylint, --output-file FILE
  --statistics             count findings by rule        -q, --quiet    no summary
  --sort gain|place, --top N               what saves most first; so many only
  --exit-zero              exit 0 in spite of findings   --color auto|always|never
the run itself:
  -j, --jobs N             processes (the cores)   --no-pyc, --no-cache, --cache-dir FOLDER
  --executor dask --scheduler ADDRESS      check on a Dask cluster instead of here
  --config FILE, --isolated                use this file, or no pyproject.toml at all
  --python PATH            analyse in this interpreter; repeated: what all find (--any-python: any)
  -V, --version            -h, --help

examples:
  bclint --diff --select BCL2,module-attribute-in-loop src/geo.py
  git show :geo.py | bclint --stdin-filename geo.py -
exit status: 0 clean, 1 findings, 2 something could not be done
"""


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """The command line of ``bclint check``, taken apart."""

    paths: tuple[str, ...]
    choices: Choices
    """What also pyproject.toml can say."""
    fix_only: bool
    diff: bool
    exit_zero: bool
    statistics: bool
    pythons: tuple[str, ...]
    """Interpreters to analyse in, instead of this one."""
    any_python: bool
    sort: str
    """One of `ORDERS`."""
    top: int | None
    quiet: bool
    colour: str
    output_file: str | None
    stdin_filename: str
    config: str | None
    isolated: bool
    force_exclude: bool
    """Leave out what a walk would not come by, even where it is named."""
    jobs: int
    use_pyc: bool
    write_baseline: str | None
    use_cache: bool
    cache_dir: str | None
    scheduler: str | None
    """The address of a Dask cluster's; None for processes on this machine."""
    add_noqa: bool
    reason: str

    @property
    def reads_standard_input(self) -> bool:
        """Whether the source comes from standard input."""
        return self.paths == ("-",)


def parse_options(arguments: Sequence[str]) -> CheckOptions | None:
    """Read the command line; None where help was asked for. Raises `UsageError`."""
    options = _parser().parse(arguments)
    if options is None:
        return None
    _require_consistent(options)
    return CheckOptions(
        paths=tuple(options.paths) or (("-",) if options.stdin_filename else (".",)),
        choices=_choices(options),
        fix_only=options.fix_only,
        diff=options.diff,
        exit_zero=options.exit_zero,
        statistics=options.statistics,
        pythons=tuple(options.python or ()),
        any_python=options.any_python,
        sort=options.sort,
        top=options.top,
        quiet=options.quiet,
        colour=options.color,
        output_file=options.output_file,
        stdin_filename=options.stdin_filename or "<stdin>",
        config=options.config,
        isolated=options.isolated,
        force_exclude=options.force_exclude,
        jobs=options.jobs or available_cores(),
        use_pyc=not options.no_pyc,
        write_baseline=options.write_baseline,
        use_cache=not (options.no_cache or os.environ.get("BCLINT_NO_CACHE")),
        cache_dir=options.cache_dir,
        scheduler=options.scheduler,
        add_noqa=options.add_noqa,
        reason=options.reason or "",
    )


def _parser() -> ArgumentParser:
    parser = ArgumentParser(HELP)
    parser.add_argument("paths", nargs="*")
    for name in ("--fix-only", "--diff", "--exit-zero", "--statistics", "--isolated", "--no-pyc"):
        parser.add_argument(name, action="store_true")
    for name in ("--fix", "--unsafe-fixes"):
        parser.add_argument(name, action=argparse.BooleanOptionalAction)
    parser.add_argument("--force-exclude", action="store_true")
    parser.add_argument("-q", "--quiet", action="store_true")
    for name in ("--select", "--ignore", "--extend-select", "--extend-ignore"):
        parser.add_argument(name, action=CommaSeparated)
    for name in ("--per-file-ignores", "--exclude", "--extend-exclude"):
        parser.add_argument(name, action=CommaSeparated)
    parser.add_argument("--output-format", choices=OUTPUT_FORMATS)
    parser.add_argument("--min-gain", type=percentage, metavar="PERCENT")
    parser.add_argument("--target", "--target-version", type=_target, action="append")
    parser.add_argument("--python", action="append")
    parser.add_argument("--any-python", action="store_true")
    parser.add_argument("--sort", choices=ORDERS, default="place")
    parser.add_argument("--top", type=_count, metavar="N")
    parser.add_argument("--color", choices=COLOUR_MODES, default="auto")
    parser.add_argument("-j", "--jobs", type=_count)
    parser.add_argument("--executor", choices=("process", "dask"), default="process")
    parser.add_argument("--no-cache", action="store_true")
    for name in ("--output-file", "--stdin-filename", "--config", "--cache-dir", "--scheduler"):
        parser.add_argument(name)
    parser.add_argument("--add-noqa", action="store_true")
    parser.add_argument("--reason", metavar="TEXT")
    for name in ("--baseline", "--write-baseline"):
        parser.add_argument(name, type=_file, metavar="FILE")
    return parser


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"`{text}` is no number from 1 on")
    return int(text)


def _target(text: str) -> str:
    try:
        [target] = read_targets([text])
    except TargetError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return target


def _file(text: str) -> str:
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError(f"`{text}` names no file")
    return text


def _choices(options: argparse.Namespace) -> Choices:
    return Choices(
        selection=Selection(
            select=options.select,
            ignore=options.ignore or (),
            extend_select=options.extend_select or (),
            extend_ignore=options.extend_ignore or (),
        ),
        per_file_ignores=_per_file_ignores(options.per_file_ignores),
        exclude=options.exclude,
        extend_exclude=options.extend_exclude or (),
        output_format=options.output_format,
        unsafe_fixes=options.unsafe_fixes,
        fix=True if options.fix_only else options.fix,
        min_gain=options.min_gain,
        target=read_targets(options.target) if options.target else None,
        baseline=options.baseline,
    )


def _per_file_ignores(items: Sequence[str] | None) -> PerFileIgnores | None:
    """Read ``pattern:RULE``; a part without a colon is one more rule of the pattern before."""
    if items is None:
        return None
    ignores: dict[str, tuple[str, ...]] = {}
    pattern = ""
    for item in items:
        before, colon, selector = item.rpartition(":")
        pattern = before.strip() if colon else pattern
        if not pattern or not selector.strip():
            raise UsageError(f"--per-file-ignores takes `pattern:RULES`, not `{item}`")
        ignores[pattern] = (*ignores.get(pattern, ()), selector.strip())
    return tuple(ignores.items())


def _require_consistent(options: argparse.Namespace) -> None:
    if "-" in options.paths and len(options.paths) > 1:
        raise UsageError("`-`, standard input, cannot be checked together with other paths")
    if options.stdin_filename and options.paths and options.paths != ["-"]:
        raise UsageError("--stdin-filename names `-`, standard input: leave the paths out")
    if options.select == ():
        raise UsageError("--select names no rule: no rule at all would run")
    if options.config and options.isolated:
        raise UsageError("--config and --isolated exclude one another")
    _require_workers(options)
    require_countable(options.statistics, options.output_format or FORMATS_FOR_PEOPLE[0])
    _require_one_way_to_accept(options)


def _require_one_way_to_accept(options: argparse.Namespace) -> None:
    if options.write_baseline:
        _require_alone(options, "--write-baseline", ("baseline", "add-noqa"))
    if options.add_noqa:
        _require_alone(options, "--add-noqa")
    if options.reason is not None:
        _require_reason(options)


def _require_workers(options: argparse.Namespace) -> None:
    """Where the analysis runs must be said in full, and once."""
    if (options.executor == "dask") != bool(options.scheduler):
        raise UsageError("--executor dask and --scheduler ADDRESS need one another")
    if options.scheduler and options.python:
        raise UsageError("--python names interpreters on this machine: not with --scheduler")
    if options.any_python and not options.python:
        raise UsageError("--any-python goes with --python: it says which findings to merge")


_NOT_WHEN_ACCEPTING = ("diff", "fix", "fix-only", "output-file", "statistics")
"""Options that say something else to do than to accept what is there."""


def _require_alone(options: argparse.Namespace, name: str, others: Sequence[str] = ()) -> None:
    for other in (*others, *_NOT_WHEN_ACCEPTING):
        if getattr(options, other.replace("-", "_")):
            raise UsageError(f"{name} and --{other} exclude one another")
    if "-" in options.paths or options.stdin_filename:
        raise UsageError(f"{name} cannot be used with `-`, standard input")


def _require_reason(options: argparse.Namespace) -> None:
    from bclint.engine.noqa import is_reason

    if not options.add_noqa:
        raise UsageError("--reason says why --add-noqa is used: it needs that")
    if not is_reason(options.reason):
        raise UsageError("--reason is one line of plain text, which is no `noqa` itself")


def require_countable(statistics: bool, output_format: str) -> None:
    """Raise `UsageError` where `statistics` are asked for in a format that has none."""
    if statistics and output_format not in FORMATS_FOR_PEOPLE:
        raise UsageError(f"--statistics is for people: it has no {output_format} format")
