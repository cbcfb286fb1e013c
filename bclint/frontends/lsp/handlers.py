"""What the server does at each message of the client."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from bclint.frontends.lsp.actions import EXPLAIN, FIX_ALL, NotAppliedError
from bclint.frontends.lsp.client import paths_of
from bclint.frontends.lsp.configuration import client_section
from bclint.frontends.lsp.documents import Document
from bclint.frontends.lsp.hover import hover, hover_content
from bclint.frontends.lsp.presentation import page_uri
from bclint.frontends.lsp.server import Server
from bclint.rule import Rule


def make_server(rules: Sequence[Rule]) -> Server:
    """Make a server of findings of `rules` that answers every message it knows."""
    server = Server(rules)
    features: tuple[tuple[str, Callable[..., Any], Any], ...] = (
        (types.INITIALIZE, _initialize, None),
        (types.INITIALIZED, _initialized, None),
        (types.SHUTDOWN, _shutdown, None),
        (types.TEXT_DOCUMENT_DID_OPEN, _did_open, None),
        (types.TEXT_DOCUMENT_DID_CHANGE, _did_change, None),
        (types.TEXT_DOCUMENT_DID_SAVE, _did_save, None),
        (types.TEXT_DOCUMENT_DID_CLOSE, _did_close, None),
        (types.WORKSPACE_DID_CHANGE_CONFIGURATION, _did_change_configuration, None),
        (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, _did_change_watched_files, None),
        (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, _did_change_folders, None),
        (types.TEXT_DOCUMENT_CODE_ACTION, _code_action, _ACTION_OPTIONS),
        (types.CODE_ACTION_RESOLVE, _resolve, None),
        (types.TEXT_DOCUMENT_HOVER, _hover, None),
    )
    for method, handler, options in features:
        server.feature(method, options)(_bound(handler, server))
    server.command(EXPLAIN)(_bound(_explain, server))
    return server


_ACTION_OPTIONS = types.CodeActionOptions(
    code_action_kinds=[types.CodeActionKind.QuickFix, FIX_ALL], resolve_provider=True
)


def _bound(handler: Callable[..., Any], server: Server) -> Callable[..., Any]:
    """`handler` with its server, in a form that pygls can still ask about."""
    if inspect.iscoroutinefunction(handler):

        async def answer(*arguments: Any) -> Any:
            return await handler(server, *arguments)

        return answer
    return partial(handler, server)


def _initialize(server: Server, params: types.InitializeParams) -> None:
    server.introduce(params)


def _initialized(server: Server, _: types.InitializedParams) -> None:
    server.watch()
    server.ask_for_settings()


def _shutdown(server: Server, _: None) -> None:
    server.has_shut_down = True
    server.checker.stop()


def _did_open(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    item = params.text_document
    server.checker.opened(Document(item.uri, item.version, item.text))


def _did_change(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    uri, version = params.text_document.uri, params.text_document.version
    document = server.checker.document(uri)
    if document is None:
        server.log_error(f"{uri} was changed without being open; the change is ignored")
        return
    if version <= document.version:
        server.log_error(
            f"{uri}: version {version} follows version {document.version}; "
            "the text is taken as it came"
        )
    changed = document.changed(version, params.content_changes, server.client.columns)
    server.checker.changed(changed)


def _did_save(server: Server, _: types.DidSaveTextDocumentParams) -> None:
    server.checker.check_all()


def _did_close(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    uri = params.text_document.uri
    server.checker.closed(uri)
    server.publish(uri, None, [])


def _did_change_configuration(server: Server, params: types.DidChangeConfigurationParams) -> None:
    if not server.client.configures and params.settings is not None:
        server.configuration.set_client_settings(client_section(params.settings))
    server.ask_for_settings()


def _did_change_watched_files(server: Server, _: types.DidChangeWatchedFilesParams) -> None:
    server.checker.check_all()


def _did_change_folders(server: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    gone = set(paths_of(params.event.removed))
    kept = [folder for folder in server.configuration.folders if folder not in gone]
    server.configuration.set_folders([*kept, *paths_of(params.event.added)])
    server.ask_for_settings()


async def _code_action(
    server: Server, params: types.CodeActionParams
) -> list[types.CodeAction] | None:
    offer = await server.offer(params.text_document.uri)
    if offer is None:
        return None
    return await server.checker.run(partial(offer.actions, params.range, params.context))


async def _resolve(server: Server, action: types.CodeAction) -> types.CodeAction:
    data = action.data
    if action.command is not None or not isinstance(data, dict):
        return action
    offer = await server.offer(str(data.get("uri")))
    if offer is None:
        raise _failed("the text does not compile as it is now: nothing is changed")
    try:
        return await server.checker.run(partial(offer.resolved, action)) or action
    except NotAppliedError as error:
        raise _failed(str(error)) from error


def _failed(message: str) -> JsonRpcException:
    return JsonRpcException(message, types.LSPErrorCodes.RequestFailed.value)


async def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    analysis = await server.checker.current(params.text_document.uri)
    if analysis is None or analysis.broken is not None:
        return None
    lines = analysis.document.lines
    line, column = server.client.columns.place_of(lines, params.position)
    text = await server.checker.run(partial(hover, analysis, server.rules, line, column))
    return types.Hover(hover_content(text, server.client.hover_formats)) if text else None


async def _explain(server: Server, *arguments: Any) -> None:
    """Show the page of the rule that the first argument names."""
    code = arguments[0] if arguments else None
    rule = next((rule for rule in server.rules if rule.code == code), None)
    if rule is None:
        raise JsonRpcInvalidParams(f"{EXPLAIN} takes the code of a rule, not {code!r}")
    if not server.client.shows_documents or not (rule.folder / "rule.md").is_file():
        text = f"{rule.code} {rule.name}: {rule.summary}. `bclint explain {rule.code}` says more."
        server.show(text, types.MessageType.Info)
        return
    params = types.ShowDocumentParams(page_uri(rule), take_focus=True)
    await server.window_show_document_async(params)
