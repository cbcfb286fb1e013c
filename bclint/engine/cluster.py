"""Workers on other machines: an existing Dask cluster, used as one more pool of processes.

The bytes of a file travel with its task, so that workers need no disk in common; what is fixed
travels back and is written here. Workers have to find what this process would find: the same
bclint, rules and instruction set, which each of them compares before it starts.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from bclint.engine.file_state import FileState, state_of
from bclint.engine.identity import packages_of, shared_identity
from bclint.engine.interrupts import without_interrupts
from bclint.engine.runner import examine, failed
from bclint.engine.sharing import PoolError, Results, batches_of, share_out
from bclint.engine.tasks import Executor, FileResult, Plan, Task
from bclint.source import SourceFile

if TYPE_CHECKING:
    from distributed import Client
    from distributed.cfexecutor import ClientExecutor

_PATIENCE = 10
"""Seconds to wait for the scheduler, and for its first worker."""
_NEWS = 5.0
"""Seconds after which it is asked again how many workers there are."""

Item = Task | FileResult
"""A task with its bytes, or what came of it if there are none."""


class StrangeWorkerError(Exception):
    """A worker that would find other things than this process; one line says why."""


def with_cluster(address: str) -> Executor:
    """Return the executor that shares tasks out to the Dask cluster at `address`.

    It raises `PoolError` where there is none, or none that can be used.
    """

    def execute(tasks: Sequence[Task], plan: Plan) -> Generator[tuple[int, FileResult]]:
        if not tasks:
            return
        with closing(ClusterPool(address, _expected(tasks))) as pool:
            yield from share_out(batches_of(tasks, pool.slots()), plan, pool)

    return execute


def examine_items(
    items: Sequence[Item], plan: Plan, expected: str, rules: Sequence[str]
) -> Results:
    """What a worker does with a batch; `rules` are the packages of the rules, all loaded now.

    Raises `StrangeWorkerError` where `expected` is not what this process is.
    """
    if _identity(tuple(rules)) != expected:
        raise StrangeWorkerError("it has another bclint, other rules or another version of Python")
    return [item if isinstance(item, FileResult) else examine(item, plan) for item in items]


@cache
def _identity(packages: tuple[str, ...]) -> str:
    return shared_identity(packages)


def _expected(tasks: Sequence[Task]) -> tuple[str, tuple[str, ...]]:
    packages = packages_of(task.rules for task in tasks)
    return _identity(packages), packages


class ClusterPool:
    """The workers of a Dask cluster; implements `bclint.engine.sharing.Pool`."""

    def __init__(self, address: str, expected: tuple[str, tuple[str, ...]]) -> None:
        """Connect to the scheduler at `address`. Raises `PoolError` where that is impossible."""
        self._address = address
        self._expected = expected
        self._counted = -_NEWS
        self._workers = 0
        with without_interrupts():  # the threads that are started here need not know of Ctrl-C
            self._client = _connected(address)
            self._executor: ClientExecutor = self._client.get_executor(pure=False)

    def slots(self) -> int:
        """Two batches for each thread of a worker, so that the next is there in time."""
        if time.monotonic() - self._counted >= _NEWS:
            self._counted = time.monotonic()
            self._workers = sum(self._client.nthreads().values())
        return 2 * max(self._workers, 1)

    def submit(self, tasks: Sequence[Task], plan: Plan) -> Future[Results]:
        """Have a batch examined, with the bytes of its files."""
        items, states = _loaded(tasks)
        inner = self._executor.submit(examine_items, items, plan, *self._expected)
        outer: Future[Results] = Future()
        inner.add_done_callback(lambda done: _pass_on(done, outer, states))
        return outer

    def has_lost_worker(self, error: BaseException) -> bool:
        """Whether Dask gave a batch up because workers died of it, time after time."""
        from concurrent.futures import CancelledError

        from distributed.scheduler import KilledWorker

        if isinstance(error, StrangeWorkerError):
            raise PoolError(f"a worker of {self._address} cannot be used: {error}") from error
        if isinstance(error, ImportError):
            reason = f"{error}: install the same bclint and rules there"
            raise PoolError(f"a worker of {self._address} cannot be used: {reason}") from error
        if isinstance(error, (CancelledError, OSError)):
            raise PoolError(f"the scheduler at {self._address} is gone") from error
        return isinstance(error, KilledWorker)

    def renew(self) -> None:
        """Do nothing: the cluster looks after its workers."""

    def close(self) -> None:
        """Drop what is not done, and let go of the cluster."""
        self._executor.shutdown(wait=False)
        self._client.close(timeout=_NEWS)


def _connected(address: str) -> Client:
    try:
        from distributed import Client
        from distributed.comm.addressing import parse_address
        from distributed.comm.registry import get_backend
    except ImportError as error:
        raise PoolError("Dask is not installed: pip install 'bclint[dask]'") from error
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            # What it has to say of lost workers is dealt with here.
            logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        get_backend(parse_address(address)[0])  # a client of an unknown kind would not go away
        client = Client(address, timeout=_PATIENCE, set_as_default=False, name="bclint")
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise PoolError(f"there is no Dask scheduler at {address}: {reason}") from error
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        client.close()
        raise PoolError(f"the scheduler at {address} has no workers") from error
    return client


def _loaded(tasks: Sequence[Task]) -> tuple[list[Item], list[FileState | None]]:
    """The tasks with the bytes of their files, and the state that each was read in."""
    items: list[Item] = []
    states: list[FileState | None] = []
    for task in tasks:
        state = None
        item: Item = task
        if task.data is None:
            try:
                source = SourceFile.read(task.path)
                item = replace(task, data=source.data)
                state = state_of(source.status, source.data) if source.status else None
            except Exception as error:
                item = failed(task, error)
        items.append(item)
        states.append(state)
    return items, states


def _pass_on(
    done: Future[Results], outer: Future[Results], states: Sequence[FileState | None]
) -> None:
    """Give `outer` what `done` has, with the states that only this process knows."""
    if done.cancelled():
        outer.cancel()
        outer.set_running_or_notify_cancel()
        return
    error = done.exception()
    if error is not None:
        outer.set_exception(error)
        return
    pairs = zip(done.result(), states, strict=True)
    outer.set_result([replace(result, state=state) for result, state in pairs])
