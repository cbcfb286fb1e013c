"""Results of files, kept from run to run.

A result is found by what it was worked out from: the bytes of the file, the rules and settings that
held for it, and `bclint.engine.identity`. So that bytes need not be read to be recognised, it is
also remembered which bytes a path held when it had which size, times and inode; that is trusted
only where the file was at rest for a while (`bclint.engine.signature`).

What is stored is text that is read back as findings and nothing else (`bclint.engine.codec`), in a
file that only this user's runs can have written (`bclint.engine.cache_folder`).
"""

# Paths are plain text here: they are asked for by the thousand.
# ruff: noqa: PTH100, PTH116, PTH118
from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import fields, replace
from hashlib import blake2b

from bclint.diagnostics import Diagnostic
from bclint.engine.cache_folder import CacheError, prepare, token_of
from bclint.engine.cache_store import FileRow, ResultRow, Store
from bclint.engine.codec import Codec, CodecError
from bclint.engine.file_state import FileState, digest_of, state_of
from bclint.engine.signature import REST, signature_of
from bclint.engine.tasks import Executor, FileResult, Plan, Task
from bclint.source import SourceError, SourceFile

_DAY = 86_400_000_000_000
_NOT_STORED = frozenset({"path", "source", "original", "applied", "state"})
"""What of a result is known to whoever asks, or never there in those that are kept."""
_SHOWS_SOURCE, _SHOWS_NONE = "+", "-"
"""Stand before a text: whether the result comes with its source."""
# Whatever is added to these is part of what a result depends on, unless it is named here.
_TASK_SETTINGS = sorted({field.name for field in fields(Task)} - {"path", "rules", "data"})
_PLAN_SETTINGS = sorted({field.name for field in fields(Plan)} - {"write", "use_pyc", "tell_state"})


def with_cache(executor: Executor, cache: ResultCache) -> Executor:
    """Return the executor that has done by `executor` only what `cache` does not know."""

    def execute(tasks: Sequence[Task], plan: Plan) -> Generator[tuple[int, FileResult]]:
        missing = []
        for index, task in enumerate(tasks):
            result = cache.find(task, plan)
            if result is None:
                missing.append(index)
            else:
                yield index, result
        others = [tasks[index] for index in missing]
        try:
            with closing(executor(others, replace(plan, tell_state=True))) as examined:
                for place, result in examined:
                    cache.add(others[place], plan, result)
                    yield missing[place], result
        finally:  # what is done when the run is interrupted need not be done again
            cache.save()

    return execute


class ResultCache:
    """The results that are kept in one folder."""

    def __init__(self, folder: str, identity: str, warn: Callable[[str], None]) -> None:
        """Open the cache in `folder`, made if need be; damage is told to `warn` and mended.

        Raises `CacheError` where the folder cannot hold one.
        """
        token = token_of(folder)
        if token is None:
            raise CacheError("there is no folder of the user's own to keep the cache's key in")
        prepare(folder)
        self._identity = identity.encode()
        self._codec = Codec(FileResult, without=_NOT_STORED)
        self._started = time.time_ns()
        self._today = self._started // _DAY
        path = os.path.join(folder, f"{token}-results.sqlite")
        self._store = Store(path, self._today, warn)
        self._files: list[FileRow] = []
        self._results: list[ResultRow] = []
        self._used: list[bytes] = []

    def find(self, task: Task, plan: Plan) -> FileResult | None:
        """Return what is known to come of `task`; None where it has to be worked out."""
        if task.data is not None or not task.rules:
            return None
        try:
            digest, source = self._look_at(task)
            key = self._key(digest, task, plan)
            row = self._store.result(key)
            if row is None:
                return None
            text, day = row
            result = _at(task.path, self._codec.load(text[1:], path=task.path))
            if text.startswith(_SHOWS_SOURCE):
                source = source or SourceFile.read(task.path)
                if digest_of(source.data) != digest:
                    return None
                result = replace(result, source=source)
        except (OSError, ValueError, SourceError) as error:
            # Whatever is wrong with the source is told by who checks it.
            if isinstance(error, CodecError):
                self._store.throw_away(str(error))
            return None
        if day < self._today:
            self._used.append(key)
        return result

    def _look_at(self, task: Task) -> tuple[bytes, SourceFile | None]:
        """The digest of the file, and the file where it had to be read for that."""
        path = os.path.abspath(task.path)
        digest = self._store.digest(os.fsencode(path), signature_of(os.stat(path)))
        if digest is not None:
            return digest, None
        source = SourceFile.read(task.path)
        if source.status is None:
            raise OSError("read from nowhere")
        state = state_of(source.status, source.data)
        self._remember(path, state)
        return state.digest, source

    def add(self, task: Task, plan: Plan, result: FileResult) -> None:
        """Keep `result` for `save`, if the same would come of the same bytes again."""
        state = result.state
        if state is None or result.original is not None:
            return
        if not all(error.lasting for error in result.errors):
            return
        mark = _SHOWS_SOURCE if result.source is not None else _SHOWS_NONE
        key = self._key(state.digest, task, plan)
        self._results.append((key, mark + self._codec.dump(result)))
        self._remember(os.path.abspath(task.path), state)

    def save(self) -> None:
        """Write what was added, and drop what nobody asks for."""
        self._store.save(self._files, self._results, self._used)
        self._files, self._results, self._used = [], [], []

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def _remember(self, path: str, state: FileState) -> None:
        if state.changed < self._started - REST:
            self._files.append((os.fsencode(path), state.signature, state.digest))

    def _key(self, digest: bytes, task: Task, plan: Plan) -> bytes:
        """Return what a result is found by: all that it depends on."""
        rules = ",".join([rule.code for rule in task.rules])
        settings = [repr(getattr(task, name)) for name in _TASK_SETTINGS]
        settings += [repr(getattr(plan, name)) for name in _PLAN_SETTINGS]
        text = "\0".join([rules, *settings]).encode(errors="surrogatepass")
        return blake2b(digest + self._identity + text, digest_size=20).digest()


def _at(path: str, result: FileResult) -> FileResult:
    """`result`, which may have been of a file at another place, as that of the one at `path`."""
    return replace(
        result,
        diagnostics=tuple([_moved(each, path) for each in result.diagnostics]),
        errors=tuple([replace(error, path=path) for error in result.errors]),
        rejected=tuple([(_moved(each, path), why) for each, why in result.rejected]),
    )


def _moved(diagnostic: Diagnostic, path: str) -> Diagnostic:
    return diagnostic if diagnostic.path == path else replace(diagnostic, path=path)
