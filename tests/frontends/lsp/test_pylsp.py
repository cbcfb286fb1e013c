"""The plugin under the real python-lsp-server, whose introduction pytest-lsp cannot read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.frontends.lsp.samples import SLOW
from tests.frontends.lsp.wire import answers, message, read_until


def test_python_lsp_server_shows_our_findings(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.bclint]\nmin-gain = 0\nignore = ["BCL103"]\n')
    (tmp_path / "slow.py").write_text(SLOW, encoding="utf-8")
    uri = (tmp_path / "slow.py").as_uri()
    document = {"uri": uri, "languageId": "python", "version": 1, "text": SLOW}
    introduction: dict[str, object] = {
        "processId": None,
        "rootUri": tmp_path.as_uri(),
        "capabilities": {},
    }
    command = [sys.executable, "-m", "pylsp"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as server:
        assert server.stdin
        assert server.stdout
        server.stdin.write(message("initialize", introduction, 1))
        server.stdin.write(message("initialized", {}))
        server.stdin.write(message("textDocument/didOpen", {"textDocument": document}))
        server.stdin.flush()
        read = read_until(server.stdout, b"publishDiagnostics")
        server.stdin.write(message("shutdown", None, 2) + message("exit", None))
        server.stdin.close()
        read += server.stdout.read()
    published = [
        each["params"] for each in answers(read) if "Diagnostics" in each.get("method", "")
    ]
    (found,) = (each for each in published[0]["diagnostics"] if each["source"] == "bclint")
    assert found["code"] == "BCL102"
    start, end = {"line": 6, "character": 17}, {"line": 6, "character": 26}
    assert found["range"] == {"start": start, "end": end}
    assert found["severity"] in (3, 4)
