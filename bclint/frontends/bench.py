"""``bclint bench``: measure what rules' changes pay, or what instructions cost."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Sequence

from bclint.bench.interpreter import Interpreter, InterpreterError, ask
from bclint.bench.pairs import MeasureError, Pyperf
from bclint.bench.session import Job, Session, plan
from bclint.bench.table import measure_table, table_path, write_table
from bclint.engine.registry import RegistryError, load_rules
from bclint.engine.selection import Selection, SelectionError, choose, require_known
from bclint.frontends.parsing import ArgumentParser, UsageError, complain
from bclint.rule import Rule
from bclint.testing.page import PageError

HELP = """\
usage: bclint bench [RULE ...] [--python PATH] [--again]
       bclint bench --opcodes [--python PATH]

Measures each rule's Example against its Use instead, and writes evidence.json in the rule's
folder. What is there already is left out: stop with Ctrl-C, run again to go on.

  RULE ...         codes, prefixes such as BCL1, or names (default: all)
  --python PATH    measure on this interpreter, which needs nothing installed (repeatable)
  --again          measure also what is there already
  --opcodes        what instructions and known calls cost, for bclint's own tables

Needs pyperf: pip install 'bclint[bench]'. With valgrind on PATH, signs in doubt are confirmed
by an instruction count. Exit status: 0 all is measured, 2 something could not be.
"""


def bench(arguments: Sequence[str]) -> int:
    """Run the subcommand with its own `arguments`; returns the exit status."""
    parser = ArgumentParser(HELP)
    parser.add_argument("rules", nargs="*")
    parser.add_argument("--python", action="append")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--opcodes", action="store_true")
    try:
        options = parser.parse(arguments)
        return 0 if options is None else _bench(options)
    except (
        *(UsageError, RegistryError, SelectionError),
        *(InterpreterError, MeasureError, PageError),
    ) as error:
        return complain(str(error))


def _bench(options: argparse.Namespace) -> int:
    interpreters = [ask(path) for path in options.python or [sys.executable]]
    if options.opcodes:
        if options.rules or options.again:
            raise UsageError("--opcodes measures instructions: it takes neither rules nor --again")
        return _measure_tables(interpreters)
    return _measure_rules(_chosen(options.rules), interpreters, again=options.again)


def _chosen(texts: Sequence[str]) -> list[Rule]:
    rules = load_rules()
    if not texts:
        return list(rules)
    require_known(texts, rules)
    return list(choose(rules, [Selection(select=tuple(texts))]))


def _measure_tables(interpreters: Sequence[Interpreter]) -> int:
    for interpreter in interpreters:
        line = _Line()
        table = measure_table(interpreter, _today(), line.show)
        path = table_path(interpreter)
        try:
            write_table(path, table)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from error
        line.close(f"CPython {interpreter.minor}: {path}")
    return 0


def _measure_rules(
    rules: Sequence[Rule], interpreters: Sequence[Interpreter], *, again: bool
) -> int:
    pyperf = Pyperf()
    try:
        jobs = plan(rules, interpreters, again=again)
        session = Session(pyperf, _today(), _complain)
        failed = sum(
            not _measure(job, session, f"{number}/{len(jobs)}")
            for number, job in enumerate(jobs, 1)
        )
    finally:
        pyperf.close()
    print(f"{len(jobs) - failed} measured, {failed} failed", file=sys.stderr)
    return 2 if failed else 0


def _measure(job: Job, session: Session, number: str) -> bool:
    """Measure and store one job; False where that failed, which is said."""
    line = _Line()
    title = f"{number} {job.title}"
    try:
        entry = session.measure(job, lambda text: line.show(f"{title}: {text}"))
        job.file.put(job.pair, job.interpreter, entry)
        job.file.show()
    except (MeasureError, InterpreterError) as error:
        line.close(f"{title}: not measured: {error}")
        return False
    except OSError as error:
        raise UsageError(f"{job.file.path} cannot be written: {error.strerror}") from error
    line.close(f"{title}: {_summary(entry)}")
    return True


def _summary(entry: dict[str, object]) -> str:
    sizes = entry["sizes"]
    assert isinstance(sizes, dict)
    texts = [
        f"{size['ratio']:.2f} ({size['interval'][0]:.2f} to {size['interval'][1]:.2f})"
        f" at {name}, saves {size['saved_ns']:.1f} ns"
        for name, size in sizes.items()
    ]
    known = (key for key in ("growth", "instructions") if entry[key] is not None)
    texts.extend(f"{key} {entry[key]}" for key in known)
    return "; ".join(texts)


def _complain(message: str) -> None:
    complain(message)


class _Line:
    """What is said on standard error: on a terminal the line changes, else only ends are kept."""

    def __init__(self) -> None:
        """Whether it is a terminal is found out once."""
        self._live = sys.stderr.isatty()

    def show(self, text: str) -> None:
        """Say what is being done."""
        if self._live:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def close(self, text: str) -> None:
        """Say what was done, in a line that stays."""
        start = "\r\x1b[K" if self._live else ""
        print(f"{start}{text}", file=sys.stderr, flush=True)


def _today() -> str:
    return datetime.datetime.now(tz=datetime.UTC).date().isoformat()
