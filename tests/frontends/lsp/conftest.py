"""The server's tests need pytest-lsp, which the extra `test` brings."""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("pytest_lsp"):
    from tests.frontends.lsp.sessions import start as start
else:
    collect_ignore_glob = ["test_*.py"]
