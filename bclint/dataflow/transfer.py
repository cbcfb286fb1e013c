"""What one instruction does to the operand stack, in abstract values."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bclint.bytecode import versions
from bclint.bytecode.decode import Instruction
from bclint.bytecode.opcodes import Operation
from bclint.dataflow import values as v
from bclint.dataflow.values import NULL, UNKNOWN, Value


class Operand(NamedTuple):
    """A value on the stack and the index of the instruction that left it, -1 if several did."""

    value: Value
    producer: int


def is_unknown(value: Value) -> bool:
    """Whether nothing is known of the value."""
    return isinstance(value, v.Unknown)


class Interpreter:
    """A stack, and the steps of a basic block over it."""

    def __init__(self, stack: list[Operand]) -> None:
        """Start from `stack`, deepest first; it is changed in place."""
        self.stack = stack
        self._keywords: tuple[str, ...] = ()
        self._before_last: list[Operand] = []
        self._depths: dict[Value, int] = {}

    def step(self, instruction: Instruction) -> tuple[tuple[Operand, ...], tuple[Operand, ...]]:
        """Run one instruction: what it took and what it left."""
        shape = instruction.shape
        count = shape.popped(instruction.number)
        taken = self._pop(count)
        if shape.jump_pushes is not None or instruction.operation in _FILLS:
            self._before_last = [*self.stack, *taken]
        if instruction.operation is Operation.KEYWORD_NAMES:
            names = instruction.argument
            self._keywords = names if isinstance(names, tuple) else ()
        left = self._results(instruction, taken, shape.pushed(instruction.number))
        if instruction.operation is Operation.CALL:
            self._keywords = ()
        self.stack.extend(left)
        self._update_below(instruction)
        return tuple(taken), tuple(left)

    def stack_along_jump(self, last: Instruction) -> list[Operand]:
        """The stack where the jump of the block's last instruction arrives."""
        shape = last.shape
        if shape.jump_pushes is None:
            return self.stack
        count = shape.popped(last.number)
        kept = self._before_last[: len(self._before_last) - count]
        pushed = shape.pushed(last.number, jump=True)
        if last.operation is Operation.JUMP_IF_OR_POP:
            return [*kept, *self._before_last[len(self._before_last) - pushed :]]
        return [*kept, *([Operand(UNKNOWN, last.index)] * pushed)]

    def _pop(self, count: int) -> list[Operand]:
        if count == 0:
            return []
        taken = self.stack[-count:]
        del self.stack[-count:]
        missing = count - len(taken)
        return [Operand(UNKNOWN, -1)] * missing + taken

    def _results(
        self, instruction: Instruction, taken: list[Operand], pushes: int
    ) -> list[Operand]:
        operation = instruction.operation
        if operation is Operation.COPY:
            return [*taken, taken[0]]
        if operation is Operation.SWAP:
            return [taken[-1], *taken[1:-1], taken[0]]
        if operation in _KEEPERS:
            return _kept(instruction, taken, pushes)
        if operation is Operation.CALL:
            return [Operand(self._bounded(_call(taken, self._keywords)), instruction.index)]
        if operation is Operation.GET_ITERATOR:
            iterator = Operand(self._bounded(v.Iterator(taken[0].value)), instruction.index)
            return [iterator, *([Operand(NULL, -1)] * (pushes - 1))]
        if operation is Operation.LOAD_GLOBAL:
            return _with_null(v.Global(instruction.name), instruction, pushes)
        if operation in _ATTRIBUTE_LOADS:
            value = self._bounded(v.Attribute(taken[0].value, instruction.name))
            result = Operand(value, instruction.index)
            return [result] if pushes == 1 else [result, Operand(NULL, -1)]
        if operation is Operation.PUSH_NULL:
            return [Operand(NULL, -1)]
        produce = _PRODUCE.get(operation)
        if produce is not None and pushes == 1:
            value = self._bounded(produce(instruction, [operand.value for operand in taken]))
            return [Operand(value, instruction.index)]
        return [Operand(UNKNOWN, instruction.index)] * pushes

    def _bounded(self, value: Value) -> Value:
        depth = 1 + max((self._depths.get(part, 1) for part in v.children(value)), default=0)
        if depth > v.MAXIMUM_DEPTH:
            return UNKNOWN
        if depth > 1:
            self._depths[value] = depth
        return value

    def _update_below(self, instruction: Instruction) -> None:
        """Displays are filled in place: ``BUILD_LIST 0; LOAD_CONST (1, 2, 3); LIST_EXTEND 1``."""
        if instruction.operation not in _FILLS:
            return
        slot = len(self.stack) - instruction.number
        if not 0 <= slot < len(self.stack):
            return
        target = self.stack[slot]
        added = self._before_last[len(self.stack) :]
        display = _filled(instruction, target.value, [operand.value for operand in added])
        self.stack[slot] = Operand(display, target.producer)


