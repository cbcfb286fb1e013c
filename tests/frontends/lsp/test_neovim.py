"""A real editor: it shows a finding, and applies the fix of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frontends.lsp.samples import SLOW

NEOVIM = shutil.which("nvim")
SCRIPT = Path(__file__).parent / "editor.lua"


@pytest.mark.skipif(NEOVIM is None, reason="Neovim is not installed (Debian: apt install neovim)")
def test_neovim_shows_a_finding_and_applies_its_fix(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.bclint]\nmin-gain = 0\n")
    done = subprocess.run(
        [str(NEOVIM), "--clean", "--headless", "-n", "-c", f"luafile {SCRIPT}"],
        env={
            **os.environ,
            "BCLINT_FOLDER": str(tmp_path),
            "BCLINT_PYTHON": sys.executable,
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            "XDG_DATA_HOME": str(tmp_path / "data"),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    line = SLOW.splitlines()[6]
    # Neovim counts bytes, whatever was agreed on with the server.
    start = len(line[: line.index("math")].encode())
    first, second = json.loads((tmp_path / "seen.json").read_text())
    assert first == ["BCL102", 6, start, start + len("math.sqrt"), "bclint"]
    assert second[:2] == ["BCL103", 8]
    fixed = SLOW.replace("math.sqrt(x)", "sqrt(x)").replace(
        "    for x", "    sqrt = math.sqrt\n    for x"
    )
    assert (tmp_path / "slow.py").read_text(encoding="utf-8") == fixed
