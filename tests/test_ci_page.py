"""The workflows that docs/ci.md shows: YAML, with commands that bclint understands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bclint.frontends.options import parse_options

PAGE = Path(__file__).resolve().parent.parent / "docs" / "ci.md"
BLOCK = re.compile(r"^```yaml (?P<file>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def workflows() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml", reason="an older test environment")
    page = PAGE.read_text(encoding="utf-8")
    return {match["file"]: yaml.safe_load(match["text"]) for match in BLOCK.finditer(page)}


def commands(content: Any) -> Iterator[str]:
    """Every shell command of a workflow."""
    for job in content.get("jobs", content).values():
        if isinstance(job, dict):
            yield from job.get("script", [])
            yield from (step["run"] for step in job.get("steps", []) if "run" in step)


def test_the_page_has_a_workflow_for_each_server() -> None:
    assert sorted(workflows()) == [
        ".github/workflows/bclint.yml",
        ".github/workflows/code-scanning.yml",
        ".gitlab-ci.yml",
    ]


def test_workflows_have_what_their_server_asks_for() -> None:
    for file, content in workflows().items():
        if not file.startswith(".github"):
            continue
        assert True in content  # `on`, which YAML 1.1 reads so
        for job in content["jobs"].values():
            assert job["runs-on"]
            assert all(("uses" in step) != ("run" in step) for step in job["steps"])


def test_every_command_is_one_that_bclint_understands() -> None:
    for file, content in workflows().items():
        lines = [line for line in commands(content) if line.startswith("bclint ")]
        assert len(lines) == 1, file
        options = parse_options(shlex.split(lines[0])[1:])
        assert options is not None
        assert options.choices.output_format in {"github", "sarif", "gitlab"}
        if options.output_file:
            assert options.output_file in str(content).replace(lines[0], "")
