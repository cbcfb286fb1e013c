#!/usr/bin/env python3
"""How soon the language server answers a change of a long file: median and spread.

    python benchmarks/server.py [FILE] [--lines 5000] [--changes 30]

A client opens FILE (the standard library's `_pydecimal` and `typing`, cut to as many lines, unless
told) and types: it puts a statement into one function after the other, or changes it. Measured is
the time from sending a change to having its findings, the wait for further changes included.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

from bclint.frontends.lsp.checker import DELAY


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--lines", type=int, default=5000)
    parser.add_argument("--changes", type=int, default=30)
    options = parser.parse_args()
    lines = options.file.read_text().splitlines() if options.file else _sample(options.lines)
    command = [sys.executable, "-m", "bclint", "server"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as server:
        client = _Client(server)
        first, times, found = client.session(lines, options.changes)
    print(f"CPython {sys.version.split()[0]}, {len(lines)} lines, {found} findings")
    print(f"opened: {first * 1000:.0f} ms")
    quartiles = statistics.quantiles(times, n=4)
    print(
        f"{len(times)} changes: median {statistics.median(times) * 1000:.0f} ms, quartiles "
        f"{quartiles[0] * 1000:.0f} to {quartiles[2] * 1000:.0f} ms, worst "
        f"{max(times) * 1000:.0f} ms; {DELAY * 1000:.0f} ms of each are the wait for more"
    )
    print(f"processor time of a change: {client.processor_time / len(times) * 1000:.0f} ms")
    return 0


def _sample(length: int) -> list[str]:
    """Whole statements of two modules, one after the other, up to `length` lines."""
    text = ""
    for name in ("typing", "_pydecimal"):
        text += Path(str(importlib.import_module(name).__file__)).read_text(encoding="utf-8")
    ends = [statement.end_lineno or 0 for statement in ast.parse(text).body]
    return text.splitlines()[: max(end for end in ends if end <= length)]


class _Client:
    """Speaks just enough of the protocol."""

    def __init__(self, server: subprocess.Popen[bytes]) -> None:
        assert server.stdin
        assert server.stdout
        self._number = server.pid
        self.processor_time = 0.0
        """Seconds that the server's threads ran for all changes; 0 where no one can tell."""
        self._in: IO[bytes] = server.stdin
        self._out: IO[bytes] = server.stdout

    def session(self, lines: list[str], changes: int) -> tuple[float, list[float], int]:
        """Seconds until the first findings and after each change, and how many there are."""
        uri = "untitled:measured"
        self._send("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, 1)
        self._send("initialized", {})
        text = "\n".join(lines) + "\n"
        document = {"uri": uri, "languageId": "python", "version": 0, "text": text}
        start = time.perf_counter()
        self._send("textDocument/didOpen", {"textDocument": document})
        found = self._findings(0)
        first = time.perf_counter() - start
        times = []
        before = self._processor_time()
        for version, change in enumerate(_changes(lines, changes), 1):
            parameters = {
                "textDocument": {"uri": uri, "version": version},
                "contentChanges": [change],
            }
            start = time.perf_counter()
            self._send("textDocument/didChange", parameters)
            self._findings(version)
            times.append(time.perf_counter() - start)
            time.sleep(0.1)
        self.processor_time = self._processor_time() - before
        self._send("shutdown", None, 2)
        self._send("exit", None)
        self._out.read()
        return first, times, found

    def _processor_time(self) -> float:
        try:
            fields = Path(f"/proc/{self._number}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # not Linux
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _send(self, method: str, parameters: Any, number: int | None = None) -> None:
        content = {"jsonrpc": "2.0", "method": method, "params": parameters}
        body = json.dumps(content if number is None else {**content, "id": number}).encode()
        self._in.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._in.flush()

    def _findings(self, version: int) -> int:
        while True:
            header = self._out.readline()
            if not header:
                raise SystemExit("the server has gone")
            if not header.startswith(b"Content-Length: "):
                continue
            while self._out.readline().strip():
                pass
            message = json.loads(self._out.read(int(header.split()[1])))
            parameters = message.get("params") or {}
            if "diagnostics" in parameters and parameters.get("version") == version:
                return len(parameters["diagnostics"])


def _changes(lines: list[str], count: int) -> list[dict[str, Any]]:
    """Insertions before as many `return` statements, spread over the file, from its end up.

    Every second one is a line of its own, so that all that stands below moves.
    """
    places = [number for number, line in enumerate(lines) if line.lstrip().startswith("return ")]
    chosen = places[:: max(1, len(places) // count)][:count]
    found = []
    for index, number in enumerate(reversed(chosen)):
        indent = len(lines[number]) - len(lines[number].lstrip())
        at = {"line": number, "character": indent}
        text = "1\n" + " " * indent if index % 2 else "1; "
        found.append({"range": {"start": at, "end": at}, "text": text})
    return found


if __name__ == "__main__":
    sys.exit(main())
