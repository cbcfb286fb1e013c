"""What differs between CPython versions, each difference under its name with its evidence.

The analysis runs on the interpreter that runs bclint, so every name here is a constant of that
interpreter. Evidence is `Include/internal/pycore_opcode_metadata.h` and `Python/bytecodes.c` of
the version named, re-checked by `tests/bytecode/test_opcodes.py` against `dis.stack_effect`.
"""

from __future__ import annotations

import sys

_VERSION = sys.version_info[:2]

CALLABLE_BELOW_NULL = _VERSION >= (3, 13)
"""3.13 pushes the callable first and NULL (or self) above it; before, NULL stood below."""

COMPARE_OPERATOR_SHIFT = 5 if _VERSION >= (3, 13) else 4 if _VERSION >= (3, 12) else 0
"""How far COMPARE_OP's operator is shifted; the low bits are flags (3.12: 4, 3.13: 5)."""

ATTRIBUTE_NAME_SHIFT = 1 if _VERSION >= (3, 12) else 0
"""3.12 folds LOAD_METHOD into LOAD_ATTR: its low bit asks for the method form."""

IMPORT_NAME_SHIFT = 2 if _VERSION >= (3, 15) else 0
"""3.15 keeps two bits for lazy and eager imports (PEP 810) below IMPORT_NAME's name."""

LAZY_IMPORT, EAGER_IMPORT = (1, 2) if _VERSION >= (3, 15) else (0, 0)
"""3.15's two bits: ``lazy import``, and one that is eager by its place; else the module may say."""

EXHAUSTED_FOR_POPS_ITERATOR = _VERSION < (3, 12)
"""3.11's FOR_ITER pops the iterator when it jumps; later END_FOR and its followers do."""

END_FOR_POPS = 2 if _VERSION == (3, 12) else 1
"""3.12's END_FOR pops the iterator and a value; later a POP_TOP or POP_ITER follows it."""

END_FOR_NEEDS_POP = _VERSION == (3, 13)
"""3.13 pops the iterator with the POP_TOP after END_FOR; 3.14 gave that its own name, POP_ITER."""

ITERATOR_SLOTS = 2 if _VERSION >= (3, 15) else 1
"""3.15's GET_ITER leaves an index or NULL above the iterator."""

SEND_JUMP_POPS = _VERSION < (3, 12)
"""3.11's SEND pops the receiver when it jumps; later END_SEND does."""

SEND_SLOTS = 2 if _VERSION >= (3, 15) else 1
"""3.15 keeps a NULL above the receiver while a generator is driven."""

FUNCTION_FLAGS_IN_ARGUMENT = _VERSION < (3, 13)
"""Until 3.12 MAKE_FUNCTION's argument says which of defaults, annotations, closure it pops."""

UNPACKED_CALL_HAS_FLAG = _VERSION < (3, 14)
"""Until 3.13 CALL_FUNCTION_EX's low bit says whether keywords are there; then always."""

FORMAT_SPEC_FLAG = 0x04
"""FORMAT_VALUE's flag for a format specification (3.11, 3.12)."""

COMPREHENSIONS_ARE_INLINED = _VERSION >= (3, 12)
"""PEP 709: list, set and dict comprehensions are no functions of their own since 3.12."""

WHILE_TEST_STANDS_TWICE = _VERSION < (3, 14)
"""Until 3.13 the test of ``while`` is written before the loop and again behind its body."""

RUNNING = f"{_VERSION[0]}.{_VERSION[1]}"
"""The version of the running interpreter, as ``3.14``."""
