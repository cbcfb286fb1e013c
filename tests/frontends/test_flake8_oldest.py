"""The plugin under the oldest flake8 that it works with, on the newest Python that this one has."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

VERSION = "6.0.0"
NEWEST_PYTHON = (3, 11)
SLOW = """\
import math

def roots(xs):
    for x in xs:
        math.sqrt(x)
"""
FOUND = "slow.py:5:9: BCL102 `math.sqrt` is looked up on every iteration"

pytestmark = pytest.mark.skipif(
    sys.version_info[:2] != NEWEST_PYTHON, reason=f"flake8 {VERSION} was made for Python up to 3.11"
)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables under which the old flake8 stands before the current one."""
    if not find_spec("pip"):
        pytest.skip("there is no pip to install the old flake8 with")
    folder = tmp_path_factory.mktemp("flake8")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*command, "--target", str(folder), f"flake8=={VERSION}"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    if "connection" in done.stderr.lower() and done.returncode:
        pytest.skip("the old flake8 needs a package index, and none can be reached")
    assert done.returncode == 0, done.stderr
    return {**os.environ, "PYTHONPATH": str(folder), "PYTHONUTF8": "1"}


def flake8(environment: dict[str, str], *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "flake8", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_the_old_version_finds_suppresses_and_reads_options(
    environment: dict[str, str], tmp_path: Path
) -> None:
    version = " ".join(flake8(environment, "--version"))
    assert version.startswith(f"{VERSION} (")
    assert "bclint: " in version
    (tmp_path / "slow.py").write_text(SLOW)
    (tmp_path / "quiet.py").write_text(SLOW.replace("(x)", "(x)  # noqa: BCL102"))
    assert flake8(environment, "--select=BCL", "-j", "2", "slow.py", "quiet.py") == [FOUND]
    (tmp_path / "setup.cfg").write_text("[flake8]\nbclint-min-gain = 100\n")
    assert flake8(environment, "--select=BCL") == []
    (tmp_path / "setup.cfg").unlink()
    (tmp_path / "pyproject.toml").write_text("[tool.bclint]\nselct = 1\n")
    assert flake8(environment, "--select=BCL")[1:] == [
        "bclint: pyproject.toml:2:1: `tool.bclint` has no key `selct`; did you mean `select`?"
    ]
