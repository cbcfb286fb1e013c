"""Removing comments that silence nothing: edits of comments alone, and the same code afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from bclint.bytecode.compile import compile_source
from bclint.diagnostics import Diagnostic
from bclint.source import SourceError, SourceFile


def remove_unused(
    source: SourceFile, diagnostics: Sequence[Diagnostic]
) -> tuple[SourceFile, tuple[Diagnostic, ...]]:
    """The source with the fixes of `diagnostics` made, and those whose fixes these are.

    None of them where the result would not compile to exactly the same code.
    """
    from bclint.fix.edits import apply_edits

    edits = [edit for each in diagnostics if each.fix for edit in each.fix.edits]
    if not edits:
        return source, ()
    new = apply_edits(source, edits)
    return (new, tuple(diagnostics)) if compiles_to_the_same(source, new) else (source, ())


def compiles_to_the_same(old: SourceFile, new: SourceFile) -> bool:
    """Whether both give the same code at the same places."""
    try:
        return compile_source(old) == compile_source(new)
    except SourceError:
        return False
