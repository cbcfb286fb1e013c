"""When documents are checked: soon after a change, in a thread, the newest state of each alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from bclint.engine.history import Cancelled, History
from bclint.frontends.lsp.analysis import Analysis, analyse
from bclint.frontends.lsp.configuration import Configuration
from bclint.frontends.lsp.documents import Document

DELAY = 0.05
"""Seconds without a further change before a change is looked at."""
_PATIENCE = 1.0
"""Seconds that the client has for telling its settings."""

Result = TypeVar("Result")


@dataclass(slots=True)
class _State:
    """An open document and what is known of it."""

    document: Document
    history: History = field(default_factory=History)
    analysis: Analysis | None = None
    """Of this document, or an earlier state of it."""
    task: asyncio.Task[None] | None = None
    is_waiting: bool = False
    """The task has not started to check yet."""
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def current(self) -> Analysis | None:
        """The analysis of the text as it is now."""
        if self.analysis is not None and self.analysis.document is self.document:
            return self.analysis
        return None


class Checker:
    """Keeps the open documents and their findings; to be used from the event loop alone."""

    def __init__(
        self,
        configuration: Configuration,
        publish: Callable[[Analysis], None],
        fail: Callable[[str], None],
    ) -> None:
        """Hand each analysis to `publish`, and what goes wrong to `fail`."""
        self._configuration = configuration
        self._publish = publish
        self._fail = fail
        self._states: dict[str, _State] = {}
        self._executor = ThreadPoolExecutor(1, "bclint")
        self.settings: asyncio.Task[None] | None = None
        """Asks the client for its settings; the first findings wait for it."""

    def document(self, uri: str) -> Document | None:
        """The newest state of an open document."""
        state = self._states.get(uri)
        return state.document if state else None

    def opened(self, document: Document) -> None:
        """Take in a document and check it."""
        self.closed(document.uri)
        self._states[document.uri] = _State(document)
        self._check_soon(document.uri, 0)

    def changed(self, document: Document) -> None:
        """Take in the next state of an open document and check it soon."""
        self._states[document.uri].document = document
        self._check_soon(document.uri, DELAY)

    def closed(self, uri: str) -> None:
        """Forget a document."""
        if state := self._states.pop(uri, None):
            _cancel(state)

    def check_all(self) -> None:
        """Check every open document again: what holds for them may have changed."""
        for uri in self._states:
            self._check_soon(uri, 0)

    def stop(self) -> None:
        """End what is under way."""
        for uri in list(self._states):
            self.closed(uri)
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def current(self, uri: str) -> Analysis | None:
        """Return the analysis of a document's newest text, once there is one.

        None for a document that is not open.
        """
        while state := self._states.get(uri):
            if analysis := state.current:
                return analysis
            if state.task is None or state.task.done() or state.is_waiting:
                self._check_soon(uri, 0)
            if state.task is not None:
                await asyncio.wait({state.task})
            if state.task is None or (state.task.done() and not state.current):
                return None  # it failed, and has said so
        return None

    async def run(self, job: Callable[[], Result]) -> Result | None:
        """Run `job` beside the event loop, after what is under way; None if it was cancelled."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, _unless_over, job)

    def _check_soon(self, uri: str, delay: float) -> None:
        state = self._states[uri]
        _cancel(state)
        state.cancelled = threading.Event()
        state.is_waiting = True
        state.task = asyncio.ensure_future(self._check(state, delay))

    async def _check(self, state: _State, delay: float) -> None:
        await asyncio.sleep(delay)
        if self.settings is not None:
            await asyncio.wait({self.settings}, timeout=_PATIENCE)
        state.is_waiting = False
        document, history, is_cancelled = state.document, state.history, state.cancelled.is_set

        def job() -> Analysis:
            scope = self._configuration.scope_of(document.path)
            return analyse(document, scope, history, is_cancelled)

        try:
            analysis = await self.run(job)
        except Exception as error:  # a mistake of ours, which is not to end the server
            self._fail(f"{document.uri} cannot be checked: {type(error).__name__}: {error}")
            return
        if analysis is not None:
            state.analysis = analysis
            self._publish(analysis)


def _unless_over(job: Callable[[], Result]) -> Result | None:
    try:
        return job()
    except Cancelled:
        return None


def _cancel(state: _State) -> None:
    state.cancelled.set()
    if state.task is not None:
        state.task.cancel()
