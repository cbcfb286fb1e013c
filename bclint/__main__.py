"""``python -m bclint``."""

from __future__ import annotations

import sys

from bclint.frontends.cli import main

if __name__ == "__main__":
    sys.exit(main())