_ATTRIBUTE_LOADS = frozenset({Operation.LOAD_ATTRIBUTE, Operation.LOAD_METHOD})
_KEEPERS = frozenset(
    {
        Operation.FOR_ITERATE,
        Operation.SEND,
        Operation.GET_ASYNC_NEXT,
        Operation.MATCH_EXCEPTION,
        Operation.MATCH_PATTERN,
        Operation.IMPORT_FROM,
    }
)
"""Operations that leave what they looked at below their result."""

_FILLS = frozenset(
    {
        Operation.LIST_EXTEND,
        Operation.SET_UPDATE,
        Operation.MAP_UPDATE,
        Operation.LIST_APPEND,
        Operation.SET_ADD,
        Operation.MAP_ADD,
    }
)


_LARGEST_DISPLAY = 256
"""Tables of data are filled in chunks; past this size their elements interest no rule."""


def _kept(instruction: Instruction, taken: list[Operand], pushes: int) -> list[Operand]:
    if pushes <= len(taken):
        return [Operand(UNKNOWN, instruction.index)] * pushes
    new: Value = UNKNOWN
    if instruction.operation is Operation.FOR_ITERATE:
        new = v.Item(taken[0].value)
    elif instruction.operation is Operation.IMPORT_FROM and isinstance(taken[0].value, v.Imported):
        new = _imported_from(taken[0].value, instruction.name)
    return [*taken, *([Operand(new, instruction.index)] * (pushes - len(taken)))]


def _with_null(value: Value, instruction: Instruction, pushes: int) -> list[Operand]:
    loaded = Operand(value, instruction.index)
    if pushes == 1:
        return [loaded]
    null = Operand(NULL, -1)
    return [loaded, null] if versions.CALLABLE_BELOW_NULL else [null, loaded]


def _call(taken: list[Operand], keywords: tuple[str, ...]) -> Value:
    first, second = taken[0].value, taken[1].value
    function = second if first is NULL else first
    arguments = tuple(operand.value for operand in taken[2:])
    bound_self = second is not NULL and first is not NULL
    if bound_self and not isinstance(first, v.Attribute):
        arguments = (second, *arguments)
    return v.Call(function, arguments, keywords)


def _call_keywords(_: Instruction, taken: list[Value]) -> Value:
    names = taken[-1].value if isinstance(taken[-1], v.Constant) else ()
    keywords = tuple(str(name) for name in names) if isinstance(names, tuple) else ()
    first, second = taken[0], taken[1]
    function = second if first is NULL else first
    return v.Call(function, tuple(taken[2:-1]), keywords)


def _call_unpacked(_: Instruction, taken: list[Value]) -> Value:
    function = next((value for value in taken if value is not NULL), UNKNOWN)
    return v.Call(function, (UNKNOWN,), unpacked=True)


def _display(kind: type) -> Callable[[Instruction, list[Value]], Value]:
    return lambda _, taken: v.Display(kind, tuple(taken))


def _constant_key_map(_: Instruction, taken: list[Value]) -> Value:
    keys = taken[-1].value if isinstance(taken[-1], v.Constant) else None
    if not isinstance(keys, tuple):
        return UNKNOWN
    pairs = zip(keys, taken[:-1], strict=True)
    return v.Display(dict, tuple(part for key, value in pairs for part in (v.constant(key), value)))


