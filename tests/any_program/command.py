"""The command: numbered programs, those of hypothesmith, and CPython's own tests of its syntax."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from tests.any_program.holding import Tried, numbered_programs

SYNTAX = frozenset(
    f"test_{name}.py"
    for name in (
        *("grammar", "syntax", "patma", "generators", "genexps", "listcomps", "setcomps"),
        *("dictcomps", "coroutines", "asyncgen", "except_star", "exceptions", "fstring", "tstring"),
        *(
            "named_expressions",
            "unpack_ex",
            "unpack",
            "with",
            "scope",
            "type_params",
            "type_aliases",
        ),
        *("type_annotations", "contextlib", "contextlib_async", "decorators", "dynamic", "eof"),
        *(
            "exception_variations",
            "exception_hierarchy",
            "extcall",
            "flufl",
            "future_stmt",
            "global",
        ),
        *(
            "iter",
            "keywordonlyarg",
            "lambda",
            "peepholer",
            "positional_only_arg",
            "raise",
            "sys_settrace",
        ),
        *("string_literals", "super", "tokenize", "unicode_identifiers", "yield_from", "compile"),
        *(
            "lazy_import",
            "augassign",
            "bool",
            "class",
            "closures",
            "cmath",
            "metaclass",
            "monitoring",
        ),
    )
)
"""CPython's own tests of its syntax, and of what functions do in odd places."""


def main(arguments: Sequence[str], description: str) -> int:
    """Try what `arguments` ask for; returns the exit status."""
    options = _parser(description).parse_args(arguments)
    tried = Tried()
    programs = numbered_programs(options.first, options.programs)
    for number, (name, text) in enumerate(programs):
        _try(tried, name, text, fixes=number % options.fix_every == 0)
    if options.hypothesmith:
        _draw(options.hypothesmith, tried)
    for path in sorted(options.cpython.glob("test_*.py")) if options.cpython else ():
        if path.name in SYNTAX:
            _try(tried, str(path), path.read_text(encoding="utf-8"), fixes=True)
    print(
        f"{tried.programs} programs, {tried.refused} refused, {tried.fixed} fixes applied, ", end=""
    )
    print(f"{len(tried.failures)} failures")
    return 1 if tried.failures or not tried.programs else 0


def _parser(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--programs", type=int, default=5000, help="how many numbered programs")
    parser.add_argument("--first", type=int, default=0, help="the number to begin with")
    parser.add_argument("--fix-every", type=int, default=10, help="fix one program in so many")
    parser.add_argument("--hypothesmith", type=int, default=0, help="how many of its programs")
    parser.add_argument("--cpython", type=Path, help="a folder of CPython's own tests")
    return parser


def _try(tried: Tried, name: str, text: str, *, fixes: bool) -> None:
    """Check one more program, and print at once what fails."""
    before = len(tried.failures)
    tried.check(name, text, fixes=fixes)
    for failure in tried.failures[before:]:
        print(failure, flush=True)


def _draw(count: int, tried: Tried) -> None:
    """Programs from hypothesmith, by the grammar and by LibCST's nodes in turn."""
    import hypothesmith
    from hypothesis import HealthCheck, given, settings, strategies

    drawn = strategies.one_of(hypothesmith.from_grammar(), hypothesmith.from_node())
    quiet = settings(
        max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )

    def check(text: str) -> None:
        _try(tried, "drawn.py", text, fixes=True)

    quiet(given(drawn)(check))()
