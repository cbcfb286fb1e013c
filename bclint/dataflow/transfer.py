"""What one instruction does to the operand stack, in abstract values.

One handler for each operation, looked up by its number: this runs for every instruction of every
function that is analysed, so what is common is short.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


Stack = tuple[Operand, ...]


class Effect(NamedTuple):
    """What one instruction took (deepest first) and left on the stack."""

    operands: Stack
    results: Stack


_new = tuple.__new__
_NO_EFFECT = Effect((), ())
_NULL = Operand(NULL, -1)
_MISSING = Operand(UNKNOWN, -1)


def is_unknown(value: Value) -> bool:
    """Whether nothing is known of the value."""
    return isinstance(value, v.Unknown)


class Interpreter:
    """A stack, and the steps of a basic block over it."""

    def __init__(self, stack: list[Operand]) -> None:
        """Start from `stack`, deepest first; it is changed in place."""
        self.stack = stack
        self.keywords: tuple[str, ...] = ()
        """Names for the next call, where an instruction of its own gives them."""
        self._before_last: list[Operand] = []
        self._depths: dict[int, int] = {}
        """How deep values of this block are, by identity; all of them are kept by effects."""

    def run(self, instructions: Sequence[Instruction], effects: list[Effect | None]) -> None:
        """Run `instructions` one after the other; fills in the effects by their indices."""
        handlers = _HANDLERS
        for instruction in instructions:
            effects[instruction.index] = handlers[instruction.operation](self, instruction)

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

    def pop(self, count: int) -> Stack:
        """Take `count` operands off, deepest first."""
        if count == 0:
            return ()
        taken = tuple(self.stack[-count:])
        del self.stack[-count:]
        if len(taken) < count:
            taken = (_MISSING,) * (count - len(taken)) + taken
        return taken

    def take(self, instruction: Instruction) -> Stack:
        """Take off what the instruction's shape says."""
        shape = instruction.shape
        if shape.jump_pushes is not None:
            self._before_last = self.stack[:]
        return self.pop(shape.popped(instruction.number))

    def push(self, taken: Stack, results: Stack) -> Effect:
        """Leave `results`."""
        self.stack += results
        return _new(Effect, (taken, results))

    def push_value(self, instruction: Instruction, taken: Stack, value: Value) -> Effect:
        """Leave one value, of `instruction`'s making."""
        operand: Operand = _new(Operand, (value, instruction.index))
        self.stack.append(operand)
        return _new(Effect, (taken, (operand,)))

    def bounded(self, value: Value, parts: Sequence[Value]) -> Value:
        """`value`, made of `parts`, or unknown where that is too deep."""
        depths = self._depths
        depth = 1
        for part in parts:
            known = depths.get(id(part), 1)
            if known >= depth:
                depth = known + 1
        if depth > v.MAXIMUM_DEPTH:
            return UNKNOWN
        if depth > 1:
            depths[id(value)] = depth
        return value


Handler = Callable[[Interpreter, Instruction], Effect]


def _nothing(_: Interpreter, __: Instruction) -> Effect:
    return _NO_EFFECT


def _pop_one(self: Interpreter, instruction: Instruction) -> Effect:
    """For whatever takes one operand and leaves none: stores, tests, ``return``."""
    if instruction.shape.jump_pushes is not None or not self.stack:
        return _other(self, instruction)
    return _new(Effect, ((self.stack.pop(),), ()))


def _store_local(self: Interpreter, instruction: Instruction) -> Effect:
    """What was read from the local and still stands on the stack is what it held until now.

    ``b, a = a, b`` stores to `b` while its old value waits for the store to `a`. Iterators stay:
    what a loop knows of its iterable, it knows of every store to that name.
    """
    effect = _pop_one(self, instruction)
    name = instruction.name
    for index, (value, producer) in enumerate(self.stack):
        if isinstance(value, v.Iterator | v.Unknown) or not v.reads_local(value, name):
            continue
        is_load = isinstance(value, v.Local) and producer >= 0
        self.stack[index] = Operand(v.Earlier(name, producer) if is_load else UNKNOWN, producer)
    return effect


def _other(self: Interpreter, instruction: Instruction) -> Effect:
    """What is not looked into leaves values that nothing is known of."""
    taken = self.take(instruction)
    pushes = instruction.shape.pushed(instruction.number)
    return self.push(taken, (Operand(UNKNOWN, instruction.index),) * pushes)


def _keyword_names(self: Interpreter, instruction: Instruction) -> Effect:
    names = instruction.argument
    self.keywords = names if isinstance(names, tuple) else ()
    return _other(self, instruction)


def _copy(self: Interpreter, instruction: Instruction) -> Effect:
    taken = self.take(instruction)
    return self.push(taken, (*taken, taken[0]))


def _swap(self: Interpreter, instruction: Instruction) -> Effect:
    taken = self.take(instruction)
    return self.push(taken, (taken[-1], *taken[1:-1], taken[0]))


def _load(make: Callable[[str], Value]) -> Handler:
    """The handler of a load by name, which takes nothing but where a dictionary comes first."""

    def handle(self: Interpreter, instruction: Instruction) -> Effect:
        taken = self.take(instruction) if instruction.shape.pops else ()
        operand: Operand = _new(Operand, (make(instruction.argument), instruction.index))  # type: ignore[arg-type]  # a name
        self.stack.append(operand)
        return _new(Effect, (taken, (operand,)))

    return handle


def _load_constant(self: Interpreter, instruction: Instruction) -> Effect:
    content = instruction.argument
    operand: Operand = _new(Operand, (v.Constant(type(content), content), instruction.index))
    self.stack.append(operand)
    return _new(Effect, ((), (operand,)))


