"""Linting one file: compile, find the functions that can matter, check, locate.

A pure function of the source and the rules; suppressions and selection are applied by callers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bclint.bytecode import scan
from bclint.bytecode.compile import compile_source
from bclint.bytecode.decode import DecodeError
from bclint.diagnostics import Diagnostic
from bclint.engine.function import FunctionView
from bclint.engine.locate import located
from bclint.rule import Rule
from bclint.source import SourceError, SourceFile


@dataclass(frozen=True, slots=True)
class FileError:
    """Something that could not be done; the place counts from 1."""

    path: str
    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """What linting one file gave: diagnostics in source order, and errors."""

    path: str
    diagnostics: tuple[Diagnostic, ...]
    errors: tuple[FileError, ...]


def lint(source: SourceFile, rules: Sequence[Rule]) -> FileReport:
    """Check one file with `rules`; bad source and crashing rules become errors."""
    try:
        module = FunctionView(compile_source(source))
    except SourceError as error:
        failure = FileError(source.path, error.line, error.column, error.message)
        return FileReport(source.path, (), (failure,))
    diagnostics: list[Diagnostic] = []
    errors: list[FileError] = []
    for function in module.walk():
        for rule in _interested(function, rules):
            try:
                diagnostics.extend(_checked(source, function, rule))
            except (DecodeError, SourceError) as error:
                errors.append(_failure(source, function, str(error)))
                break
            except Exception as error:
                message = f"rule {rule.code} of {rule.package} crashed: {_described(error)}"
                errors.append(_failure(source, function, message))
    return FileReport(source.path, tuple(_once(diagnostics)), tuple(errors))


def _interested(function: FunctionView, rules: Sequence[Rule]) -> Iterator[Rule]:
    """The rules whose needs the raw bytes of the function may meet."""
    code = function.code
    has_loop = scan.loops(code)
    for rule in rules:
        if rule.needs.in_loop and not has_loop:
            continue
        if scan.performs(code, rule.needs.any_of):
            yield rule


def _checked(source: SourceFile, function: FunctionView, rule: Rule) -> list[Diagnostic]:
    return [
        diagnostic
        for finding in rule.check(function)
        if (diagnostic := located(source, function, rule, finding))
    ]


def _failure(source: SourceFile, function: FunctionView, message: str) -> FileError:
    return FileError(source.path, function.code.co_firstlineno or 1, 1, message)


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _once(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """In source order, and code that the compiler wrote twice (``finally``) only once."""
    seen: dict[tuple[object, ...], Diagnostic] = {}
    for diagnostic in sorted(diagnostics, key=lambda d: (d.span, d.code, -len(d.places))):
        seen.setdefault((diagnostic.code, diagnostic.span, diagnostic.function), diagnostic)
    return list(seen.values())
