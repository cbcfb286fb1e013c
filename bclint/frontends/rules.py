"""``bclint rules``: every installed rule."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence

from bclint.engine.registry import OWN, RegistryError, load_packs
from bclint.frontends.parsing import ArgumentParser, UsageError, complain
from bclint.report.style import COLOUR_MODES, Style, wants_colour
from bclint.rule import Rule, RulePack

HELP = """\
usage: bclint rules [--output-format text|json] [--color auto|always|never]

Lists every rule of every installed pack. `bclint explain RULE` says more of one.
"""


def rules(arguments: Sequence[str]) -> int:
    """Run the subcommand with its own `arguments`; returns the exit status."""
    parser = ArgumentParser(HELP)
    parser.add_argument("--output-format", choices=("text", "json"), default="text")
    parser.add_argument("--color", choices=COLOUR_MODES, default="auto")
    try:
        options = parser.parse(arguments)
        if options is None:
            return 0
        packs = (OWN, *load_packs())
    except (UsageError, RegistryError) as error:
        return complain(str(error))
    if options.output_format == "json":
        print(json.dumps([_entry(pack, rule) for pack in packs for rule in pack.rules], indent=2))
        return 0
    style = Style(wants_colour(options.color, sys.stdout, os.environ))
    for line in _table(packs, style):
        print(line)
    return 0


def _table(packs: Sequence[RulePack], style: Style) -> Iterator[str]:
    every = [rule for pack in packs for rule in pack.rules]
    code_width = max((len(rule.code) for rule in every), default=0)
    name_width = max((len(rule.name) for rule in every), default=0)
    for pack in packs:
        if len(packs) > 2:  # our own, and one more
            yield style.help(pack.name)
        for rule in pack.rules:
            code, name = style.code(f"{rule.code:{code_width}}"), f"{rule.name:{name_width}}"
            yield f"{code}  {style.strong(name)}  {style.quoted(rule.summary)}"


def _entry(pack: RulePack, rule: Rule) -> dict[str, str]:
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": rule.summary,
        "category": rule.category.value,
        "pack": pack.name,
    }
