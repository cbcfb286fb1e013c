"""The floor: seconds of processor time that ``compile()`` alone takes for all files of a folder."""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path


def main() -> None:
    """Compile every file below the folder that is named, and print the seconds."""
    warnings.simplefilter("ignore")
    texts = [path.read_bytes() for path in sorted(Path(sys.argv[1]).rglob("*.py"))]
    start = time.process_time()
    for text in texts:
        try:
            compile(text, "file.py", "exec", dont_inherit=True, optimize=0)
        except (SyntaxError, ValueError):
            continue
    print(time.process_time() - start)


if __name__ == "__main__":
    main()
