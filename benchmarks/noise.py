"""How much bclint says about the standard library, by rule: findings per 1,000 lines.

    python benchmarks/noise.py [FOLDER]

With the default settings, for the running version; tests and vendored packages are left out.
Prints a Markdown table.
"""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
from collections import Counter
from pathlib import Path

_LEFT_OUT = ("test", "tests", "idlelib", "lib2to3", "site-packages", "dist-packages")
_FINDING = re.compile(r"^.*:\d+:\d+: (?P<code>[A-Z]+\d+) ", re.MULTILINE)


def main(arguments: list[str]) -> None:
    """Check the folder that `arguments` name, and print the table."""
    folder = Path(arguments[0] if arguments else sysconfig.get_path("stdlib"))
    counts = Counter(_FINDING.findall(_findings(folder)))
    lines = _lines(folder)
    print(f"{lines:,} lines of {folder}, CPython {sys.version_info[0]}.{sys.version_info[1]}\n")
    print("| rule | findings | per 1,000 lines |")
    print("|---|---|---|")
    for code, count in sorted(counts.items()):
        print(f"| {code} | {count} | {1000 * count / lines:.2f} |")
    total = sum(counts.values())
    print(f"| all | {total} | {1000 * total / lines:.2f} |")


def _findings(folder: Path) -> str:
    options = ["--isolated", "--no-cache", "--exit-zero", "--output-format", "concise"]
    excluded = ["--extend-exclude", ",".join(_LEFT_OUT)]
    done = subprocess.run(
        [sys.executable, "-m", "bclint", *options, *excluded, str(folder)],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode not in (0, 2):  # 2: a file that no version can compile
        raise SystemExit(done.stderr)
    return done.stdout


def _lines(folder: Path) -> int:
    files = (
        file
        for file in folder.rglob("*.py")
        if file.is_file() and not set(_LEFT_OUT) & set(file.relative_to(folder).parts[:-1])
    )
    return sum(file.read_bytes().count(b"\n") for file in files)


if __name__ == "__main__":
    main(sys.argv[1:])
