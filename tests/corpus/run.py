#!/usr/bin/env python3
"""Lint and fix real code in memory, and check all that comes of it; no file is changed.

    python tests/corpus/run.py                     the standard library of this interpreter
    python tests/corpus/run.py FOLDER sympy==1.14  a folder, and a package from PyPI
    python tests/corpus/run.py --every 20          one file in twenty
    python tests/corpus/run.py --no-fixes          the findings alone, which takes less time

The interpreter needs LibCST, and pip for packages. Exit status 1 if a check failed.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent.parent
    # The folder of the script would otherwise come first and hide modules of other names.
    sys.path[0] = str(root)
    sys.path.insert(1, str(root / "rules"))

    from tests.corpus.command import main

    sys.exit(main(sys.argv[1:], str(__doc__)))
