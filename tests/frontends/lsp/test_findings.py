"""What an editor sees of a document, and when."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

import pytest
from lsprotocol import types
from pytest_lsp import client_capabilities

from tests.frontends.lsp.samples import GROWS, SLOW
from tests.frontends.lsp.sessions import Session, Start

pytestmark = pytest.mark.asyncio

Place = tuple[str | None, str, int, int, int, int]


def ours(folder: Path) -> dict[str, list[Place]]:
    """What the command finds, by file."""
    command = [sys.executable, "-m", "bclint", "--output-format", "json", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    found: dict[str, list[Place]] = {}
    for each in json.loads(done.stdout)["diagnostics"]:
        place = (each[key] for key in ("line", "column", "end_line", "end_column"))
        found.setdefault(each["path"], []).append((each["code"], each["message"], *place))
    return found


def theirs(found: list[types.Diagnostic]) -> list[Place]:
    """What the server, counting in characters, found."""
    return [
        (
            str(each.code),
            each.message,
            each.range.start.line + 1,
            each.range.start.character + 1,
            each.range.end.line + 1,
            each.range.end.character + 1,
        )
        for each in found
    ]


def counting_in(*encodings: str) -> types.ClientCapabilities:
    capabilities = client_capabilities("visual-studio-code")
    assert capabilities.general is not None
    capabilities.general.position_encodings = list(encodings)
    return capabilities


async def test_findings_are_those_of_the_command(start: Start, tmp_path: Path) -> None:
    """In every kind of file, with the settings and comments of a project in force."""
    session = await start(capabilities=counting_in("utf-32"))
    (tmp_path / "pyproject.toml").write_text(
        '[tool.bclint]\nmin-gain = 1\n[tool.bclint.per-file-ignores]\n"part/*" = ["BCL102"]\n'
    )
    texts = {
        "slow.py": SLOW,
        "grows.py": GROWS,
        "part/slow.py": SLOW,
        "noqa.py": SLOW.replace("(x), x", "(x), x  # noqa: BCL102"),
        "quiet.py": f"# bclint: skip-file\n{SLOW}",
        "newlines.py": SLOW.replace("\n", "\r\n"),
        "latin.py": "# -*- coding: latin-1 -*-\n" + SLOW.replace("日本🎈", "ß"),
        "library.py": Path(importlib.import_module("textwrap").__file__ or "").read_text(),
    }
    found: dict[str, list[Place]] = {}
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        encoding = "latin-1" if name == "latin.py" else "utf-8"
        path.write_bytes(text.encode(encoding))
        if places := theirs(await session.show(name, text)):
            found[name] = places
    assert found == ours(tmp_path)
    assert len(found) >= 6


async def test_what_a_finding_says(start: Start) -> None:
    session = await start()
    found = {str(each.code): each for each in await session.show("grows.py", GROWS)}
    regex, alias = found["BCL204"], found["BCL901"]
    assert regex.source == "bclint"
    assert regex.severity == types.DiagnosticSeverity.Warning
    assert regex.tags is None
    assert list(alias.tags or ()) == [types.DiagnosticTag.Unnecessary]
    assert regex.code_description is not None
    page = Path(url2pathname(urlparse(regex.code_description.href).path))
    assert page.read_text(encoding="utf-8").startswith("# BCL204 ")

    (first, *_) = await session.show("slow.py", SLOW)
    assert first.severity in (types.DiagnosticSeverity.Hint, types.DiagnosticSeverity.Information)
    related = {each.message: each.location for each in first.related_information or ()}
    assert related["in this loop"].range.start.line == 5
    assert related["in this loop"].uri == session.uri("slow.py")


async def test_a_client_that_can_do_little_gets_little(start: Start) -> None:
    session = await start(capabilities=types.ClientCapabilities())
    for each in await session.show("grows.py", GROWS):
        assert each.tags is None
        assert each.related_information is None


@pytest.mark.parametrize(
    ("offered", "chosen", "start_column", "end_column"),
    [((), "utf-16", 17, 26), (("utf-8", "utf-16"), "utf-8", 24, 33)],
)
async def test_columns_count_in_the_unit_agreed_on(
    start: Start, offered: tuple[str, ...], chosen: str, start_column: int, end_column: int
) -> None:
    session = await start(capabilities=counting_in(*offered))
    assert session.opened.capabilities.position_encoding == chosen
    (first, *_) = await session.show("slow.py", SLOW)
    line = 6
    assert first.range == types.Range(
        types.Position(line, start_column), types.Position(line, end_column)
    )
    assert "`math.sqrt`" in str(await session.hover("slow.py", line, start_column))
    assert await session.hover("slow.py", line, start_column - 1) is None
    # And the other way round: the text that the client replaces.
    span = types.Range(types.Position(line, start_column), types.Position(line, end_column))
    session.change("slow.py", types.TextDocumentContentChangePartial(span, "x"))
    (only,) = await session.published("slow.py")
    assert only.code == "BCL103"


def insertion(line: int, column: int, text: str) -> types.TextDocumentContentChangePartial:
    at = types.Position(line, column)
    return types.TextDocumentContentChangePartial(types.Range(at, at), text)


async def test_while_typing(start: Start) -> None:
    """A line that is not complete takes nothing away, and what comes of it is found."""
    session = await start()
    found = await session.show("slow.py", SLOW)
    seen: list[int | None] = []
    features = session.client.protocol.fm.features
    keep = features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS]

    def note(params: types.PublishDiagnosticsParams) -> None:
        seen.append(params.version)
        keep(params)

    features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS] = note
    for column, letter in enumerate("if x:"):
        session.change("slow.py", insertion(0, column, letter))
    session.change("slow.py", insertion(0, 5, "\n"))
    broken = session.versions["slow.py"]
    # An answer about the text as it is now: nothing is known of it, and nothing was taken back.
    assert await session.actions("slow.py", found[0].range) == []
    assert await session.hover("slow.py", 6, 18) is None
    assert list(session.client.diagnostics[session.uri("slow.py")]) == found
    session.change("slow.py", insertion(0, 5, " pass"))
    moved = await session.published("slow.py")
    assert [each.range.start.line for each in moved] == [7, 9]
    assert broken not in seen


async def test_a_closed_document_has_no_findings(start: Start) -> None:
    session = await start()
    assert await session.show("slow.py", SLOW)
    identifier = types.TextDocumentIdentifier(session.uri("slow.py"))
    session.client.text_document_did_close(types.DidCloseTextDocumentParams(identifier))
    params = await session.next(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    assert list(params.diagnostics) == []
    assert await session.hover("slow.py", 6, 20) is None


async def test_hover_gives_the_reason_and_the_bytecode(start: Start) -> None:
    session = await start()
    await session.show("slow.py", SLOW)
    text = str(await session.hover("slow.py", 6, 20))
    assert "safe: nothing in the loop can rebind `math.sqrt`" in text
    assert "BCL102 module-attribute-in-loop" in text
    instructions = [line.split() for line in text.split("```")[1].splitlines()[1:]]
    assert [words[-1] for words in instructions if len(words) > 1][:2] == ["math", "sqrt"]
    assert await session.hover("slow.py", 3, 0) is None
    assert await session.hover("slow.py", 99, 99) is None


async def test_what_a_walk_would_not_come_to_is_not_checked(start: Start, tmp_path: Path) -> None:
    for folder in (".git", ".venv/lib", "made", "kept"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / ".gitignore").write_text("made/\n")
    session = await start()
    (tmp_path / "pyproject.toml").write_text('[tool.bclint]\nextend-exclude = ["old_*.py"]\n')
    for name in (".venv/lib/slow.py", "made/slow.py", "kept/old_slow.py"):
        assert await session.show(name, SLOW) == [], name
    assert await session.show("kept/slow.py", SLOW)
    assert await checks_untitled(session)


async def checks_untitled(session: Session) -> bool:
    item = types.TextDocumentItem("untitled:Untitled-1", "python", 1, SLOW)
    session.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    params = await session.next(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return params.uri == "untitled:Untitled-1" and len(params.diagnostics) > 0
