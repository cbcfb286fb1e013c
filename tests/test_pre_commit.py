"""A real ``pre-commit run`` with a commit of this checkout as its hook repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TESTED_ON = (3, 14)
SHIPPED = ("bclint", "rules", "pyproject.toml", "setup.cfg", "README.md", "LICENSE")
SLOW = """\
import math


def roots(xs):
    for x in xs:
        math.sqrt(x)
"""
FIXED = """\
import math


def roots(xs):
    sqrt = math.sqrt
    for x in xs:
        sqrt(x)
"""
NO_NETWORK = ("NewConnectionError", "NameResolutionError", "ProxyError", "Timeout", "timed out")

pytestmark = [
    pytest.mark.skipif(
        sys.version_info[:2] != TESTED_ON,
        reason="one version is enough: pre-commit makes an environment of its own",
    ),
    pytest.mark.skipif(not shutil.which("git"), reason="pre-commit needs git"),
]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Variables without the caller's git and pre-commit, whose caches stay in `tmp_path`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    people = {
        f"GIT_{who}_{what}": "test@example.org"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    return {
        **kept,
        **people,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "PRE_COMMIT_HOME": str(tmp_path / "cache"),
        "PRE_COMMIT_COLOR": "never",
    }


def git(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(folder: Path, environment: dict[str, str]) -> str:
    git(folder, environment, "init", "-q")
    git(folder, environment, "add", "-A")
    git(folder, environment, "commit", "-q", "-m", "all", "--no-verify")
    return git(folder, environment, "rev-parse", "HEAD")


def hook_repository(folder: Path, environment: dict[str, str]) -> str:
    """Commit what this checkout ships into `folder`; returns the revision."""
    unwanted = shutil.ignore_patterns("__pycache__", "*.egg-info")
    folder.mkdir()
    for name in (*SHIPPED, ".pre-commit-hooks.yaml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=unwanted)
        else:
            shutil.copy(source, folder)
    return commit(folder, environment)


def test_hooks_fail_and_fix_and_then_pass(tmp_path: Path, environment: dict[str, str]) -> None:
    pytest.importorskip("pre_commit", reason="the test extra is not installed")
    hooks, project = tmp_path / "hooks", tmp_path / "project"
    revision = hook_repository(hooks, environment)
    (project / "generated").mkdir(parents=True)
    (project / "slow.py").write_text(SLOW)
    (project / "generated" / "slow.py").write_text(SLOW)
    (project / "pyproject.toml").write_text('[tool.bclint]\nextend-exclude = ["generated"]\n')
    (project / ".pre-commit-config.yaml").write_text(
        f"default_language_version:\n  python: {sys.executable}\n"
        f"repos:\n- repo: {hooks}\n  rev: {revision}\n"
        "  hooks:\n  - id: bclint\n  - id: bclint-fix\n"
    )
    commit(project, environment)

    def pre_commit(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", *arguments]
        return subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, timeout=300
        )

    installed = pre_commit("install-hooks")
    if installed.returncode and any(sign in installed.stdout for sign in NO_NETWORK):
        pytest.skip("pre-commit's environment needs a package index, and none can be reached")
    assert installed.returncode == 0, installed.stdout + installed.stderr

    first = pre_commit("run", "--all-files")
    assert first.returncode == 1
    check, fix = first.stdout.split("bclint (fix)")
    assert "slow.py:6:9: BCL102 `math.sqrt` is looked up on every iteration" in check
    assert "Found 1 finding" in check
    assert "- files were modified by this hook" in fix
    assert (project / "slow.py").read_text() == FIXED
    assert (project / "generated" / "slow.py").read_text() == SLOW

    git(project, environment, "add", "slow.py")
    second = pre_commit("run", "--all-files")
    assert second.returncode == 0, second.stdout
    assert second.stdout.count("Passed") == 2
