"""Messages as they go over the wire, for what no client library would send or read."""

from __future__ import annotations

import json
import os
import select
from collections.abc import Iterator
from typing import IO, Any


def message(method: str, params: Any, number: int | None = None) -> bytes:
    content = {"jsonrpc": "2.0", "method": method, "params": params}
    if number is not None:
        content["id"] = number
    return framed(json.dumps(content).encode())


def framed(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def answers(output: bytes) -> Iterator[dict[str, Any]]:
    """The messages in what a server wrote."""
    while output:
        head, _, rest = output.partition(b"\r\n\r\n")
        length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
        yield json.loads(rest[:length])
        output = rest[length:]


def read_until(stream: IO[bytes], words: bytes) -> bytes:
    """What a server writes, up to some time after `words`."""
    read = bytearray()
    while words not in read:
        ready, _, _ = select.select([stream], [], [], 60)
        assert ready, read
        part = os.read(stream.fileno(), 4096)
        assert part, read
        read += part
    return bytes(read)
