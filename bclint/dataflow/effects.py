"""What an instruction may run besides itself: the code that could rebind what a loop looks up.

Three kinds, from the mildest: special methods of values whose type is not known; calls of code
that is not known; suspension, during which anything runs.
"""

from __future__ import annotations

import enum
from operator import attrgetter
from typing import NamedTuple, Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow import known
from bclint.dataflow import values as v
from bclint.dataflow.definitions import STORES, parameters
from bclint.dataflow.module import ModuleFacts
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.types import KnownTypes
from bclint.dataflow.values import Value
from bclint.flow.loops import Loop, LoopForest


class Reach(enum.IntEnum):
    """How far the code that an instruction may run reaches."""

    NOTHING = 0
    SPECIAL_METHODS = 1
    """Operators, iteration, attribute access and familiar methods of unknown types."""
    UNKNOWN_CALL = 2
    """A call of a function that is not known."""
    SUSPENSION = 3
    """``yield`` or ``await``: other code runs until the function is resumed."""


class Disturbance(NamedTuple):
    """An instruction of a loop that may run other code."""

    reach: Reach
    instruction: Instruction
    receiver: Value | None
    """The object whose method is called, where that is known."""


_OPERATORS = frozenset(
    {
        Operation.BINARY_OPERATION,
        Operation.COMPARE,
        Operation.CONTAINS,
        Operation.UNARY_OPERATION,
        Operation.LOAD_SUBSCRIPT,
        Operation.LOAD_SLICE,
        Operation.TO_BOOL,
        Operation.NOT,
        Operation.FORMAT,
        Operation.FOR_ITERATE,
        Operation.UNPACK,
        Operation.LIST_EXTEND,
        Operation.SET_UPDATE,
        Operation.MAP_UPDATE,
        Operation.SET_ADD,
        Operation.MAP_ADD,
        Operation.STORE_SUBSCRIPT,
        Operation.STORE_SLICE,
        Operation.DELETE_SUBSCRIPT,
        Operation.GET_ITERATOR,
    }
)
_ALWAYS_SPECIAL = frozenset(
    {
        Operation.LOAD_SUPER_ATTRIBUTE,
        Operation.LOAD_SPECIAL,
        Operation.ENTER_WITH,
        Operation.EXIT_WITH,
        Operation.MATCH_PATTERN,
        Operation.STORE_ATTRIBUTE,
        Operation.DELETE_ATTRIBUTE,
        Operation.IMPORT_FROM,
        Operation.BUILD_SET,
        Operation.BUILD_MAP,
    }
)
_SUSPENSIONS = frozenset({Operation.YIELD, Operation.SEND, Operation.GET_ASYNC_NEXT})
_CALLS = frozenset({Operation.CALL, Operation.CALL_KEYWORDS, Operation.CALL_UNPACKED})
_PLAIN_TYPES = frozenset(
    {int, float, complex, bool, str, bytes, bytearray, list, tuple, dict, set, frozenset, range}
    | {type(None), enumerate, zip}
)