def _filled(instruction: Instruction, target: Value, added: list[Value]) -> Value:
    if not isinstance(target, v.Display):
        return UNKNOWN
    if len(target.elements) > _LARGEST_DISPLAY:
        return v.Display(target.kind, (UNKNOWN,))
    if instruction.operation in {Operation.LIST_EXTEND, Operation.SET_UPDATE}:
        source = added[0] if added else UNKNOWN
        content = source.value if isinstance(source, v.Constant) else None
        if isinstance(content, tuple | frozenset):
            elements = tuple(v.constant(element) for element in content)
            return v.Display(target.kind, target.elements + elements)
        return v.Display(target.kind, (*target.elements, UNKNOWN))
    if instruction.operation is Operation.MAP_UPDATE:
        source = added[0] if added else UNKNOWN
        more = source.elements if isinstance(source, v.Display) else (UNKNOWN, UNKNOWN)
        return v.Display(target.kind, target.elements + more)
    return v.Display(target.kind, (UNKNOWN,))


def _function(_: Instruction, taken: list[Value]) -> Value:
    code = taken[-1].value if isinstance(taken[-1], v.Constant) else None
    if not hasattr(code, "co_code"):
        return UNKNOWN
    return v.FunctionObject(code, tuple(taken[:-1]))  # type: ignore[arg-type]


def _with_function_attribute(_: Instruction, taken: list[Value]) -> Value:
    function = taken[-1]
    if not isinstance(function, v.FunctionObject):
        return UNKNOWN
    return v.FunctionObject(function.code, (*function.captures, taken[0]))


def _imported(instruction: Instruction, taken: list[Value]) -> Value:
    level = taken[0].value if isinstance(taken[0], v.Constant) else 0
    names = taken[1].value if isinstance(taken[1], v.Constant) else None
    level = level if isinstance(level, int) else 0
    if names is None:
        return v.Imported(instruction.name.partition(".")[0], "", level, plain=True)
    return v.Imported(instruction.name, "", level)


def _imported_from(source: v.Imported, name: str) -> Value:
    """``import a.b as m`` reads ``b`` from the plain module ``a``; ``from a import b`` a name."""
    if source.plain:
        return v.Imported(f"{source.module}.{name}", "", source.level, plain=True)
    return v.Imported(source.module, name, source.level)


def _list_to_tuple(_: Instruction, taken: list[Value]) -> Value:
    built = taken[0]
    return v.Display(tuple, built.elements) if isinstance(built, v.Display) else UNKNOWN


def _symbol(instruction: Instruction, taken: list[Value]) -> Value:
    return v.Binary(str(instruction.argument), taken[0], taken[1])


_PRODUCE: dict[Operation, Callable[[Instruction, list[Value]], Value]] = {
    Operation.LOAD_LOCAL: lambda i, _: v.Local(i.name),
    Operation.LOAD_AND_CLEAR_LOCAL: lambda _, __: UNKNOWN,
    Operation.LOAD_CELL: lambda i, _: v.Cell(i.name),
    Operation.LOAD_CLOSURE: lambda i, _: v.CellReference(i.name),
    Operation.LOAD_NAME: lambda i, _: v.Name(i.name),
    Operation.LOAD_CONSTANT: lambda i, _: v.constant(i.argument),
    Operation.CALL_KEYWORDS: _call_keywords,
    Operation.CALL_UNPACKED: _call_unpacked,
    Operation.BUILD_TUPLE: _display(tuple),
    Operation.BUILD_LIST: _display(list),
    Operation.BUILD_SET: _display(set),
    Operation.BUILD_MAP: _display(dict),
    Operation.BUILD_CONSTANT_KEY_MAP: _constant_key_map,
    Operation.LIST_TO_TUPLE: _list_to_tuple,
    Operation.BUILD_STRING: lambda _, taken: v.Formatted(tuple(taken)),
    Operation.FORMAT: lambda _, taken: v.Formatted(tuple(taken[:1])),
    Operation.LOAD_SUBSCRIPT: lambda _, taken: v.Binary("[]", taken[0], taken[1]),
    Operation.LOAD_SLICE: lambda _, taken: v.Binary("[:]", taken[0], UNKNOWN),
    Operation.BINARY_OPERATION: _symbol,
    Operation.COMPARE: _symbol,
    Operation.CONTAINS: _symbol,
    Operation.IS: _symbol,
    Operation.UNARY_OPERATION: lambda i, taken: v.Unary(str(i.argument), taken[0]),
    Operation.NOT: lambda _, taken: v.Unary("not", taken[0]),
    Operation.TO_BOOL: lambda _, taken: v.Unary("bool", taken[0]),
    Operation.MAKE_FUNCTION: _function,
    Operation.SET_FUNCTION_ATTRIBUTE: _with_function_attribute,
    Operation.IMPORT_NAME: _imported,
}
