"""``bclint new-rule``: the folder of a rule, made from a template whose cases pass."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from bclint.engine.registry import RegistryError, load_packs, pack_of_folder
from bclint.frontends import rule_template as template
from bclint.frontends.parsing import ArgumentParser, UsageError, complain
from bclint.rule import CODE_PATTERN, NAME_PATTERN, Rule

HELP = """\
usage: bclint new-rule NAME [--code CODE] [--pack FOLDER]

Makes the folder of a new rule, with a small rule that works and the cases it is tested with.
NAME reads well after "allow": `bclint new-rule import-in-loop`.

  --code CODE      three letters at the most and three digits (default: the pack's next)
  --pack FOLDER    the package that holds the rules, made if there is none
                   (default: rules/bclint_rules, or the current folder if it is a pack)
"""
OUR_PACK = Path("rules/bclint_rules")


def new_rule(arguments: Sequence[str]) -> int:
    """Run the subcommand with its own `arguments`; returns the exit status."""
    parser = ArgumentParser(HELP)
    parser.add_argument("name", nargs="*")
    parser.add_argument("--code")
    parser.add_argument("--pack")
    try:
        options = parser.parse(arguments)
        if options is None:
            return 0
        if len(options.name) != 1:
            raise UsageError("new-rule takes one name: `bclint new-rule import-in-loop`")
        name = _checked_name(options.name[0])
        pack = Path(options.pack) if options.pack else _pack_here()
        _require_package_name(pack)
        rules = _rules_of(pack)
        code = _checked_code(options.code) if options.code else _next_code(rules)
        _require_free(code, name, [*rules, *_installed_rules()])
        folder = write_rule(pack, code, name)
    except (UsageError, RegistryError) as error:
        return complain(str(error))
    except OSError as error:
        return complain(f"{error.filename}: cannot be written: {error.strerror}")
    print(f"{folder}: {code} {name}; try `bclint test-rules {pack}`")
    return 0


def write_rule(pack: Path, code: str, name: str) -> Path:
    """Write the rule's folder below `pack`, which is made a package if it is none.

    Returns the folder. Raises `UsageError` where it exists, and OSError.
    """
    folder = pack / name.replace("-", "_")
    if folder.exists():
        raise UsageError(f"{folder} exists already")
    pack.mkdir(parents=True, exist_ok=True)
    if not (pack / "__init__.py").exists():
        (pack / "__init__.py").write_text(template.PACK, encoding="utf-8")
    folder.mkdir()
    for file, text in (
        ("__init__.py", template.INIT),
        ("rule.py", template.RULE),
        ("rule.md", template.PAGE),
    ):
        (folder / file).write_text(template.filled(text, code, name), encoding="utf-8")
    return folder


def _checked_name(name: str) -> str:
    if NAME_PATTERN.fullmatch(name):
        return name
    better = re.sub("[^a-z]+", "-", re.sub("([a-z])([A-Z])", r"\1-\2", name).lower()).strip("-")
    hint = f", such as `{better}`" if better else ""
    raise UsageError(f"a rule's name is in lower case with dashes{hint}: not `{name}`")


def _checked_code(code: str) -> str:
    if CODE_PATTERN.fullmatch(code):
        return code
    raise UsageError(f"a code is one to three capitals and three digits, as BCL101: not `{code}`")


def _pack_here() -> Path:
    if (OUR_PACK / "__init__.py").is_file():
        return OUR_PACK
    start = Path("__init__.py")
    if start.is_file() and "RulePack" in start.read_text(encoding="utf-8", errors="replace"):
        return Path.cwd()
    raise UsageError("there is no rule pack here: say which with --pack FOLDER")


def _require_package_name(pack: Path) -> None:
    name = pack.resolve().name
    if not name.isidentifier():
        raise UsageError(f"the folder of a pack is a package: `{name}` cannot be imported")


def _rules_of(pack: Path) -> tuple[Rule, ...]:
    return pack_of_folder(pack).rules if (pack / "__init__.py").is_file() else ()


def _installed_rules() -> list[Rule]:
    try:
        return [rule for pack in load_packs() for rule in pack.rules]
    except RegistryError:
        return []  # what is installed is no reason not to write a rule


def _next_code(rules: Sequence[Rule]) -> str:
    if not rules:
        raise UsageError("the pack has no rules yet: say the first one's code with --code")
    last = max(rule.code for rule in rules)
    letters = last.rstrip("0123456789")
    number = int(last[len(letters) :]) + 1
    if number > 999:
        raise UsageError(f"{last} is the last code with these letters: say another with --code")
    return f"{letters}{number:03}"


def _require_free(code: str, name: str, rules: Iterable[Rule]) -> None:
    for rule in rules:
        if rule.code == code:
            raise UsageError(f"{code} is {rule.name} already (in {rule.package})")
        if rule.name == name:
            raise UsageError(f"`{name}` is {rule.code} already (in {rule.package})")