class Effects:
    """The disturbances of one function's instructions and loops."""

    def __init__(self, function: Function) -> None:
        """Judge by the operands' known types and the module's bindings."""
        self._instructions = function[Instructions]
        self._stack = function[OperandStack]
        self._types = function[KnownTypes]
        self._loops = function[LoopForest]
        self._facts = function[ModuleFacts]
        self._by_loop: dict[int, list[Disturbance]] = {}
        self._worst: dict[int, Disturbance | None] = {}
        self._imported_locals: dict[str, v.Imported | None] = {}

    @classmethod
    def of(cls, function: Function) -> Self:
        """The effects of one function."""
        return cls(function)

    def in_loop(self, loop: Loop) -> list[Disturbance]:
        """What the loop's iterations may run, in order; empty where nothing is unknown."""
        found = self._by_loop.get(loop.header)
        if found is None:
            found = [
                disturbance
                for instruction in self._loops.instructions_of(loop)
                if (disturbance := self.of_instruction(instruction)).reach
            ]
            self._by_loop[loop.header] = found
        return found

    def worst(self, loop: Loop) -> Disturbance | None:
        """The furthest reaching disturbance of the loop, the first of equals."""
        if loop.header not in self._worst:
            found = self.in_loop(loop)
            self._worst[loop.header] = max(found, key=attrgetter("reach"), default=None)
        return self._worst[loop.header]

    def told(self, disturbance: Disturbance) -> str:
        """The disturbance as a reader knows it: the call, and its line."""
        where = self.place(disturbance)
        if disturbance.reach is Reach.SUSPENSION:
            return f"other code that runs while the loop is suspended{where}"
        called = self.callee(disturbance.instruction)
        return f"the call of `{called}`{where}" if called else f"code that runs{where}"

    def place(self, disturbance: Disturbance) -> str:
        """Words for where the disturbance is, `` on line 7``, to stand behind others."""
        line = self._instructions.line(disturbance.instruction)
        return f" on line {line}" if line else ""

    def of_instruction(self, instruction: Instruction) -> Disturbance:
        """What one instruction may run besides itself."""
        operation = instruction.operation
        if operation in _SUSPENSIONS:
            return Disturbance(Reach.SUSPENSION, instruction, None)
        if operation in _CALLS:
            return self._call(instruction)
        if operation in _ALWAYS_SPECIAL or operation in {
            Operation.LOAD_ATTRIBUTE,
            Operation.LOAD_METHOD,
        }:
            return Disturbance(self._attribute_reach(instruction), instruction, None)
        if operation in _OPERATORS:
            return Disturbance(self._operator_reach(instruction), instruction, None)
        if operation is Operation.IMPORT_NAME:
            return Disturbance(Reach.UNKNOWN_CALL, instruction, None)
        return Disturbance(Reach.NOTHING, instruction, None)

    def is_module(self, value: Value) -> bool:
        """Whether `value` is certainly a module: ``import`` bound it, or it is ``os.path``."""
        return self.module_name(value) is not None

    def module_name(self, value: Value) -> str | None:
        """The dotted name of the module that `value` certainly is, else None.

        The empty name stands for a module that is one of several.
        """
        names = v.chain(value)
        bound = self._import_of(v.root(value)) if names else None
        if names is None or bound is None or bound.level:
            return None
        dotted = bound.module if bound.plain else f"{bound.module}.{bound.name}"
        start = dotted if bound.plain or dotted in known.MODULE_ATTRIBUTES else None
        if start is None or len(names) == 1:
            return start
        dotted = ".".join((start, *names[1:]))
        is_known = dotted in known.MODULE_ATTRIBUTES
        return dotted if is_known or dotted in self._facts.submodules(start) else None

    def _import_of(self, start: Value) -> v.Imported | None:
        """What an import binds to a global, or to a local that nothing but imports binds."""
        if isinstance(start, v.Global):
            return self._facts.import_of(start.name)
        if not isinstance(start, v.Local):
            return None
        if start.name not in self._imported_locals:
            self._imported_locals[start.name] = self._import_of_local(start.name)
        return self._imported_locals[start.name]

    def _import_of_local(self, name: str) -> v.Imported | None:
        if name in parameters(self._instructions.code):
            return None
        stored = {
            operands[0].value if (operands := self._stack.operands(instruction)) else v.UNKNOWN
            for instruction in self._instructions
            if instruction.operation in STORES and instruction.argument == name
        }
        only = stored.pop() if len(stored) == 1 else None
        return only if isinstance(only, v.Imported) else None

    def callee(self, instruction: Instruction) -> str | None:
        """What a call instruction calls, as a reader would write it; None if it has no name."""
        result = self._stack.result(instruction)
        names = v.chain(result.function) if isinstance(result, v.Call) else None
        return ".".join(names) if names else None

    def _call(self, instruction: Instruction) -> Disturbance:
        operands = self._stack.operands(instruction)
        result = self._stack.result(instruction)
        function = result.function if isinstance(result, v.Call) else v.UNKNOWN
        match function:
            case v.Global(name=name) if name in known.QUIET_BUILTINS and self._types.is_builtin(
                name
            ):
                return Disturbance(self._quiet_reach(instruction, name), instruction, None)
            case v.Attribute(base=base, name=name):
                kind = self._types.type_of(base, instruction)
                if kind in _PLAIN_TYPES:
                    return Disturbance(self._quiet_reach(instruction, name), instruction, base)
                if self.module_name(base) in known.QUIET_MODULES and not _takes_function(result):
                    return Disturbance(Reach.SPECIAL_METHODS, instruction, base)
                if name in known.CONTAINER_METHODS and operands:
                    return Disturbance(Reach.SPECIAL_METHODS, instruction, base)
                return Disturbance(Reach.UNKNOWN_CALL, instruction, base)
            case v.FunctionObject(code=code) if code.co_name.startswith("<"):
                return Disturbance(Reach.SPECIAL_METHODS, instruction, None)
            case _:
                return Disturbance(Reach.UNKNOWN_CALL, instruction, None)

    def _quiet_reach(self, instruction: Instruction, name: str) -> Reach:
        """A builtin runs its arguments' special methods, unless their types are known.

        Callbacks (``key=``, ``map``) are functions that we do not know.
        """
        result = self._stack.result(instruction)
        arguments = result.arguments if isinstance(result, v.Call) else (v.UNKNOWN,)
        keywords = result.keywords if isinstance(result, v.Call) else ()
        if "key" in keywords or "default" in keywords or name in {"map", "filter"}:
            return Reach.UNKNOWN_CALL
        if isinstance(result, v.Call) and result.unpacked:
            return Reach.SPECIAL_METHODS
        scalars = (int, float, bool, str, bytes, range, type(None))
        kinds = [self._types.type_of(argument, instruction) for argument in arguments]
        if all(kind in scalars for kind in kinds) or name in {"append", "insert", "id", "callable"}:
            return Reach.NOTHING
        return Reach.SPECIAL_METHODS

    def _attribute_reach(self, instruction: Instruction) -> Reach:
        operands = self._stack.operands(instruction)
        base = operands[-1].value if operands else v.UNKNOWN
        if instruction.operation in {Operation.LOAD_ATTRIBUTE, Operation.LOAD_METHOD} and (
            self.is_module(base) or self._types.type_of(base, instruction) in _PLAIN_TYPES
        ):
            return Reach.NOTHING
        return Reach.SPECIAL_METHODS

    def _operator_reach(self, instruction: Instruction) -> Reach:
        """An operator on exact builtin scalars runs nothing else; on a container its elements."""
        operands = self._stack.operands(instruction)
        if instruction.operation in {Operation.FOR_ITERATE, Operation.GET_ITERATOR}:
            return self._iteration_reach(instruction)
        kinds = [
            self._types.type_of(operand.value, instruction)
            for operand in operands
            if operand.value is not v.NULL
        ]
        scalars = (int, float, bool, complex, str, bytes, type(None))
        if all(kind in scalars for kind in kinds):
            return Reach.NOTHING
        if instruction.operation in {Operation.TO_BOOL, Operation.NOT, Operation.UNPACK} and all(
            kind in _PLAIN_TYPES for kind in kinds
        ):
            return Reach.NOTHING
        return Reach.SPECIAL_METHODS

    def _iteration_reach(self, instruction: Instruction) -> Reach:
        operands = self._stack.operands(instruction)
        value = operands[0].value if operands else v.UNKNOWN
        iterated = value.base if isinstance(value, v.Iterator) else value
        kind = self._types.type_of(iterated, instruction)
        return Reach.NOTHING if kind in _ITERATED_QUIETLY else Reach.SPECIAL_METHODS


def _takes_function(call: Value) -> bool:
    """Whether an argument may be a function that is called back: ``re.sub(p, f, s)``."""
    if not isinstance(call, v.Call) or call.unpacked or "key" in call.keywords:
        return True
    name = call.function.name if isinstance(call.function, v.Attribute) else ""
    positional = len(call.arguments) - len(call.keywords)
    if name in {"nlargest", "nsmallest"}:
        return positional > 2  # heapq.nlargest(1, xs, key)
    if name not in {"sub", "subn"}:
        return name in known.CALLERS_BACK
    by_keyword = dict(zip(call.keywords, call.arguments[positional:], strict=True))
    replacement = call.arguments[1] if positional > 1 else by_keyword.get("repl")
    return not isinstance(replacement, v.Constant | v.Formatted)


_ITERATED_QUIETLY = frozenset({range, list, tuple, str, bytes, dict, set, frozenset})
