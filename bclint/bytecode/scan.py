"""Raw bytes first: what a code object cannot hold need not be decoded.

``co_code[::2]`` is the opcodes (inline caches read as zero), so membership of a byte is a search in
C. Arguments are not looked at: a scan may say yes too often, never no wrongly.
"""

from __future__ import annotations

import opcode
from functools import cache
from types import CodeType

from bclint.bytecode.opcodes import Operation, opcodes_of


@cache
def _opcodes(operations: frozenset[Operation]) -> bytes:
    return opcodes_of(operations)


@cache
def _back_edges() -> bytes:
    """Backward jumps that close loops of the source (not those that drive a coroutine)."""
    return bytes(
        number
        for name, number in opcode.opmap.items()
        if number < 256
        and "BACKWARD" in name
        and "NO_INTERRUPT" not in name
        and "INSTRUMENTED" not in name
    )


def _holds(code: CodeType, wanted: bytes) -> bool:
    opcodes = code.co_code[::2]
    return len(opcodes.translate(None, wanted)) != len(opcodes)


def performs(code: CodeType, operations: frozenset[Operation]) -> bool:
    """Whether the code may hold one of `operations`."""
    return _holds(code, _opcodes(operations))


def loops(code: CodeType) -> bool:
    """Whether the code holds a backward jump that may close a loop of the source."""
    return _holds(code, _back_edges())


_OPTIMIZED = 0x01  # inspect.CO_OPTIMIZED; importing inspect would cost more than a lint


def has_fast_locals(code: CodeType) -> bool:
    """Whether the code object is a function: a module's and a class's names are looked up."""
    return bool(code.co_flags & _OPTIMIZED)
