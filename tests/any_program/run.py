#!/usr/bin/env python3
"""Lint and fix programs that nobody would write, and programs made to be difficult.

    python tests/any_program/run.py                        5,000 numbered programs
    python tests/any_program/run.py --programs 100 --first 70000 --fix-every 1
    python tests/any_program/run.py --programs 0 --hypothesmith 500
    python tests/any_program/run.py --programs 0 --cpython /usr/lib/python3.13/test

Exit status 1 if bclint crashed, did not end, or a fix did not hold. Numbers give the same programs
again on the same version of Python. hypothesmith has to be installed for its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent.parent
    # The folder of the script would otherwise come first and hide modules of other names.
    sys.path[0] = str(root)
    sys.path.insert(1, str(root / "rules"))

    from tests.any_program.command import main

    sys.exit(main(sys.argv[1:], str(__doc__)))
