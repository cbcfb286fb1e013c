"""How client and server reach one another."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Event

from pygls.io_ import run_async

from bclint.frontends.lsp.server import Server


def over_streams(server: Server) -> int:
    """Serve over standard input and output until the client leaves; the exit status."""
    _log_to_standard_error()
    output = sys.stdout.buffer
    # A rule of somebody's that prints must not disturb the protocol.
    sys.stdout = sys.stderr
    server.start_io(sys.stdin.buffer, output)
    return _ended(server)


def over_tcp(server: Server, host: str, port: int) -> int:
    """Serve the first client at `host` and `port`, until it leaves; the exit status.

    Raises `OSError` where nobody can listen there.
    """
    _log_to_standard_error()
    with suppress(SystemExit):  # the client said `exit`
        asyncio.run(serve_one(server, host, port, _say_where))
    return _ended(server)


async def serve_one(
    server: Server, host: str, port: int, announce: Callable[[str, int], None]
) -> None:
    """Serve the first client at `host` and `port`; `announce` is told where that really is.

    Raises `OSError` where nobody can listen there.
    """
    served = asyncio.get_running_loop().create_future()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listener.close()
        server.protocol.set_writer(writer)
        try:
            await run_async(
                stop_event=Event(),
                reader=reader,
                protocol=server.protocol,
                error_handler=server.report_server_error,
            )
        finally:
            writer.close()
            served.set_result(None)

    listener = await asyncio.start_server(connected, host, port)
    announce(*listener.sockets[0].getsockname()[:2])
    await served


def _say_where(host: str, port: int) -> None:
    print(f"bclint: listening at {host}:{port}", file=sys.stderr, flush=True)


def _ended(server: Server) -> int:
    """The exit status that the protocol asks for: 1 for a client that left without a word."""
    server.checker.stop()
    return 0 if server.has_shut_down else 1


def _log_to_standard_error() -> None:
    logging.basicConfig(stream=sys.stderr, format="bclint server: %(message)s")
