"""The protocol as pygls speaks it, with documents of our own and an answer to every request.

pygls splits lines at form feeds and other characters that no client takes for line ends, and
leaves requests that it cannot read without an answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol, lsp_method

_Step = Iterator[tuple[Any, tuple[Any, ...], None]]
"""What pygls runs for a message: handlers with their arguments."""


class Protocol(LanguageServerProtocol):
    """Hands changes of documents to the server's own handlers, and to nothing before them."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Read one message; a request that cannot be read is answered with an error."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "method" in data and isinstance(data.get("id"), (int, str)):
                self._send_response(data["id"], error=error.to_response_error())
            raise

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> _Step:
        """Take in a document."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> _Step:
        """Take in a change."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> _Step:
        """Forget a document."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE], (params,), None
