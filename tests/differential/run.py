#!/usr/bin/env python3
"""Run drawn modules before and after their safe fixes, and compare all that they do.

    python tests/differential/run.py --examples 20000
    python tests/differential/run.py --examples 20000 --seed 7

Exit status 1 at the first difference, which is printed as small as it gets.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Try as many examples as the command line says, drawn from a seed."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--examples", type=int, default=5000, help="how many modules to draw")
    parser.add_argument("--seed", type=int, help="draw the same ones again")
    options = parser.parse_args(arguments)

    from hypothesis import HealthCheck, given, seed, settings

    from tests.differential.comparison import PLANS
    from tests.differential.execution import Plan
    from tests.differential.programs import modules
    from tests.differential.test_differential import check, plans, selections

    counted: Counter[str] = Counter()

    def compare(source: str, plan: Plan, without: frozenset[str]) -> None:
        counted["modules"] += 1
        counted.update(check(source, (*PLANS, plan), without))

    test = given(modules(), plans(), selections())(compare)
    if options.seed is not None:
        test = seed(options.seed)(test)
    quiet = settings(
        max_examples=options.examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        quiet(test)()
    except AssertionError as error:
        print(error)
        return 1
    finally:
        print(", ".join(f"{count} {what}" for what, count in sorted(counted.items())))
    return 0


if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent.parent
    # The folder of the script would otherwise come first and hide modules of other names.
    sys.path[0] = str(root)
    sys.path.insert(1, str(root / "rules"))
    sys.exit(main(sys.argv[1:]))
