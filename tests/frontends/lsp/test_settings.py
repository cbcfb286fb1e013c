"""Settings: of the client, of pyproject.toml, of several folders, and those of no use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.frontends.lsp.samples import SLOW
from tests.frontends.lsp.sessions import Session, Start

pytestmark = pytest.mark.asyncio

PLAIN = types.ClientCapabilities()
"""A client that cannot be asked for its settings."""


def configure(session: Session, settings: Any) -> None:
    params = types.DidChangeConfigurationParams(settings)
    session.client.workspace_did_change_configuration(params)


async def codes(session: Session, name: str) -> list[object]:
    return [each.code for each in await session.published(name)]


@pytest.mark.parametrize("options", [{"select": ["BCL103"]}, {"bclint": {"ignore": ["BCL102"]}}])
async def test_settings_come_with_the_introduction(start: Start, options: Any) -> None:
    session = await start(capabilities=PLAIN, options=options)
    assert [each.code for each in await session.show("slow.py", SLOW)] == ["BCL103"]


async def test_settings_are_pushed(start: Start) -> None:
    session = await start(capabilities=PLAIN)
    session.open("slow.py", SLOW)
    assert await codes(session, "slow.py") == ["BCL102", "BCL103"]
    configure(session, {"bclint": {"minGain": 90, "outputFormat": "full", "ignore": None}})
    assert await codes(session, "slow.py") == []


async def test_settings_are_asked_for_of_each_folder(start: Start, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        (folder / "pyproject.toml").write_text("[tool.bclint]\nmin-gain = 0\n")
    session = await start(one, other, settings={"min-gain": 100})
    session.client.set_configuration(
        {"select": ["BCL103"], "perFileIgnores": {"/deep/": ["ALL"]}},
        section="bclint",
        scope_uri=other.as_uri(),
    )
    configure(session, None)
    assert await session.show("one/slow.py", SLOW) == []
    assert [each.code for each in await session.show("other/slow.py", SLOW)] == ["BCL103"]
    assert await session.show("other/deep/slow.py", SLOW) == []
    # A folder that leaves the workspace takes its settings with it.
    removed = [types.WorkspaceFolder(one.as_uri(), "one")]
    event = types.WorkspaceFoldersChangeEvent(added=[], removed=removed)
    session.client.workspace_did_change_workspace_folders(
        types.DidChangeWorkspaceFoldersParams(event)
    )
    session.change("one/slow.py", SLOW)
    assert await codes(session, "one/slow.py") == []


async def test_pyproject_is_watched(start: Start, tmp_path: Path) -> None:
    session = await start()
    registered: list[str] = []

    def register(params: types.RegistrationParams) -> None:
        registered.extend(each.method for each in params.registrations)

    session.client.feature(types.CLIENT_REGISTER_CAPABILITY)(register)
    assert len(await session.show("slow.py", SLOW)) == 2
    path = tmp_path / "pyproject.toml"
    path.write_text('[tool.bclint]\nmin-gain = 0\nselect = ["BCL103"]\n')
    event = types.FileEvent(path.as_uri(), types.FileChangeType.Changed)
    session.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    assert await codes(session, "slow.py") == ["BCL103"]
    # Even a client that tells nothing sees the change with the next key.
    path.write_text('[tool.bclint]\nselect = ["BCL204"]\n')
    session.change("slow.py", f"{SLOW}\n")
    assert await codes(session, "slow.py") == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"select": "BCL1"}, "`bclint.select` must be a list of strings, not 'BCL1'"),
        ({"selct": ["BCL1"]}, "has no key `selct`; did you mean `select`?"),
        ({"ignore": ["BCL9999"]}, "no rule is called `BCL9999`"),
        ({"minGain": True}, "`bclint.min-gain` must be a percentage"),
        (["BCL1"], "must be a table"),
    ],
)
async def test_settings_of_no_use_change_nothing(start: Start, settings: Any, message: str) -> None:
    session = await start(capabilities=PLAIN, options={"select": ["BCL103"]})
    configure(session, {"bclint": settings})
    assert "client" in await session.logged(message)
    assert [each.code for each in await session.show("slow.py", SLOW)] == ["BCL103"]


async def test_a_broken_pyproject_is_told_once_and_the_last_good_one_holds(
    start: Start, tmp_path: Path
) -> None:
    session = await start()
    path = tmp_path / "pyproject.toml"
    path.write_text('[tool.bclint]\nmin-gain = 0\nselect = ["BCL103"]\n')
    assert [each.code for each in await session.show("slow.py", SLOW)] == ["BCL103"]
    for text, message in (
        ('[tool.bclint]\nmin-gain = "3"\n', "pyproject.toml:2:1: `tool.bclint.min-gain` must be"),
        ("[tool.bclint\n", "pyproject.toml:1:13: is not valid TOML"),
    ):
        path.write_text(text)
        for _ in range(2):
            session.change("slow.py", SLOW)
            assert await codes(session, "slow.py") == ["BCL103"]
        assert await session.logged(message)
        assert sum(message in each.message for each in session.client.messages) == 1
    path.write_text('[tool.bclint]\nmin-gain = 0\nselect = ["BCL102"]\n')
    session.change("slow.py", SLOW)
    assert await codes(session, "slow.py") == ["BCL102"]
