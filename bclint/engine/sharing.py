"""Sharing tasks out to workers: batches, and what becomes of those whose worker dies.

Some batches are with the pool at any time. When workers die, what they may have had is tried again
alone, halved as often as it kills another, so that in the end one file is known to be the cause;
it gets an error, and all others their results, once each.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bclint.engine.linter import FileError
from bclint.engine.runner import examine
from bclint.engine.tasks import FileResult, Plan, Task

if TYPE_CHECKING:  # this loads `logging`, which small runs are spared
    from concurrent.futures import Future

MOST_BYTES = 128 * 1024
"""Source in one batch: small enough that workers end at about the same time."""
_BATCHES_A_WORKER = 8

Batch = tuple[tuple[int, Task], ...]
"""Tasks with their indexes."""
Results = list[FileResult]


class WorkerDiedError(Exception):
    """The process that had a batch is gone, or never answered for it."""


class PoolError(Exception):
    """A pool that cannot be used at all; one line says why."""


class Pool(Protocol):
    """Workers somewhere."""

    def slots(self) -> int:
        """How many batches are to be with the pool at a time."""
        ...

    def submit(self, tasks: Sequence[Task], plan: Plan) -> Future[Results]:
        """Have `examine_all` done by a worker. Raises `WorkerDiedError` where none is left."""
        ...

    def renew(self) -> None:
        """Start workers in the place of dead ones, if the pool does not do that by itself."""
        ...

    def has_lost_worker(self, error: BaseException) -> bool:
        """Whether a future's `error` says that its worker died. May raise `PoolError`."""
        ...


def examine_all(tasks: Sequence[Task], plan: Plan) -> Results:
    """What a worker does with a batch."""
    return [examine(task, plan) for task in tasks]


def batches_of(tasks: Sequence[Task], workers: int) -> list[Batch]:
    """Return all tasks in batches, those with most to do first."""
    sized = sorted(((size_of(task), index) for index, task in enumerate(tasks)), reverse=True)
    share = sum(size for size, _ in sized) // (workers * _BATCHES_A_WORKER)
    most = min(share, MOST_BYTES)
    batches: list[Batch] = []
    batch: list[tuple[int, Task]] = []
    held = 0
    for size, index in sized:
        batch.append((index, tasks[index]))
        held += size + 256  # no file costs nothing
        if held >= most:
            batches.append(tuple(batch))
            batch, held = [], 0
    return [*batches, tuple(batch)] if batch else batches


def size_of(task: Task) -> int:
    """Return the bytes of a task's source; 0 where they cannot be had."""
    if task.data is not None:
        return len(task.data)
    try:
        return Path(task.path).stat().st_size
    except (OSError, ValueError):
        return 0


def share_out(batches: Sequence[Batch], plan: Plan, pool: Pool) -> Iterator[tuple[int, FileResult]]:
    """Have `batches` done by `pool`; yields each task's index and result, in any order.

    Raises `PoolError` where the pool itself is of no use.
    """
    return _Sharing(plan, pool, deque(batches)).results()


@dataclass(slots=True)
class _Sharing:
    plan: Plan
    pool: Pool
    waiting: deque[Batch]
    suspects: deque[Batch] = field(default_factory=deque)
    """Batches that may have killed a worker; each is tried again with nothing beside it."""
    out: dict[Future[Results], Batch] = field(default_factory=dict)
    alone: bool = False
    """Whether what is out is a suspect."""
    broken: bool = False
    """Whether the pool has to be renewed before it can take more."""

    def results(self) -> Iterator[tuple[int, FileResult]]:
        from concurrent.futures import FIRST_COMPLETED, wait

        while self.waiting or self.suspects or self.out:
            if self.broken and not self.out:
                self.pool.renew()
                self.broken = False
            self._hand_out()
            done, _ = wait(self.out, return_when=FIRST_COMPLETED)
            for future in done:
                yield from self._taken(future, self.out.pop(future))

    def _hand_out(self) -> None:
        """Give the pool what it has room for."""
        while not self.broken and len(self.out) < self._room():
            queue = self.suspects or self.waiting
            if not queue:
                return
            try:
                future = self.pool.submit([task for _, task in queue[0]], self.plan)
            except WorkerDiedError as error:
                if not self.out and not self.alone:
                    raise PoolError(f"no worker can be started: {error}") from error
                self.broken = True
                return
            self.alone = bool(self.suspects)
            self.out[future] = queue.popleft()

    def _room(self) -> int:
        if self.suspects:
            return 0 if self.out else 1
        return 1 if self.alone and self.out else self.pool.slots()

    def _taken(self, future: Future[Results], batch: Batch) -> Iterator[tuple[int, FileResult]]:
        error = future.exception()
        if error is None:
            yield from zip((index for index, _ in batch), future.result(), strict=True)
        elif self.pool.has_lost_worker(error):
            self.broken = True
            if self.alone:
                yield from self._narrowed(batch, "the process that checked it died")
            else:
                self.suspects.append(batch)
        else:
            text = " ".join(f"{type(error).__name__}: {error}".split())
            yield from self._narrowed(batch, text)

    def _narrowed(self, batch: Batch, reason: str) -> Iterator[tuple[int, FileResult]]:
        """The failure of the one file in `batch`; of more, the halves become suspects."""
        if len(batch) == 1:
            index, task = batch[0]
            failure = FileError(task.path, 0, 0, f"cannot be checked: {reason}")
            yield index, FileResult(task.path, errors=(failure,))
            return
        middle = len(batch) // 2
        self.suspects.extendleft((batch[middle:], batch[:middle]))
