"""A client that sends nonsense, and things that are not where they were: the server lives on."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from lsprotocol import types

from tests.frontends.lsp.samples import SLOW
from tests.frontends.lsp.sessions import SERVER, Session, Start
from tests.frontends.lsp.wire import answers, framed, message, read_until

pytestmark = pytest.mark.asyncio


async def is_alive(session: Session, name: str = "alive.py") -> bool:
    return len(await session.show(name, SLOW)) == 2


async def test_a_version_that_goes_backwards(start: Start) -> None:
    session = await start()
    await session.show("slow.py", SLOW)
    session.change("slow.py", SLOW + "\n", version=9)
    await session.published("slow.py")
    session.change("slow.py", "\n" + SLOW, version=3)
    moved = await session.published("slow.py")
    assert [each.range.start.line for each in moved] == [7, 9]
    assert "the text is taken as it came" in await session.logged("version 3 follows version 9")


async def test_changes_that_fit_nothing(start: Start) -> None:
    """A document that is not open, and places that the text does not have."""
    session = await start()
    session.versions["ghost.py"] = 1
    session.change("ghost.py", SLOW)
    assert "the change is ignored" in await session.logged("ghost.py")
    assert await session.hover("ghost.py", 0, 0) is None
    await session.show("slow.py", SLOW)
    span = types.Range(types.Position(10_000, 10_000), types.Position(9, 10_000))
    session.change("slow.py", types.TextDocumentContentChangePartial(span, "\n# the end\n"))
    assert len(await session.published("slow.py")) == 2
    close = types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(session.uri("no.py")))
    session.client.text_document_did_close(close)
    assert await is_alive(session)


async def test_files_and_folders_that_vanish(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "slow.py").write_text(SLOW, encoding="utf-8")
    session = await start(folder)
    assert len(await session.show("project/slow.py", SLOW)) == 2
    shutil.rmtree(folder)
    session.change("project/slow.py", f"\n{SLOW}")
    assert len(await session.published("project/slow.py")) == 2
    actions = await session.actions("project/slow.py", types.Range(*2 * [types.Position(7, 20)]))
    assert any("BCL102: bind" in action.title for action in actions)


async def test_texts_that_no_file_can_hold(start: Start) -> None:
    session = await start()
    broken = ("# coding: latin-1\n'日本'\n", "# coding: nonsense\n", "\0", "'\ud800'", "(" * 999)
    for number, text in enumerate(broken):
        session.open(f"odd{number}.py", text)
        assert await session.hover(f"odd{number}.py", 0, 0) is None
    assert await is_alive(session)


INTRODUCTION = message("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, 1)
NONSENSE = (
    framed(b"{"),
    framed(b"\xff\xfe"),
    framed(b"5"),
    framed(b"[]"),
    framed(b"{}"),
    framed(b'{"jsonrpc": "2.0"}'),
    framed(b'{"jsonrpc": "2.0", "id": 77, "result": 5}'),
    b"Content-Length: many\r\n\r\n",
    b"\r\n\r\nnonsense\r\n",
    message("textDocument/didChange", {"textDocument": 5}),
    message("textDocument/didOpen", None),
    message("nothing/likeThis", {"a": 1}),
    message("$/cancelRequest", {"id": 4711}),
    message("workspace/didChangeConfiguration", {"settings": {"bclint": 5}}),
)
REQUESTS = {
    2: message("textDocument/hover", {"textDocument": {}, "position": "here"}, 2),
    3: message("nothing/likeThis", {}, 3),
    4: message("codeAction/resolve", {"title": "x", "data": {"uri": 5}}, 4),
    5: message("textDocument/codeAction", [], 5),
    6: message("workspace/executeCommand", {"command": "no.such"}, 6),
    7: message("workspace/executeCommand", {"command": "bclint.explain"}, 7),
}


async def test_nonsense_is_answered_with_errors(tmp_path: Path) -> None:
    """Every request has an answer, and what comes after all of it is served."""
    (tmp_path / "pyproject.toml").write_text("[tool.bclint]\nmin-gain = 0\n")
    uri = (tmp_path / "slow.py").as_uri()
    document = {"uri": uri, "languageId": "python", "version": 1, "text": SLOW}
    at = {"textDocument": {"uri": uri}, "position": {"line": 6, "character": 20}}
    sent = [
        INTRODUCTION,
        *NONSENSE,
        *REQUESTS.values(),
        message("textDocument/didOpen", {"textDocument": document}),
        message("textDocument/hover", at, 8),
    ]
    with subprocess.Popen(
        SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as server:
        assert server.stdin
        assert server.stdout
        server.stdin.write(b"".join(sent))
        server.stdin.flush()
        read = read_until(server.stdout, b"nothing in the loop can rebind")
        server.stdin.write(message("shutdown", None, 9) + message("exit", None))
        server.stdin.close()
        read += server.stdout.read()
        assert server.wait() == 0
    by_number = {
        each["id"]: each for each in answers(read) if "id" in each and "method" not in each
    }
    assert by_number[1]["result"]["serverInfo"]["name"] == "bclint"
    for number in REQUESTS:
        assert by_number[number]["error"]["message"], number
    logged = [each["params"].get("message") for each in answers(read) if "params" in each]
    assert any("a message could not be dealt with" in str(text) for text in logged)
    assert any("bclint's settings in the client: must be a table" in str(text) for text in logged)


async def test_a_client_that_leaves_without_a_word() -> None:
    done = subprocess.run(SERVER, input=INTRODUCTION, capture_output=True, timeout=60)
    assert done.returncode == 1
    assert next(answers(done.stdout))["id"] == 1
