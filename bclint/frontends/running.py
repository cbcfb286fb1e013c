"""How a run is carried out: in how many processes, with which cache, with what on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bclint.engine.linter import FileError
from bclint.engine.processes import with_processes
from bclint.engine.runner import run
from bclint.engine.tasks import Executor, Plan, Report, Task
from bclint.frontends.options import CheckOptions
from bclint.frontends.parsing import warn
from bclint.frontends.progress import Progress


def run_all(
    tasks: Sequence[Task], plan: Plan, errors: Sequence[FileError], options: CheckOptions
) -> Report:
    """Check the files of `tasks` in the way that `options` say."""
    executor = _executor(options)
    with (
        Progress(sys.stderr, quiet=options.quiet) as progress,
        _cached(executor, options, tasks) as executor,
    ):
        return run(tasks, plan, errors, executor=executor, watch=progress.show)


def _executor(options: CheckOptions) -> Executor:
    if options.scheduler is None:
        return with_processes(options.jobs)
    from bclint.engine.cluster import with_cluster

    return with_cluster(options.scheduler)


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
        from bclint.engine.identity import environment_identity, packages_of

        packages = packages_of(task.rules for task in tasks)
        folder = chosen_folder(options.cache_dir, str(Path.cwd()))
        cache = ResultCache(folder, environment_identity(packages), warn)
    except (CacheError, ImportError) as error:
        if options.cache_dir:  # asked for outright
            warn(f"nothing is cached: {error}")
        yield executor
        return
    try:
        yield with_cache(executor, cache)
    finally:
        cache.close()
