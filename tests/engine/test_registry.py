from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from bclint.engine.registry import (
    RegistryError,
    find_pack,
    import_name,
    load_packs,
    load_rules,
    require_distinct,
)
from bclint.rule import RulePack
from tests.engine.rules import RULES, silent_rule

PACK = RulePack("tests", RULES[:2])
OTHER_PACK = RulePack("others", RULES[2:])
BROKEN_PACK = "not a pack"

Install = Callable[..., None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    def replace(**values: str) -> None:
        points = EntryPoints(
            EntryPoint(name, value, "bclint.rules") for name, value in values.items()
        )
        monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: points)

    return replace


@pytest.fixture
def _imports_restored() -> Iterator[None]:
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if not name.startswith("bclint."):  # a submodule is known to its package too
            del sys.modules[name]


def test_the_shipped_pack_is_found_as_any_other() -> None:
    assert "bclint_rules" in [pack.name for pack in load_packs()]
    codes = [rule.code for rule in load_rules()]
    assert codes == sorted(codes)


def test_packs_are_loaded_in_the_order_of_their_names(install: Install) -> None:
    install(b=f"{__name__}:PACK", a=f"{__name__}:OTHER_PACK")
    assert load_packs() == (OTHER_PACK, PACK)
    codes = ["BCL001", "BCL101", "BCL102", "BCL201", "XYZ901"]
    assert [rule.code for rule in load_rules()] == codes


def test_one_pack_listed_twice_is_one_pack(install: Install) -> None:
    install(a=f"{__name__}:PACK", b=f"{__name__}:PACK")
    assert load_packs() == (PACK,)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("no_such_module:PACK", "`a` .no_such_module:PACK. cannot be loaded: ModuleNotFoundError"),
        (f"{__name__}:NONE", "cannot be loaded: AttributeError"),
        (f"{__name__}:BROKEN_PACK", "is a str, not a RulePack"),
    ],
)
def test_broken_packs_are_named(install: Install, value: str, message: str) -> None:
    install(a=value)
    with pytest.raises(RegistryError, match=message):
        load_packs()


@pytest.mark.usefixtures("_imports_restored")
def test_a_pack_with_a_wrong_rule_is_named(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wrong_pack.py").write_text(
        "from bclint.rule import RuleError\nraise RuleError('code 1 is not like BCL101')\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    install(a="wrong_pack:PACK")
    with pytest.raises(RegistryError, match=r"wrong_pack:PACK. is not well formed: code 1"):
        load_packs()


def test_no_pack_is_an_error(install: Install) -> None:
    install()
    with pytest.raises(RegistryError, match="no rule pack is installed"):
        load_packs()


@pytest.mark.parametrize(
    ("rule", "identity"),
    [
        (silent_rule("BCL101", "another-name"), "`BCL101`"),
        (silent_rule("ABC999", "global-lookup-in-loop"), "`global-lookup-in-loop`"),
    ],
)
def test_two_packs_with_one_rule_are_refused(rule: object, identity: str) -> None:
    other = RulePack("others", (rule,))  # type: ignore[arg-type]
    with pytest.raises(RegistryError, match=f"{identity} is a rule of two packs, tests and others"):
        require_distinct([PACK, other])


def make_pack(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(
        "from bclint.api import RulePack\nPACK = RulePack.from_package(__name__)\n",
        encoding="utf-8",
    )


@pytest.mark.usefixtures("_imports_restored")
def test_a_pack_is_found_by_its_folder(tmp_path: Path) -> None:
    make_pack(tmp_path / "found_by_folder")
    assert find_pack(str(tmp_path / "found_by_folder")).name == "found_by_folder"
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "__init__.py").touch()
    make_pack(tmp_path / "inside" / "deeper")
    assert import_name(tmp_path / "inside" / "deeper") == "inside.deeper"


def test_a_pack_is_found_by_its_names(install: Install) -> None:
    install(mine=f"{__name__}:PACK")
    assert find_pack("mine") is PACK
    assert find_pack(__name__) is PACK
    assert find_pack("bclint_rules").name == "bclint_rules"


@pytest.mark.parametrize("text", ["no_such_pack", "./no_such_folder"])
def test_no_such_pack(text: str) -> None:
    with pytest.raises(RegistryError, match="no_such"):
        find_pack(text)
