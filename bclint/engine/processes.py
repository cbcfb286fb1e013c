"""Workers on this machine: processes of ``concurrent.futures``, where there is enough to do.

Nothing is left behind: workers write nothing, ignore Ctrl-C, are ended when the run is over
whatever the reason, and end by themselves when the process that started them is gone.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bclint.engine.interrupts import without_interrupts
from bclint.engine.runner import in_turn
from bclint.engine.sharing import (
    Results,
    WorkerDiedError,
    batches_of,
    examine_all,
    share_out,
    size_of,
)
from bclint.engine.tasks import Executor, FileResult, Plan, Task

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

LITTLE = 300_000
"""Bytes of source that are checked sooner than workers are started."""
_SAFE_PATH = "PYTHONSAFEPATH"
_FIX_WEIGHT = 5
"""How much longer a byte takes where fixes are worked out."""


def with_processes(jobs: int) -> Executor:
    """Return the executor that shares tasks out to at most `jobs` processes, if that pays."""

    def execute(tasks: Sequence[Task], plan: Plan) -> Generator[tuple[int, FileResult]]:
        if jobs < 2 or not _is_worth_it(tasks, plan) or not _can_travel(tasks):
            yield from in_turn(tasks, plan)
            return
        batches = batches_of(tasks, jobs)
        with _closing(LocalPool(min(jobs, len(batches)))) as pool:
            yield from share_out(batches, plan, pool)

    return execute


def _is_worth_it(tasks: Sequence[Task], plan: Plan) -> bool:
    weight = _FIX_WEIGHT if plan.propose or plan.fix else 1
    enough = LITTLE // weight
    for task in tasks:
        enough -= size_of(task)
        if enough < 0:
            return len(tasks) > 1
    return False


def _can_travel(tasks: Sequence[Task]) -> bool:
    """Whether the rules are made so that another process can load them."""
    try:
        pickle.dumps(tasks[0].rules)
    except Exception:  # whatever a third party's rule holds
        return False
    return True


class LocalPool:
    """Processes on this machine; implements `bclint.engine.sharing.Pool`."""

    def __init__(self, workers: int) -> None:
        """Start `workers` processes when the first batch comes."""
        self._workers = workers
        self._others = _children()
        self._executor = self._started()

    def slots(self) -> int:
        """As many batches as workers, and one each that is ready for it."""
        return 2 * self._workers

    def submit(self, tasks: Sequence[Task], plan: Plan) -> Future[Results]:
        """Have a batch examined. Raises `WorkerDiedError` where the pool is broken."""
        from concurrent.futures.process import BrokenProcessPool

        try:
            # Workers are started here, and must not be met by Ctrl-C before they ignore it.
            with without_interrupts(), _safe_path():
                return self._executor.submit(examine_all, tasks, plan)
        except (BrokenProcessPool, OSError) as error:
            raise WorkerDiedError(str(error)) from error

    def has_lost_worker(self, error: BaseException) -> bool:
        """Whether `error` is what all futures get when one worker dies."""
        from concurrent.futures.process import BrokenProcessPool

        return isinstance(error, BrokenProcessPool)

    def renew(self) -> None:
        """Start over with new processes."""
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = self._started()

    def close(self, *, done: bool) -> None:
        """End all workers; those that are not `done` in the middle of what they do."""
        if not done:
            for process in _children() - self._others:
                process.terminate()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor:
        from concurrent.futures import ProcessPoolExecutor

        with _safe_path():
            return ProcessPoolExecutor(self._workers, _context(), _prepare_worker)


@contextmanager
def _safe_path() -> Iterator[None]:
    """Keep the current folder off the path of processes that are started inside.

    Those that are not forked look there for the modules of the standard library, and it is the
    folder that is checked.
    """
    if _SAFE_PATH in os.environ:
        yield
        return
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        del os.environ[_SAFE_PATH]


@contextmanager
def _closing(pool: LocalPool) -> Iterator[LocalPool]:
    done = False
    try:
        yield pool
        done = True
    finally:
        pool.close(done=done)


def _children() -> set[BaseProcess]:
    import multiprocessing

    return set(multiprocessing.active_children())


def _context() -> BaseContext:
    """Return how processes are started: by a fork where that is safe, since it is fastest."""
    import multiprocessing

    if sys.platform == "linux" and threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")


def _prepare_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # what a fork shares stays shared
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
