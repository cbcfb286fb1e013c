#!/usr/bin/env python3
"""Fuzz bclint under coverage with atheris, which steers towards what was never run before.

    python tests/any_program/fuzz.py -max_total_time=600 CORPUS
    python tests/any_program/fuzz.py --decode -runs=100000 CORPUS

The input is the source of a program: it is linted, and fixed where it is short; with ``--decode``
it is compiled and decoded alone. Options behind are libFuzzer's; what led to new code is kept in
CORPUS, which starts from the corner cases of the differential tests where it is empty. Needs
atheris, which exists for some versions of Python only.
"""

from __future__ import annotations

import sys
from pathlib import Path

MOST_FIXED = 2000
"""Characters: longer programs are linted and not fixed."""


def main(arguments: list[str]) -> None:
    """Fuzz until libFuzzer's options say to stop; a crash ends the process with its input kept."""
    import atheris

    with atheris.instrument_imports(include=["bclint"]):
        from bclint.bytecode.compile import compile_source
        from bclint.bytecode.decode import Instructions
        from bclint.engine.function import FunctionView
        from bclint.source import SourceError, SourceFile

        if "--decode" not in arguments:
            from tests.any_program.holding import Tried

    def decode(data: bytes) -> None:
        try:
            module = FunctionView(compile_source(SourceFile("fuzzed.py", data)))
        except SourceError:
            return
        for function in module.walk():
            list(function[Instructions])

    def check(data: bytes) -> None:
        tried = Tried()
        text = data.decode("utf-8", "replace")
        tried.check("fuzzed.py", text, fixes=len(text) <= MOST_FIXED)
        if tried.failures:
            raise AssertionError("\n".join(tried.failures))

    rest = [argument for argument in arguments if argument != "--decode"]
    folders = [Path(argument) for argument in rest if not argument.startswith("-")]
    for folder in folders[:1]:
        _plant(folder)
    atheris.Setup([sys.argv[0], *rest], decode if "--decode" in arguments else check)
    atheris.Fuzz()


def _plant(folder: Path) -> None:
    """Give an empty corpus something to grow from."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        return
    corners = Path(__file__).parent.parent / "differential" / "corners.txt"
    for number, source in enumerate(corners.read_text(encoding="utf-8").split("# ---\n")):
        (folder / f"corner-{number}").write_text(source, encoding="utf-8")


if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent.parent
    # The folder of the script would otherwise come first and hide modules of other names.
    sys.path[0] = str(root)
    sys.path.insert(1, str(root / "rules"))
    main(sys.argv[1:])
