#!/usr/bin/env python3
"""Fix real projects, and hold their own tests against it: none that passed may fail.

    python tests/projects/run.py                         all of them, safe fixes
    python tests/projects/run.py --unsafe lark tomlkit   these two, unsafe fixes as well
    python tests/projects/run.py --small                 those that every check runs

Source distributions come from PyPI, pinned; the running Python needs pip and LibCST. Exit status 1
if a safe fix broke a test, or a suite could not be run.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent.parent
    # The folder of the script would otherwise come first and hide modules of other names.
    sys.path[0] = str(root)
    sys.path.insert(1, str(root / "rules"))

    from tests.projects.command import main

    sys.exit(main(sys.argv[1:], str(__doc__)))
