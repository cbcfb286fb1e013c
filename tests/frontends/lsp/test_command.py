"""``bclint server`` as a command: its options, and what stands in its way."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities
from pytest_lsp.client import make_test_lsp_client

from tests.frontends.lsp.samples import SLOW
from tests.frontends.lsp.sessions import SERVER, Session

WITHOUT_PYGLS = """\
import sys
sys.modules["pygls"] = None
from bclint.frontends.cli import main
sys.exit(main(sys.argv[1:]))
"""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_without_pygls_one_line_says_what_to_do(tmp_path: Path) -> None:
    done = run(sys.executable, "-c", WITHOUT_PYGLS, "server")
    assert done.returncode == 2
    assert done.stderr == (
        "bclint: the language server needs pygls: `pip install 'bclint[lsp]'` in this environment\n"
    )
    (tmp_path / "slow.py").write_text(SLOW, encoding="utf-8")
    for arguments in (["--diff", str(tmp_path)], ["server", "--help"]):
        done = run(sys.executable, "-c", WITHOUT_PYGLS, *arguments)
        assert done.returncode in (0, 1), done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tcp", "here"], "--tcp takes a port, or a host and a port, not `here`"),
        (["--tcp", "65536"], "--tcp takes a port, or a host and a port, not `65536`"),
        (["--tcp", "0", "--stdio"], "--stdio and --tcp exclude one another"),
        (["--tpc", "0"], "there is no option `--tpc`; did you mean `--tcp`?"),
    ],
)
def test_mistakes_on_the_command_line(arguments: list[str], message: str) -> None:
    done = run(*SERVER, *arguments)
    assert (done.returncode, done.stderr) == (2, f"bclint: {message}\n")


def test_an_address_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(*SERVER, "--tcp", str(port))
    assert done.returncode == 2
    assert done.stderr.startswith(f"bclint: cannot listen at 127.0.0.1:{port}: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.asyncio
async def test_over_tcp(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.bclint]\nmin-gain = 0\n")
    server = await asyncio.create_subprocess_exec(
        *SERVER, "--tcp", "localhost:0", stderr=asyncio.subprocess.PIPE, env={**os.environ}
    )
    assert server.stderr
    line = (await server.stderr.readline()).decode()
    assert line.startswith("bclint: listening at ")
    host, _, port = line.split()[-1].rpartition(":")
    client = make_test_lsp_client()
    await client.start_tcp(host, int(port))
    opened = await client.initialize_session(
        types.InitializeParams(capabilities=types.ClientCapabilities(), root_path=str(tmp_path))
    )
    assert len(await Session(client, tmp_path, opened).show("slow.py", SLOW)) == 2
    await client.shutdown_async(None)
    client.exit(None)
    assert await server.wait() == 0
    await client.stop()


@pytest.mark.asyncio
async def test_over_standard_streams(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.bclint]\nmin-gain = 0\n")
    client = await ClientServerConfig(server_command=[*SERVER, "--stdio"]).start()
    assert isinstance(client, LanguageClient)
    opened = await client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities("neovim"), root_uri=tmp_path.as_uri()
        )
    )
    assert len(await Session(client, tmp_path, opened).show("slow.py", SLOW)) == 2
    await client.shutdown_session()
    assert client._server is not None
    assert client._server.returncode == 0
    await client.stop()
