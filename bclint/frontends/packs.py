"""``bclint test-rules``: the cases of rule packs, ours and others'."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from bclint.engine.registry import RegistryError, find_pack, load_packs
from bclint.frontends.parsing import ArgumentParser, UsageError, complain

HELP = """\
usage: bclint test-rules [PACK ...]

Runs the cases in every rule.md of rule packs (default: all that are installed).
PACK is the folder of a pack, the name of its package or of its entry point.
Exit status: 0 all pass, 1 some fail, 2 a pack cannot be loaded.
"""


def test_rules(arguments: Sequence[str]) -> int:
    """Run the subcommand with its own `arguments`; returns the exit status."""
    parser = ArgumentParser(HELP)
    parser.add_argument("packs", nargs="*")
    try:
        options = parser.parse(arguments)
        if options is None:
            return 0
        packs = [find_pack(text) for text in options.packs] or load_packs()
    except (UsageError, RegistryError) as error:
        return complain(str(error))
    # The harness is for those who write rules: no other command loads it.
    from bclint.testing.runner import run_pack

    failures = 0
    for pack in packs:
        failed = run_pack(pack)
        failures += len(failed)
        for failure in failed:
            print(failure)
        state = f"{len(failed)} failed" if failed else "all cases pass"
        noun = "rule" if len(pack.rules) == 1 else "rules"
        print(f"{pack.name}: {len(pack.rules)} {noun}, {state}", file=sys.stderr)
    return 1 if failures else 0
