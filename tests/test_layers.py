"""The contracts between layers, read from the imports and constants of every file."""

from __future__ import annotations

import ast
import opcode
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ENGINE_FILES = sorted((ROOT / "bclint").rglob("*.py"))
RULE_FILES = sorted((ROOT / "rules").rglob("*.py"))

LAYERS = (
    ("bclint.__main__",),
    ("bclint.frontends",),
    ("bclint.bench",),
    ("bclint.testing",),
    ("bclint.report",),
    ("bclint.engine",),
    ("bclint.fix",),
    ("bclint.evidence",),
    ("bclint.api",),
    ("bclint.rule",),
    ("bclint.dataflow",),
    ("bclint.flow",),
    ("bclint.bytecode",),
    ("bclint.diagnostics",),
    ("bclint.source",),
)
"""From the top down: a component imports itself and what stands below it, nothing else."""

MAY_ASK_FOR_THE_VERSION = ("bclint/bytecode/", "bclint/testing/runner.py")
"""The instruction set's home, and the harness, which skips cases bound to other versions."""

CLIENTS = {
    "bclint.frontends.flake8_run": {"flake8"},
    "bclint.frontends.pytest_files": {"pytest"},
    "bclint.frontends.pytest_marker": {"pytest"},
    "bclint.frontends.pytest_plugin": {"pytest"},
    "bclint.frontends.lsp": {"lsprotocol", "pygls"},
    "bclint.frontends.pylsp": {"pylsp"},
}
"""Front ends that are of use only beside another program or package, with those."""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), str(path))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file names in an import, those inside functions included."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name_of(path)}:{node.lineno}: a relative import"
            module = str(node.module)
            if module in ("bclint", "bclint_rules"):
                yield from (f"{module}.{alias.name}" for alias in node.names)
            else:
                yield module


def is_inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def layer_of(module: str) -> tuple[int, str] | None:
    for rank, components in enumerate(LAYERS):
        for component in components:
            if is_inside(module, component):
                return rank, component
    return None


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", ENGINE_FILES, ids=name_of)
def test_a_layer_imports_only_what_is_below_it(path: Path) -> None:
    own = layer_of(module_name(path))
    for module in imports(path):
        other = layer_of(module)
        if own and other and own[1] != other[1]:
            assert own[0] < other[0], f"{own[1]} must not import {module}"


def test_every_module_belongs_to_a_layer() -> None:
    homeless = [path for path in ENGINE_FILES if not layer_of(module_name(path))]
    assert homeless == [ROOT / "bclint" / "__init__.py"]
    assert list(imports(ROOT / "bclint" / "__init__.py")) in ([], ["__future__"])


@pytest.mark.parametrize("path", ENGINE_FILES, ids=name_of)
def test_the_engine_knows_no_rule_pack_and_few_other_packages(path: Path) -> None:
    allowed = {"bclint", *sys.stdlib_module_names}
    if layer_of(module_name(path)) == layer_of("bclint.fix"):
        allowed.add("libcst")
    if name_of(path) == "bclint/engine/cluster.py":
        allowed.add("distributed")
    if layer_of(module_name(path)) == layer_of("bclint.bench"):
        allowed.add("pyperf")
    for client, packages in CLIENTS.items():
        if is_inside(module_name(path), client):
            allowed |= packages
    assert {module.split(".")[0] for module in imports(path)} <= allowed


@pytest.mark.parametrize("path", RULE_FILES, ids=name_of)
def test_a_rule_imports_the_api_and_never_another_rule(path: Path) -> None:
    allowed = {"bclint.fix.api", "libcst"} if path.name == "fix.py" else {"bclint.api"}
    folder = module_name(path.parent).removeprefix("rules.")
    for module in imports(path):
        if module.startswith("bclint.api."):
            pytest.fail(f"{module} is below bclint.api")
        is_own = folder != "bclint_rules" and is_inside(module, folder)
        package = module if module.startswith("bclint.") else module.split(".")[0]
        assert is_own or package in allowed or package in sys.stdlib_module_names, module


FILES = [*ENGINE_FILES, *RULE_FILES]


@pytest.mark.parametrize(
    "path", [path for path in FILES if "bclint/bytecode/" not in name_of(path)], ids=name_of
)
def test_opcode_names_stay_in_the_bytecode_layer(path: Path) -> None:
    names = {name for name in opcode.opmap if "_" in name}
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert node.value not in names, f"{name_of(path)}:{node.lineno}"


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if not name_of(path).startswith(MAY_ASK_FOR_THE_VERSION)],
    ids=name_of,
)
def test_version_tests_stay_in_the_bytecode_layer(path: Path) -> None:
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Attribute | ast.alias):
            name = node.attr if isinstance(node, ast.Attribute) else node.name
            assert name not in ("version_info", "hexversion"), f"{name_of(path)}:{node.lineno}"


LINT_WITHOUT_OTHER_PACKAGES = """\
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in ("bclint", "bclint_rules"):
            raise ImportError(f"the check path imports {name}")

sys.meta_path.insert(0, Refuse())
from bclint.engine.linter import lint
from bclint.engine.registry import load_rules
from bclint.frontends.cli import main
from bclint.source import SourceFile

path = sys.argv[1]
report = lint(SourceFile.read(path), load_rules())
assert report.diagnostics and not report.errors, report
status = main(["check", "--isolated", "--output-format", "concise", path])
assert status == 1, status
assert "libcst" not in sys.modules
"""


def test_checking_imports_the_standard_library_alone(tmp_path: Path) -> None:
    path = tmp_path / "slow.py"
    path.write_text("import math\n\ndef f(xs):\n    for x in xs:\n        math.sin(x)\n")
    subprocess.run(
        [sys.executable, "-W", "error", "-c", LINT_WITHOUT_OTHER_PACKAGES, str(path)],
        check=True,
        timeout=60,
    )
