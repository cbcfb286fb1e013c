"""Tasks shared out: every one has its result once, whatever becomes of the workers."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

import pytest

from bclint.engine.sharing import (
    MOST_BYTES,
    PoolError,
    Results,
    WorkerDiedError,
    batches_of,
    share_out,
)
from bclint.engine.tasks import FileResult, Plan, Task


class FakePool:
    """A worker that does each batch at once, and dies of the text ``deadly``."""

    def __init__(self) -> None:
        self.broken = False
        self.renewed = 0

    def slots(self) -> int:
        return 4

    def submit(self, tasks: Sequence[Task], plan: Plan) -> Future[Results]:
        if self.broken:
            raise WorkerDiedError("broken")
        future: Future[Results] = Future()
        texts = [task.data for task in tasks]
        if b"deadly" in texts:
            self.broken = True
            future.set_exception(ConnectionError("gone"))
        elif b"odd" in texts:
            future.set_exception(TypeError("cannot pickle\n it"))
        else:
            future.set_result([FileResult(task.path) for task in tasks])
        return future

    def renew(self) -> None:
        self.broken = False
        self.renewed += 1

    def has_lost_worker(self, error: BaseException) -> bool:
        return isinstance(error, ConnectionError)


def tasks_of(*texts: str) -> list[Task]:
    return [Task(f"{number}.py", (), text.encode()) for number, text in enumerate(texts)]


def outcome(texts: Sequence[str], pool: FakePool, size: int = 3) -> dict[int, str]:
    """The error of each task, or nothing; fails where one has two results."""
    indexed = tuple(enumerate(tasks_of(*texts)))
    batches = [indexed[start : start + size] for start in range(0, len(indexed), size)]
    found: dict[int, str] = {}
    for index, result in share_out(batches, Plan(), pool):
        assert index not in found, "reported twice"
        assert result.path == f"{index}.py"
        found[index] = result.errors[0].message if result.errors else ""
    assert len(found) == len(texts)
    return found


@pytest.mark.parametrize("count", [0, 1, 2, 7, 30])
def test_all_are_done(count: int) -> None:
    pool = FakePool()
    assert set(outcome(["x"] * count, pool).values()) <= {""}
    assert pool.renewed == 0


@pytest.mark.parametrize("deadly", [(0,), (29,), (4, 5), (0, 10, 20), tuple(range(9))])
def test_a_dying_worker_costs_its_file_alone(deadly: tuple[int, ...]) -> None:
    texts = ["deadly" if number in deadly else "x" for number in range(30)]
    pool = FakePool()
    died = {index for index, message in outcome(texts, pool).items() if message}
    assert died == set(deadly)
    assert pool.renewed > 0


def test_the_reason_is_given() -> None:
    messages = outcome(["x", "deadly", "odd"], FakePool())
    assert messages == {
        0: "",
        1: "cannot be checked: the process that checked it died",
        2: "cannot be checked: TypeError: cannot pickle it",
    }


def test_a_pool_that_never_starts_is_told_once() -> None:
    pool = FakePool()
    pool.broken = True
    pool.renew = lambda: None  # type: ignore[method-assign]
    with pytest.raises(PoolError, match="no worker can be started: broken"):
        outcome(["x"], pool)


def test_batches_hold_every_task_once_the_largest_first() -> None:
    tasks = tasks_of(*("x" * size for size in (10, 500_000, 3, 70_000, 70_000, 0)), *["y"] * 100)
    batches = batches_of(tasks, 2)
    indexes = [index for batch in batches for index, _ in batch]
    assert sorted(indexes) == list(range(len(tasks)))
    assert indexes[0] == 1
    assert len(batches[0]) == 1
    assert all(task is tasks[index] for batch in batches for index, task in batch)
    assert (
        max(sum([len(task.data or b"") for _, task in batch[1:]]) for batch in batches) < MOST_BYTES
    )
    assert batches_of([], 2) == []
    assert len(batches_of(tasks_of("x"), 8)) == 1
