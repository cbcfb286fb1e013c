"""Compiling: source bytes to code objects with CPython's own compiler; nothing is executed."""

from __future__ import annotations

import warnings
from types import CodeType

from bclint.source import SourceError, SourceFile


def compile_source(source: SourceFile) -> CodeType:
    """The module's code object, as the running interpreter would compile the file.

    Future flags of bclint's own modules are not inherited, and warnings about the linted code are
    not ours to print. Raises `SourceError` for whatever ``compile()`` refuses, with the place.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compile(source.data, source.path, "exec", dont_inherit=True, optimize=0)
    except SyntaxError as error:
        raise _located(source, error) from error
    except (ValueError, UnicodeError) as error:
        line = source.data.count(b"\n", 0, max(source.data.find(b"\0"), 0)) + 1
        message = "holds a NUL byte" if b"\0" in source.data else str(error)
        raise SourceError(source.path, message, line) from error
    except (RecursionError, MemoryError, OverflowError) as error:
        reason = "is nested too deeply or is too large for the compiler"
        message = f"{reason} ({type(error).__name__})"
        raise SourceError(source.path, message, 0, 0, lasting=False) from error


def _located(source: SourceFile, error: SyntaxError) -> SourceError:
    if b"\0" in source.data:
        line = source.data.count(b"\n", 0, source.data.find(b"\0")) + 1
        return SourceError(source.path, "holds a NUL byte", line)
    kind = type(error).__name__
    return SourceError(
        source.path, f"{kind}: {error.msg}", error.lineno or 1, max(error.offset or 1, 1)
    )
