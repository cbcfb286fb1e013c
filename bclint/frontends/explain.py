"""``bclint explain``: the page of one rule."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence

from bclint.engine.registry import RegistryError, load_rules
from bclint.engine.spelling import suggestion
from bclint.frontends.markdown import render
from bclint.frontends.parsing import ArgumentParser, UsageError, complain
from bclint.report.style import COLOUR_MODES, Style, wants_colour
from bclint.rule import Rule, without_cases

HELP = """\
usage: bclint explain RULE [--cases] [--color auto|always|never]

Shows what a rule finds, why that is slow, what to write instead and when to leave it.
RULE is a code or a name: `bclint explain BCL102`, `bclint explain import-in-loop`.

  --cases    also the cases that the rule is tested with
"""
_WIDEST = 96
"""Longer lines are hard to read, however wide the terminal."""


def explain(arguments: Sequence[str]) -> int:
    """Run the subcommand with its own `arguments`; returns the exit status."""
    parser = ArgumentParser(HELP)
    parser.add_argument("rule", nargs="*")
    parser.add_argument("--cases", action="store_true")
    parser.add_argument("--color", choices=COLOUR_MODES, default="auto")
    try:
        options = parser.parse(arguments)
        if options is None:
            return 0
        if len(options.rule) != 1:
            raise UsageError("explain takes one rule: `bclint explain BCL102`")
        rule = _find(options.rule[0], load_rules())
        page = _page(rule)
    except (UsageError, RegistryError) as error:
        return complain(str(error))
    style = Style(wants_colour(options.color, sys.stdout, os.environ))
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    for line in render(page if options.cases else without_cases(page), width, style):
        print(line)
    return 0


def _find(text: str, rules: Sequence[Rule]) -> Rule:
    for rule in rules:
        if text.upper() == rule.code or text.lower() == rule.name:
            return rule
    known = [identity for rule in rules for identity in (rule.code, rule.name)]
    raise UsageError(f"no rule is called `{text}`{suggestion(text, known)}")


def _page(rule: Rule) -> str:
    try:
        return rule.page
    except OSError as error:
        raise UsageError(f"{rule.code} has no page: {error.strerror}: {error.filename}") from error
