"""The measured pair of programs: run both, and compare what their ``run()`` gives.

This is the only place where bclint executes code that it reads, and that code is a rule
author's own documentation, never a linted file.
"""

from __future__ import annotations

from collections.abc import Iterator

from bclint.testing.page import Block

_ENTRY = "run"


def compare_results(path: str, example: Block, instead: Block) -> Iterator[str]:
    """The failures of running both programs: an exception, no ``run``, unequal results."""
    results = []
    for block in (example, instead):
        try:
            results.append(result_of(path, block))
        except Exception as error:  # a program of a page may raise anything
            yield f"{path}:{block.line}: {_ENTRY}() failed: {type(error).__name__}: {error}"
    if len(results) == 2 and results[0] != results[1]:
        yield (
            f"{path}:{instead.line}: {_ENTRY}() gives {results[1]!r:.200}, "
            f"in the Example {results[0]!r:.200}"
        )


def result_of(path: str, block: Block) -> object:
    """What ``run()`` returns in the program of `block`, executed as a module of its own."""
    program = "\n" * block.line + block.text  # so that tracebacks show the page's lines
    namespace: dict[str, object] = {"__name__": "bclint_example"}
    exec(compile(program, path, "exec", dont_inherit=True), namespace)  # noqa: S102
    entry = namespace.get(_ENTRY)
    if not callable(entry):
        raise TypeError(f"the program defines no function {_ENTRY}()")
    return entry()
