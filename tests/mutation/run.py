#!/usr/bin/env python3
"""Make small mistakes in bclint's analyses and fixes, one at a time, and see that tests fail.

    python tests/mutation/run.py                        200 mutants
    python tests/mutation/run.py --sample 50 --seed 3   others
    python tests/mutation/run.py --only 7,12            those of the sample again

Exit status 1 if fewer than 85 of 100 are noticed. The checkout itself is not changed: a copy is.
Needs cosmic-ray beside what the tests need.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent.parent
    # The folder of the script would otherwise come first and hide modules of other names.
    sys.path[0] = str(root)
    sys.path.insert(1, str(root / "rules"))

    from tests.mutation.command import main

    sys.exit(main(sys.argv[1:], str(__doc__)))
