"""What users install: a wheel that holds the code, the types marker and the rules' pages."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

import bclint

ROOT = Path(__file__).resolve().parent.parent
BUILD = "import sys, setuptools.build_meta as backend; backend.build_wheel(sys.argv[1])"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    """The wheel, built from a copy, because a build leaves files in the tree."""
    folder = tmp_path_factory.mktemp("wheel")
    tree = folder / "tree"
    unwanted = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("bclint", "rules"):
        shutil.copytree(ROOT / name, tree / name, ignore=unwanted)
    for name in ("pyproject.toml", "setup.cfg", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    command = [sys.executable, "-c", BUILD, str(folder)]
    subprocess.run(command, cwd=tree, check=True, capture_output=True, timeout=120)
    (path,) = folder.glob("*.whl")
    return zipfile.Path(path)


def names(wheel: zipfile.Path) -> set[str]:
    return {name for name in wheel.root.namelist() if not name.endswith("/")}


def metadata(wheel: zipfile.Path) -> Message:
    (path,) = (name for name in names(wheel) if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr((wheel / path).read_text(encoding="utf-8"))


def shipped_files() -> set[str]:
    kinds = {".py", ".md", ".json", ".typed", ".csv", ".txt"}
    return {
        path.relative_to(base).as_posix()
        for base, package in ((ROOT, "bclint"), (ROOT / "rules", "bclint_rules"))
        for path in (base / package).rglob("*")
        if path.suffix in kinds or path.name == "py.typed"
    }


def test_both_packages_are_in_it_whole(wheel: zipfile.Path) -> None:
    inside = {name for name in names(wheel) if ".dist-info/" not in name}
    assert inside == shipped_files()
    assert {"bclint/py.typed", "bclint_rules/py.typed"} <= inside


def test_every_rule_brings_its_page(wheel: zipfile.Path) -> None:
    inside = names(wheel)
    rules = {
        name for name in inside if name.startswith("bclint_rules/") and name.endswith("/rule.py")
    }
    assert {name.replace("rule.py", "rule.md") for name in rules} <= inside


def test_it_is_pure_python_and_names_its_licence(wheel: zipfile.Path) -> None:
    assert str(wheel.root.filename).endswith(f"bclint-{bclint.__version__}-py3-none-any.whl")
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names(wheel))
    assert metadata(wheel)["License-Expression"] == "MIT"


def test_users_install_one_dependency(wheel: zipfile.Path) -> None:
    requirements = metadata(wheel).get_all("Requires-Dist", [])
    needed = [line for line in requirements if "extra ==" not in line]
    assert [line.partition(">")[0] for line in needed] == ["libcst"]


def test_entry_points(wheel: zipfile.Path) -> None:
    (path,) = (name for name in names(wheel) if name.endswith("/entry_points.txt"))
    parser = ConfigParser(delimiters=("=",))
    parser.read_string((wheel / path).read_text(encoding="utf-8"))
    assert parser["console_scripts"]["bclint"] == "bclint.frontends.cli:main"
    assert parser["flake8.extension"]["BCL"] == "bclint.frontends.flake8:Plugin"
    assert parser["pytest11"]["bclint"] == "bclint.frontends.pytest_plugin"
    assert parser["bclint.rules"]["core"] == "bclint_rules:PACK"
