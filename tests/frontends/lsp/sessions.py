"""Servers, spoken to by pytest-lsp's client over a connection."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pytest_asyncio
from lsprotocol import types
from pytest_lsp import LanguageClient, client_capabilities
from pytest_lsp.client import make_test_lsp_client

from bclint.engine.registry import load_rules
from bclint.frontends.lsp.handlers import make_server
from bclint.frontends.lsp.transport import serve_one

SERVER = [sys.executable, "-m", "bclint", "server"]
PUBLISHED = types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS
Action: TypeAlias = "types.CodeAction | types.Command"
"""lsprotocol reads an action that has a command for that command."""
PATIENCE = 60.0
"""Seconds until a message counts as lost; a busy machine may be slow."""


@dataclass
class Session:
    """One client with its server."""

    client: LanguageClient
    folder: Path
    opened: types.InitializeResult
    versions: dict[str, int] = field(default_factory=dict)

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str) -> None:
        self.versions[name] = 1
        item = types.TextDocumentItem(self.uri(name), "python", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, name: str, *changes: Any, version: int | None = None) -> None:
        """Change a document by whole texts, or by changes of the protocol."""
        self.versions[name] = version or self.versions[name] + 1
        identifier = types.VersionedTextDocumentIdentifier(self.versions[name], self.uri(name))
        whole = types.TextDocumentContentChangeWholeDocument
        parts = [whole(change) if isinstance(change, str) else change for change in changes]
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, parts))

    async def published(self, name: str, version: int | None = None) -> list[types.Diagnostic]:
        """Wait for the findings of a document, in its newest version unless told."""
        wanted = version or self.versions[name]
        while True:
            params = await self.next(PUBLISHED)
            if params.uri == self.uri(name) and params.version == wanted:
                return list(params.diagnostics)

    async def show(self, name: str, text: str) -> list[types.Diagnostic]:
        """Open a document and wait for its findings."""
        self.open(name, text)
        return await self.published(name)

    async def next(self, method: str) -> Any:
        """Wait for the next notification of the server."""
        return await asyncio.wait_for(self.client.wait_for_notification(method), PATIENCE)

    async def logged(self, words: str) -> str:
        """Wait until the server's log, or a message to the user, has a line with `words`."""
        async with asyncio.timeout(PATIENCE):
            while True:
                logged = [each.message for each in self.client.log_messages]
                shown = [each.message for each in self.client.messages]
                for message in logged + shown:
                    if words in message:
                        return message
                await asyncio.sleep(0.01)

    async def actions(
        self,
        name: str,
        at: types.Range,
        only: list[str] | None = None,
        diagnostics: list[types.Diagnostic] | None = None,
    ) -> list[Action]:
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(self.uri(name)),
            at,
            types.CodeActionContext(diagnostics or [], only=only),
        )
        found = await self.client.text_document_code_action_async(params)
        return list(found or [])

    async def hover(self, name: str, line: int, character: int) -> str | None:
        params = types.HoverParams(
            types.TextDocumentIdentifier(self.uri(name)), types.Position(line, character)
        )
        found = await self.client.text_document_hover_async(params)
        if found is None:
            return None
        assert isinstance(found.contents, types.MarkupContent)
        return found.contents.value


Start = Callable[..., Awaitable[Session]]


@pytest_asyncio.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Start a server in this process, which saves a second for each of many, and a client."""
    sessions: list[tuple[Session, asyncio.Task[None]]] = []
    # What findings save is measured anew from time to time: here every one counts.
    (tmp_path / "pyproject.toml").write_text("[tool.bclint]\nmin-gain = 0\n")

    async def start(
        *folders: Path,
        capabilities: types.ClientCapabilities | None = None,
        settings: Any = None,
        options: Any = None,
    ) -> Session:
        client, serving = await _connected()
        if settings is not None:
            client.set_configuration(settings, section="bclint")
        opened = await client.initialize_session(
            types.InitializeParams(
                capabilities=capabilities or client_capabilities("visual-studio-code"),
                workspace_folders=[
                    types.WorkspaceFolder(folder.as_uri(), folder.name)
                    for folder in folders or (tmp_path,)
                ],
                initialization_options=options,
            )
        )
        session = Session(client, tmp_path, opened)
        sessions.append((session, serving))
        return session

    yield start
    for session, serving in sessions:
        # Not `exit`, which would end this process.
        await session.client.shutdown_async(None)
        assert session.client.protocol.writer is not None
        session.client.protocol.writer.close()
        await session.client.stop()
        await asyncio.wait_for(serving, PATIENCE)


async def _connected() -> tuple[LanguageClient, asyncio.Task[None]]:
    address: asyncio.Future[tuple[str, int]] = asyncio.get_running_loop().create_future()
    server = make_server(load_rules())
    serving = asyncio.create_task(
        serve_one(server, "127.0.0.1", 0, lambda host, port: address.set_result((host, port)))
    )
    client = make_test_lsp_client()
    await client.start_tcp(*await address)
    return client, serving


def texts_after(text: str, action: types.CodeAction, uri: str) -> str:
    """The text after an action's edit, whose places count in UTF-16 units."""
    assert action.edit is not None
    edits: list[Any] = []
    if action.edit.document_changes:
        (change,) = action.edit.document_changes
        assert isinstance(change, types.TextDocumentEdit)
        assert change.text_document.uri == uri
        edits = list(change.edits)
    elif action.edit.changes:
        edits = list(action.edit.changes[uri])
    lines = text.splitlines(keepends=True)
    for edit in sorted(edits, key=lambda edit: edit.range.start, reverse=True):
        start, end = (offset(lines, at) for at in (edit.range.start, edit.range.end))
        text = text[:start] + edit.new_text + text[end:]
    return text


def offset(lines: list[str], at: types.Position) -> int:
    before = sum(map(len, lines[: at.line]))
    if at.line >= len(lines):
        return before
    units = lines[at.line].encode("utf-16-le")[: 2 * at.character]
    return before + len(units.decode("utf-16-le"))
