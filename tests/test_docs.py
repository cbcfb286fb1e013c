"""The documentation against the program: console sessions are replayed, links are followed.

A ```` ```python geo.py ```` block (any language and a file name) writes that file into a folder
of the page's own, and each ```` ```console ```` block below it runs there. It holds ``$ bclint …``,
``$ python …``, ``$ cat FILE`` and ``$ echo $?``, each followed by its exact output; a line ``...``
stands for any lines, and `` ...`` for the end of one. Other languages, ``sh`` for one, only show.
"""

from __future__ import annotations

import importlib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bclint.testing.page import read_page
from bclint.testing.runner import check_case
from bclint_rules import PACK

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")])
BLOCK = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:)(?P<file>[^)#]*)(?:#(?P<part>[^)]*))?\)")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    for match in BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield match["info"].strip(), match["text"]


def sessions(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block with its output."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def run(command: str, folder: Path, status: int) -> tuple[str, int]:
    """Output and exit status of one of the few commands that a page may show."""
    if command == "echo $?":
        return f"{status}\n", 0
    program, *arguments = shlex.split(command)
    if program == "cat":
        return "".join((folder / name).read_text(encoding="utf-8") for name in arguments), 0
    assert program in {"bclint", "python"}, f"the pages' test does not know {command!r}"
    start = ["-m", "bclint"] if program == "bclint" else []
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, *start, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
    )
    return done.stdout, done.returncode


def pattern_of(line: str) -> str:
    if line.strip() == "...":
        return r"(?:.*\n)*"
    if line.endswith(" ..."):
        return re.escape(line.removesuffix("...")) + r".+\n"
    return re.escape(f"{line}\n")


def matches(expected: str, got: str) -> bool:
    pattern = "".join(map(pattern_of, expected.rstrip("\n").splitlines()))
    return re.fullmatch(pattern, f"{got.rstrip()}\n" if got.strip() else "") is not None


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_console_sessions_show_what_happens(page: Path, tmp_path: Path) -> None:
    status = 0
    for info, text in blocks(page):
        _, _, file = info.partition(" ")
        if "." in file:
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text(text, encoding="utf-8")
        elif info == "console":
            for command, expected in sessions(text):
                got, status = run(command, tmp_path, status)
                assert matches(expected, got), f"$ {command}\n{got}"


def test_the_first_command_shows_a_safe_fix() -> None:
    """What a new user sees first must be a finding with its change, on every version."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (module,) = re.findall(r"import (\w+); print\(\1\.__file__\)", text)
    file = str(importlib.import_module(module).__file__)
    assert file is not None
    got, status = run(f"bclint --isolated {shlex.quote(file)}", ROOT, 0)
    assert status == 1
    assert "= safe: " in got


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    for link in LINK.finditer(text):
        target = page.parent / link["file"] if link["file"] else page
        assert target.exists(), link[0]
        if link["part"]:
            assert link["part"] in set(anchors(target)), link[0]


_PUNCTUATION = re.compile(r"[^\w\s-]")


def anchors(page: Path) -> Iterator[str]:
    """What the headings of a page are called in links to them."""
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            words = _PUNCTUATION.sub("", line.lstrip("#").strip().lower())
            yield words.replace(" ", "-")


def test_every_page_is_in_the_index() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {link["file"] for link in LINK.finditer(index.read_text(encoding="utf-8"))}
    assert {page.name for page in index.parent.glob("*.md")} - {"index.md"} <= linked


def test_the_cases_shown_to_rule_authors_pass() -> None:
    text = (ROOT / "docs" / "writing-rules.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^````markdown\n(.*?)^````$", text, re.MULTILINE | re.DOTALL)
    page = read_page("writing-rules.md", f"# BCL102 x\n\n## Cases\n\n{shown}")
    (rule,) = (rule for rule in PACK.rules if rule.code == "BCL102")
    assert len(page.cases) == 2
    for case in page.cases:
        assert list(check_case(rule, page, case)) == []


def test_the_comparison_takes_no_other_output() -> None:
    assert matches("a\n...\nd\n", "a\nb\nc\nd\n")
    assert matches("a\n...\nd\n", "a\nd\n")
    assert matches("", "")
    assert not matches("", "a\n")
    assert not matches("a\n", "a\nb\n")
    assert not matches("a.c\n", "abc\n")
