"""``bclint server``: the language server over standard streams, or over TCP."""

from __future__ import annotations

from collections.abc import Sequence

from bclint.engine.registry import RegistryError, load_rules
from bclint.frontends.parsing import ArgumentParser, UsageError, complain

HELP = """\
usage: bclint server [--stdio | --tcp [HOST:]PORT]

Serves editors over the language server protocol. Needs `pip install bclint[lsp]`.

  --stdio              speak over standard input and output (the default)
  --tcp [HOST:]PORT    wait for one client at this address (HOST: 127.0.0.1; PORT 0: any free
                       one), and say on standard error which it is

The documentation, docs/editors.md, says what to write into the settings of each editor.
"""


def serve(arguments: Sequence[str]) -> int:
    """Run the subcommand with its own `arguments` until the client leaves; the exit status."""
    parser = ArgumentParser(HELP)
    parser.add_argument("--stdio", action="store_true")
    parser.add_argument("--tcp", metavar="[HOST:]PORT")
    try:
        options = parser.parse(arguments)
        if options is None:
            return 0
        if options.stdio and options.tcp:
            raise UsageError("--stdio and --tcp exclude one another")
        address = _address(options.tcp) if options.tcp is not None else None
        return _serve(address)
    except (UsageError, RegistryError) as error:
        return complain(str(error))


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"--tcp takes a port, or a host and a port, not `{text}`")
    return host.strip("[]") or "127.0.0.1", int(port)


def _serve(address: tuple[str, int] | None) -> int:
    try:
        from bclint.frontends.lsp.handlers import make_server
        from bclint.frontends.lsp.transport import over_streams, over_tcp
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"pygls", "lsprotocol"}:
            raise
        raise UsageError(
            "the language server needs pygls: `pip install 'bclint[lsp]'` in this environment"
        ) from error
    server = make_server(load_rules())
    if address is None:
        return over_streams(server)
    try:
        return over_tcp(server, *address)
    except OSError as error:
        host, port = address
        reason = error.strerror or error
        raise UsageError(f"cannot listen at {host}:{port}: {reason}") from error
