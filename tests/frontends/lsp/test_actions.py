"""What an editor offers to do, and what comes of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import client_capabilities

from tests.frontends.lsp.samples import SLOW
from tests.frontends.lsp.sessions import Action, Session, Start, texts_after

pytestmark = pytest.mark.asyncio

FIXED = SLOW.replace("math.sqrt(x)", "sqrt(x)").replace(
    "    for x", "    sqrt = math.sqrt\n    for x"
)
UNSAFE = """\
def f(xs, p):
    for x in xs:
        p.a.b[x] = x
"""
EVERYWHERE = types.Range(types.Position(0, 0), types.Position(99, 0))


def position(line: int, character: int) -> types.Range:
    at = types.Position(line, character)
    return types.Range(at, at)


def titled(found: list[Action], words: str) -> types.CodeAction:
    (action,) = (each for each in found if words in each.title)
    assert isinstance(action, types.CodeAction)
    return action


async def applied(session: Session, name: str, text: str, action: types.CodeAction) -> str:
    resolved = await session.client.code_action_resolve_async(action)
    return texts_after(text, resolved, session.uri(name))


async def test_a_safe_fix(start: Start) -> None:
    session = await start()
    await session.show("slow.py", SLOW)
    action = titled(await session.actions("slow.py", position(6, 20)), "BCL102: bind")
    assert action.kind == types.CodeActionKind.QuickFix
    assert action.is_preferred
    assert [each.code for each in action.diagnostics or ()] == ["BCL102"]
    assert await applied(session, "slow.py", SLOW, action) == FIXED


async def test_what_cannot_be_proved_says_so(start: Start) -> None:
    session = await start()
    await session.show("slow.py", SLOW)
    shown = titled(await session.actions("slow.py", position(8, 10)), "BCL103: bind")
    assert shown.disabled is not None
    assert "the call of `journal.flush` on line 8 may rebind" in shown.disabled.reason
    await session.show("deep.py", UNSAFE)
    unsafe = titled(await session.actions("deep.py", EVERYWHERE, ["quickfix"]), "(unsafe: ")
    assert not unsafe.is_preferred
    assert "    b = p.a.b\n" in await applied(session, "deep.py", UNSAFE, unsafe)


async def test_all_safe_fixes_are_those_of_the_command(start: Start, tmp_path: Path) -> None:
    session = await start()
    text = SLOW + SLOW.replace("def f", "\n\ndef g").partition("\n")[2]
    await session.show("slow.py", text)
    (action,) = await session.actions("slow.py", position(0, 0), ["source.fixAll"])
    assert isinstance(action, types.CodeAction)
    assert action.kind == "source.fixAll.bclint"
    (tmp_path / "slow.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "bclint", "--fix-only", "slow.py"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    fixed = (tmp_path / "slow.py").read_text(encoding="utf-8")
    assert fixed.count("sqrt = math.sqrt") == 2
    assert await applied(session, "slow.py", text, action) == fixed


async def test_only_what_is_asked_for(start: Start) -> None:
    session = await start()
    (first, *_) = await session.show("slow.py", SLOW)
    assert await session.actions("slow.py", EVERYWHERE, ["refactor"]) == []
    assert len(await session.actions("slow.py", EVERYWHERE, ["source.fixAll.bclint"])) == 1
    assert await session.actions("slow.py", position(0, 0), ["quickfix"]) == []
    # Some clients point at the line, and send along what they show there.
    at_line = await session.actions("slow.py", position(6, 0), ["quickfix"], [first])
    assert {each.title.partition(" ")[0] for each in at_line} == {"BCL102:", "Silence", "Explain"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x\n", "x  # noqa: BCL102\n"),
        ("x  # noqa: E501\n", "x  # noqa: E501, BCL102\n"),
        ("x  # why\n", "x  # why  # noqa: BCL102\n"),
        ('x, """\n    """\n', 'x, """\n    """  # noqa: BCL102\n'),
        ("x, \\\n        1\n", "x, \\\n        1  # noqa: BCL102\n"),
    ],
)
async def test_silencing(start: Start, before: str, after: str) -> None:
    session = await start()
    text = SLOW.replace("x\n        journal.fl", f"{before}        journal.fl")
    (first, *_) = await session.show("slow.py", text)
    action = titled(await session.actions("slow.py", first.range), "Silence BCL102")
    changed = await applied(session, "slow.py", text, action)
    assert changed == text.replace(before, after, 1) if before != "x\n" else after in changed
    session.change("slow.py", changed)
    assert [each.code for each in await session.published("slow.py")] == ["BCL103"]


async def test_explaining(start: Start) -> None:
    session = await start()
    await session.show("slow.py", SLOW)
    titles = [each.title for each in await session.actions("slow.py", position(6, 20))]
    assert "Explain BCL102 (module-attribute-in-loop)" in titles
    execute = session.client.workspace_execute_command_async
    await execute(types.ExecuteCommandParams("bclint.explain", arguments=["BCL102"]))
    (shown,) = session.client.shown_documents
    assert shown.uri.endswith("/module_attribute_in_loop/rule.md")
    with pytest.raises(JsonRpcException, match="takes the code of a rule, not 'BCL'"):
        await execute(types.ExecuteCommandParams("bclint.explain", arguments=["BCL"]))


async def test_a_client_that_asks_only_once(start: Start) -> None:
    """No edits on demand, no reasons for disabled actions, no documents, no versions."""
    session = await start(capabilities=types.ClientCapabilities())
    await session.show("slow.py", SLOW)
    found = await session.actions("slow.py", EVERYWHERE)
    assert not any("BCL103: bind" in each.title for each in found)
    fix = titled(found, "BCL102: bind")
    assert fix.edit is not None
    assert fix.edit.document_changes is None
    assert texts_after(SLOW, fix, session.uri("slow.py")) == FIXED
    assert texts_after(SLOW, titled(found, "all safe"), session.uri("slow.py")) == FIXED
    params = types.ExecuteCommandParams("bclint.explain", arguments=["BCL102"])
    await session.client.workspace_execute_command_async(params)
    assert "`bclint explain BCL102` says more" in await session.logged("module-attribute")


async def test_an_action_of_an_older_text_changes_nothing(start: Start) -> None:
    session = await start()
    await session.show("slow.py", SLOW)
    action = titled(await session.actions("slow.py", position(6, 20)), "BCL102: bind")
    session.change("slow.py", f"\n{SLOW}")
    with pytest.raises(JsonRpcException, match="the text has changed since"):
        await session.client.code_action_resolve_async(action)
    session.change("slow.py", f"{SLOW} (")
    with pytest.raises(JsonRpcException, match="does not compile as it is now"):
        await session.client.code_action_resolve_async(action)


async def test_edits_come_with_the_version_they_are_for(start: Start) -> None:
    capabilities = client_capabilities("visual-studio-code")
    session = await start(capabilities=capabilities)
    await session.show("slow.py", SLOW)
    session.change("slow.py", SLOW, version=7)
    action = titled(await session.actions("slow.py", position(6, 20)), "BCL102: bind")
    resolved = await session.client.code_action_resolve_async(action)
    assert resolved.edit is not None
    (change,) = list(resolved.edit.document_changes or ())
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.version == 7
