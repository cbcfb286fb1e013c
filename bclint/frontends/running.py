"""How a run is carried out: in how many processes, with which cache, with what on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bclint.engine.linter import FileError
from bclint.engine.processes import with_processes
from bclint.engine.runner import Executor, Plan, Report, Task, run
from bclint.frontends.options import CheckOptions
from bclint.frontends.parsing import warn
from bclint.frontends.progress import Progress
from bclint.rule import Rule


def run_all(
    tasks: Sequence[Task], plan: Plan, errors: Sequence[FileError], options: CheckOptions
) -> Report:
    """Check the files of `tasks` in the way that `options` say."""
    executor = with_processes(options.jobs)
    with (
        Progress(sys.stderr, quiet=options.quiet) as progress,
        _cached(executor, options, tasks) as executor,
    ):
        return run(tasks, plan, errors, executor=executor, watch=progress.show)


@contextmanager
def _cached(executor: Executor, options: CheckOptions, tasks: Sequence[Task]) -> Iterator[Executor]:
    """`executor` with a cache around it, where there can be one."""
    if not options.use_cache:
        yield executor
        return
    from bclint.engine.cache_folder import CacheError, chosen_folder

    try:
        # Without this module of the standard library, Python was built for little space.
        from bclint.engine.cache import ResultCache, with_cache
        from bclint.engine.identity import environment_identity

        folder = chosen_folder(options.cache_dir, str(Path.cwd()))
        cache = ResultCache(folder, environment_identity(_rules_of(tasks)), warn)
    except (CacheError, ImportError) as error:
        if options.cache_dir:  # asked for outright
            warn(f"nothing is cached: {error}")
        yield executor
        return
    try:
        yield with_cache(executor, cache)
    finally:
        cache.close()


def _rules_of(tasks: Sequence[Task]) -> Iterable[Rule]:
    selections = {id(task.rules): task.rules for task in tasks}
    return (rule for selection in selections.values() for rule in selection)
