"""The server's side of one session: what it knows of the client, and what it tells it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from bclint import __version__
from bclint.frontends.lsp.actions import Offer
from bclint.frontends.lsp.analysis import Analysis
from bclint.frontends.lsp.checker import Checker
from bclint.frontends.lsp.client import Client, folders_of
from bclint.frontends.lsp.configuration import SECTION, Configuration, client_section
from bclint.frontends.lsp.presentation import Presenter
from bclint.frontends.lsp.protocol import Protocol
from bclint.rule import Rule

_WATCHED = ("**/pyproject.toml", "**/.gitignore")


class Server(LanguageServer):
    """One session with one client."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Serve findings of `rules`."""
        super().__init__(
            "bclint",
            __version__,
            protocol_cls=Protocol,
            converter_factory=default_converter,
        )
        self.rules = rules
        self.client = Client()
        self.configuration = Configuration(rules, self._warn_from_thread)
        self.checker = Checker(self.configuration, self._publish, self.log_error)
        self.has_shut_down = False
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def presenter(self) -> Presenter:
        """Shows findings as this client can have them."""
        client = self.client
        return Presenter(self.rules, client.columns, client.relates, client.tags)

    def introduce(self, params: types.InitializeParams) -> None:
        """Take in who the client is and what it has open."""
        self._loop = asyncio.get_running_loop()
        self.client = Client.of(params.capabilities)
        self.configuration.set_folders(folders_of(params))
        if params.initialization_options is not None:
            options = params.initialization_options
            self.configuration.set_client_settings(client_section(options))

    def ask_for_settings(self) -> None:
        """Ask the client for what it says of each folder, and check everything by it."""
        if self.client.configures:
            self.checker.settings = asyncio.ensure_future(self._settings())
        self.checker.check_all()

    async def _settings(self) -> None:
        folders = self.configuration.folders
        scopes = [None, *(Path(folder).as_uri() for folder in folders)]
        items = [types.ConfigurationItem(scope_uri=scope, section=SECTION) for scope in scopes]
        try:
            answer = await self.workspace_configuration_async(types.ConfigurationParams(items))
        except JsonRpcException as error:
            self.log_error(f"the client does not tell its settings: {error}")
            return
        for folder, given in zip(("", *folders), answer, strict=False):
            if given is not None:
                self.configuration.set_client_settings(given, folder)

    def watch(self) -> None:
        """Ask the client to tell of what changes the settings."""
        wanted: list[types.Registration] = []
        if self.client.watches:
            watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            wanted.append(_registration(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
        if self.client.tells_of_settings:
            section = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
            wanted.append(_registration(types.WORKSPACE_DID_CHANGE_CONFIGURATION, section))
        if wanted:
            self.client_register_capability(types.RegistrationParams(wanted))

    async def offer(self, uri: str) -> Offer | None:
        """Return what there is to do in a document; None where nothing is known of its text."""
        analysis = await self.checker.current(uri)
        if analysis is None or analysis.broken is not None:
            return None
        return Offer(analysis, self.presenter, self.client.actions)

    def show(self, message: str, kind: types.MessageType = types.MessageType.Warning) -> None:
        """Show the user one line."""
        self.window_show_message(types.ShowMessageParams(kind, message))

    def log_error(self, message: str) -> None:
        """Write one line into the client's log of this server."""
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, message))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what the client sent that is of no use, or what went wrong here."""
        if source is FeatureRequestError and isinstance(error, JsonRpcException):
            return  # the answer to the request says it
        text = " ".join(str(error).split())
        self.log_error(f"a message could not be dealt with: {type(error).__name__}: {text}")

    def _publish(self, analysis: Analysis) -> None:
        """Show the findings; a text that does not compile leaves those of before where they are."""
        for failure in analysis.errors:
            self.log_error(f"{failure.path}:{failure.line}: {failure.message}")
        if analysis.broken is not None:
            return
        document = analysis.document
        found = self.presenter.diagnostics(document, analysis.diagnostics)
        self.publish(document.uri, document.version, found)

    def publish(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        """Send the findings of one document."""
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

    def _warn_from_thread(self, message: str) -> None:
        if self._loop is None:
            self.show(message)
        else:
            self._loop.call_soon_threadsafe(self.show, message)


def _registration(method: str, options: object) -> types.Registration:
    return types.Registration(id=method, method=method, register_options=options)
