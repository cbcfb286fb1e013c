"""When documents are checked, with the clock and the client left out."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bclint.frontends.lsp import checker as module
from bclint.frontends.lsp.analysis import Analysis, analyse
from bclint.frontends.lsp.checker import Checker
from bclint.frontends.lsp.configuration import Configuration
from bclint.frontends.lsp.documents import Document
from bclint_rules import PACK
from tests.frontends.lsp.samples import SLOW

pytestmark = pytest.mark.asyncio
URI = "untitled:slow"


class Watch:
    """A checker with what it hands over."""

    def __init__(self) -> None:
        self.published: list[Analysis] = []
        self.failures: list[str] = []
        configuration = Configuration(PACK.rules, self.failures.append)
        self.checker = Checker(configuration, self.published.append, self.failures.append)

    @property
    def versions(self) -> list[int]:
        return [analysis.document.version for analysis in self.published]


async def test_quick_changes_are_looked_at_once(tmp_path: Path) -> None:
    watch = Watch()
    for version in range(5):
        document = Document(URI, version, SLOW)
        (watch.checker.changed if version else watch.checker.opened)(document)
    assert await watch.checker.current(URI) is watch.published[0]
    assert watch.versions == [4]
    watch.checker.stop()


async def test_a_check_under_way_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second change comes while the first is being checked; nothing is said of the first."""
    watch = Watch()
    loop = asyncio.get_running_loop()
    started = asyncio.Event()
    outcomes: list[str] = []

    def slowly(document: Document, scope: object, history: object, is_cancelled: object) -> object:
        if document.version == 1:
            loop.call_soon_threadsafe(started.set)
            while not is_cancelled():  # type: ignore[operator]
                pass
        try:
            return analyse(document, scope, history, is_cancelled)  # type: ignore[arg-type]
        except BaseException as error:
            outcomes.append(type(error).__name__)
            raise

    monkeypatch.setattr(module, "analyse", slowly)
    watch.checker.opened(Document(URI, 1, SLOW))
    await started.wait()
    watch.checker.changed(Document(URI, 2, SLOW))
    analysis = await watch.checker.current(URI)
    assert analysis is not None
    assert outcomes == ["Cancelled"]
    assert watch.versions == [2]
    watch.checker.stop()


async def test_a_mistake_of_ours_is_told_and_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch()
    with monkeypatch.context() as patch:
        patch.setattr(module, "analyse", lambda *_: 1 // 0)
        watch.checker.opened(Document(URI, 1, SLOW))
        assert await watch.checker.current(URI) is None
    (message,) = watch.failures
    assert message.startswith(f"{URI} cannot be checked: ZeroDivisionError")
    watch.checker.changed(Document(URI, 2, SLOW))
    assert await watch.checker.current(URI) is not None
    assert await watch.checker.current("untitled:other") is None
    watch.checker.stop()
