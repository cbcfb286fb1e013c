"""What the specialising interpreter (PEP 659) may turn an instruction into once it runs hot.

The running interpreter's own table says it: ``_specializations`` in ``opcode`` up to 3.12, in
``_opcode_metadata`` since.
"""

from __future__ import annotations

import importlib
import opcode
from collections.abc import Mapping, Sequence
from functools import cache
from types import CodeType

from bclint.bytecode.decode import Instruction
from bclint.bytecode.opcodes import Operation

_OPERATORS = {"+": "add", "-": "subtract", "*": "multiply", "[]": "subscr"}
"""What the names of a binary operation's forms hold; others have the form ``extend`` alone."""


def raw_name(code: CodeType, instruction: Instruction) -> str:
    """What ``dis`` calls the instruction; of the second half of a pair, the pair's name."""
    return opcode.opname[code.co_code[instruction.offset]]


def takes_argument(code: CodeType, instruction: Instruction) -> bool:
    """Whether the instruction's argument means anything."""
    return code.co_code[instruction.offset] >= opcode.HAVE_ARGUMENT


def forms(code: CodeType, instruction: Instruction) -> tuple[str, ...]:
    """The specialised forms of `instruction`, in words: ``add int``, ``method with values``.

    Empty for an instruction that always runs as it stands.
    """
    family = raw_name(code, instruction)
    words = _families().get(family, ())
    if instruction.operation is Operation.LOAD_METHOD and family == "LOAD_ATTR":
        return tuple(form for form in words if form.startswith("method"))
    if instruction.operation is Operation.LOAD_ATTRIBUTE:
        return tuple(form for form in words if not form.startswith("method"))
    if family == "BINARY_OP":
        return tuple(form for form in words if _is_for(form, instruction))
    return words


def _is_for(form: str, instruction: Instruction) -> bool:
    if instruction.operation is Operation.LOAD_SUBSCRIPT:
        return "subscr" in form
    symbol = str(instruction.argument)
    if form.startswith("inplace"):
        return symbol == "+="
    operator = _OPERATORS.get(symbol.rstrip("="))
    return form == "extend" if operator is None else form.startswith(operator) or form == "extend"


@cache
def _families() -> Mapping[str, tuple[str, ...]]:
    """The forms of each instruction that has any, in words.

    An instruction that only prepares itself (``adaptive``, ``quick``) or that is paired with its
    neighbour is not specialised.
    """
    table: Mapping[str, Sequence[str]] = getattr(opcode, "_specializations", {})
    if not table:
        table = importlib.import_module("_opcode_metadata")._specializations
    found = {}
    for family, names in table.items():
        words = (name.removeprefix(f"{family}_") for name in names)
        kept = [word for word in words if word not in _NO_FORMS and word[0] != "_"]
        found[family] = tuple([word.replace("_", " ").lower() for word in kept])
    # 3.11 specialises the preparation of a call, which is a part of it.
    found["CALL"] = found.get("CALL", ()) + found.pop("PRECALL", ())
    return found


_NO_FORMS = frozenset({"ADAPTIVE", "QUICK", "JIT", "NO_JIT", "MORTAL", "IMMORTAL", "CHECK"})