def _load_global(self: Interpreter, instruction: Instruction) -> Effect:
    loaded = Operand(v.Global(instruction.name), instruction.index)
    if instruction.shape.pushed(instruction.number) == 1:
        return self.push((), (loaded,))
    return self.push((), (loaded, _NULL) if versions.CALLABLE_BELOW_NULL else (_NULL, loaded))


def _load_attribute(self: Interpreter, instruction: Instruction) -> Effect:
    taken = self.pop(1)
    base = taken[0].value
    value = self.bounded(v.Attribute(base, instruction.name), (base,))
    operand: Operand = _new(Operand, (value, instruction.index))
    one = instruction.shape.pushed(instruction.number) == 1
    return self.push(taken, (operand,) if one else (operand, _NULL))


def _push_null(self: Interpreter, _: Instruction) -> Effect:
    return self.push((), (_NULL,))


def _call(self: Interpreter, instruction: Instruction) -> Effect:
    taken = self.take(instruction)
    call = _called(taken, self.keywords)
    self.keywords = ()
    parts = (call.function, *call.arguments)
    return self.push_value(instruction, taken, self.bounded(call, parts))


def _get_iterator(self: Interpreter, instruction: Instruction) -> Effect:
    taken = self.take(instruction)
    base = taken[0].value
    iterator = Operand(self.bounded(v.Iterator(base), (base,)), instruction.index)
    nulls = instruction.shape.pushed(instruction.number) - 1
    return self.push(taken, (iterator, *([_NULL] * nulls)))


def _keep(self: Interpreter, instruction: Instruction) -> Effect:
    """What it looked at stays below its result."""
    taken = self.take(instruction)
    pushes = instruction.shape.pushed(instruction.number)
    if pushes <= len(taken):
        return self.push(taken, (Operand(UNKNOWN, instruction.index),) * pushes)
    new: Value = UNKNOWN
    if instruction.operation is Operation.FOR_ITERATE:
        new = v.Item(taken[0].value)
    elif instruction.operation is Operation.IMPORT_FROM and isinstance(taken[0].value, v.Imported):
        new = _imported_from(taken[0].value, instruction.name)
    more = (Operand(new, instruction.index),) * (pushes - len(taken))
    return self.push(taken, taken + more)


def _fill(self: Interpreter, instruction: Instruction) -> Effect:
    """Displays are filled in place: ``BUILD_LIST 0; LOAD_CONST (1, 2, 3); LIST_EXTEND 1``."""
    added = self.take(instruction)
    slot = len(self.stack) - instruction.number
    if 0 <= slot < len(self.stack):
        target = self.stack[slot]
        display = _filled(instruction, target.value, [operand.value for operand in added])
        self.stack[slot] = Operand(display, target.producer)
    return _new(Effect, (added, ()))


def _made(make: Callable[[Instruction, list[Value]], Value]) -> Handler:
    """The handler of an operation that leaves one value, made of those that it takes."""

    def handle(self: Interpreter, instruction: Instruction) -> Effect:
        taken = self.take(instruction)
        value = make(instruction, [operand.value for operand in taken])
        return self.push_value(instruction, taken, self.bounded(value, v.children(value)))

    return handle


_LARGEST_DISPLAY = 256
"""Tables of data are filled in chunks; past this size their elements interest no rule."""


def _called(taken: Stack, keywords: tuple[str, ...]) -> v.Call:
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


_MADE: dict[Operation, Callable[[Instruction, list[Value]], Value]] = {
    Operation.LOAD_AND_CLEAR_LOCAL: lambda _, __: UNKNOWN,
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
_BY_OPERATION: dict[Operation, Handler] = {
    **{operation: _made(make) for operation, make in _MADE.items()},
    **dict.fromkeys((Operation.NOTHING, Operation.JUMP, Operation.JUMP_QUIETLY), _nothing),
    **dict.fromkeys(
        (
            *(Operation.STORE_CELL, Operation.STORE_GLOBAL, Operation.STORE_NAME),
            *(Operation.POP, Operation.JUMP_IF, Operation.RETURN),
        ),
        _pop_one,
    ),
    Operation.STORE_LOCAL: _store_local,
    Operation.LOAD_LOCAL: _load(v.Local),
    Operation.LOAD_CELL: _load(v.Cell),
    Operation.LOAD_CLOSURE: _load(v.CellReference),
    Operation.LOAD_NAME: _load(v.Name),
    Operation.LOAD_CONSTANT: _load_constant,
    Operation.LOAD_GLOBAL: _load_global,
    Operation.LOAD_ATTRIBUTE: _load_attribute,
    Operation.LOAD_METHOD: _load_attribute,
    Operation.PUSH_NULL: _push_null,
    Operation.KEYWORD_NAMES: _keyword_names,
    Operation.COPY: _copy,
    Operation.SWAP: _swap,
    Operation.CALL: _call,
    Operation.GET_ITERATOR: _get_iterator,
    **dict.fromkeys(
        (
            *(Operation.FOR_ITERATE, Operation.SEND, Operation.GET_ASYNC_NEXT),
            *(Operation.MATCH_EXCEPTION, Operation.MATCH_PATTERN, Operation.IMPORT_FROM),
        ),
        _keep,
    ),
    **dict.fromkeys(
        (
            *(Operation.LIST_EXTEND, Operation.SET_UPDATE, Operation.MAP_UPDATE),
            *(Operation.LIST_APPEND, Operation.SET_ADD, Operation.MAP_ADD),
        ),
        _fill,
    ),
}
_HANDLERS: tuple[Handler, ...] = tuple(
    _BY_OPERATION.get(operation, _other) if operation else _other
    for operation in (None, *Operation)
)
"""By the operation's number, from 1."""
