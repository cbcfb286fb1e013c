"""BCL601: an array of machine numbers that a loop reads element by element.

An array holds numbers, not objects: each read makes one.

Sound under these conditions:

1. the array is certainly one of ``array`` or NumPy, of one dimension, made in this function and
   bound nowhere else;
2. the loop sweeps over it: by ``for x in a``, or by an index that comes from a ``range``. A search
   that looks at a few elements of many must not copy them all;
3. nothing in the loop stores into the array or hands it on, so that a list made before the loop
   holds the same;
4. an array of ``array`` is read by a loop inside the one that the list would be made before: read
   once, its elements are made as quickly as the list's are.
"""

from __future__ import annotations

from collections.abc import Iterator as AbstractIterator

from bclint.api import (
    Applicability,
    Binary,
    Call,
    Category,
    Constant,
    ControlFlowGraph,
    Finding,
    Function,
    Global,
    Hoisting,
    Instruction,
    Instructions,
    Item,
    Iterations,
    Iterator,
    KnownTypes,
    Local,
    Loop,
    LoopForest,
    Needs,
    OperandStack,
    Operation,
    ReachingDefinitions,
    Rule,
    Value,
    Verdict,
)
from bclint_rules.element_boxing_in_loop.arrays import Arrays, Library

FEWEST_ITERATIONS = 8
_VERDICT = Verdict(Applicability.DISPLAY_ONLY, "a list holds all elements at once")


def check(function: Function) -> AbstractIterator[Finding]:
    """One finding for each array and loop, with all places that read it."""
    arrays = Arrays(function)
    groups: dict[tuple[str, int], list[tuple[Instruction, Loop]]] = {}
    for load in function[Instructions]:
        if load.operation is not Operation.LOAD_LOCAL:
            continue
        library = arrays.library_of(Local(load.name), load)
        found = _loop_with(function, load, library) if library else None
        if found is not None:
            place = _place(function, load)
            groups.setdefault((load.name, found.header), []).append((place, found))
    for (name, _), reads in groups.items():
        (first, loop), *others = reads
        yield Finding(
            message=f"`{name}` holds no objects: one is made each time that the loop reads an "
            "element, where `.tolist()` before the loop makes them once",
            instruction=first,
            verdict=_VERDICT,
            loop=loop,
            places=tuple([read for read, _ in others]),
        )


def _place(function: Function, load: Instruction) -> Instruction:
    """What to point at: ``a[i]``, or ``a`` where the loop iterates over it.

    The second half of a superinstruction has the place of the first.
    """
    read = function[OperandStack].consumers(load)[0]
    is_item = read.operation is Operation.LOAD_SUBSCRIPT
    return read if is_item or not load.leading else load


def _loop_with(function: Function, load: Instruction, library: Library) -> Loop | None:
    """The loop that sweeps over the array that `load` gives; a list can be made before it."""
    reads = function[OperandStack].consumers(load)
    if len(reads) != 1 or not function[Hoisting].is_repeated(load):
        return _loop_over(function, load, reads) if library is Library.NUMPY else None
    loop = _outermost(function, load)
    inner = function[LoopForest].loop_of(load)
    if loop is None or inner is None or not _is_swept(function, reads[0], load):
        return None
    if library is Library.STANDARD and loop is inner:
        return None
    return loop if _is_long(function, inner) else None


def _loop_over(function: Function, load: Instruction, reads: list[Instruction]) -> Loop | None:
    """The loop ``for x in a`` itself."""
    forest = function[LoopForest]
    for read in reads:
        if read.operation is not Operation.GET_ITERATOR:
            return None
        for header in function[OperandStack].consumers(read):
            if header.operation is Operation.FOR_ITERATE:
                loop = forest.loop_of(header)
                return loop if loop and _only_reads(function, load.name, loop) else None
    return None


def _outermost(function: Function, load: Instruction) -> Loop | None:
    """The outermost loop that neither binds the array's name nor changes the array."""
    innermost, found = function[LoopForest].loop_of(load), None
    definitions = function[ReachingDefinitions].before(load, load.name)
    graph = function[ControlFlowGraph]
    made_in = {graph.block_of(function[Instructions][each]).index for each in definitions}
    for loop in innermost.outwards if innermost else ():
        if made_in & loop.blocks or not _only_reads(function, load.name, loop):
            break
        found = loop
    return found


def _only_reads(function: Function, name: str, loop: Loop) -> bool:
    """Whether the loop does nothing with the array but read elements and ask for its length."""
    stack = function[OperandStack]
    for load in function[LoopForest].instructions_of(loop):
        if load.operation is not Operation.LOAD_LOCAL or load.name != name:
            continue
        for use in stack.consumers(load):
            operands = stack.operands(use)
            is_read = use.operation is Operation.LOAD_SUBSCRIPT and operands[0].value == Local(name)
            called = stack.result(use)
            is_length = isinstance(called, Call) and called.function == Global("len")
            if not (is_read or is_length or use.operation is Operation.GET_ITERATOR):
                return False
    return True


def _is_swept(function: Function, read: Instruction, load: Instruction) -> bool:
    """Whether `read` takes the element at an index that comes from a ``range``."""
    if read.operation is not Operation.LOAD_SUBSCRIPT:
        return False
    base, index = function[OperandStack].operands(read)
    match index.value:
        case Local(name=name):
            pass
        case Binary(symbol="+" | "-", left=Local(name=name), right=Constant(kind=kind)):
            if kind is not int:
                return False
        case _:
            return False
    definitions = function[ReachingDefinitions]
    stored = [definitions.stored_value(each) for each in definitions.before(read, name)]
    is_range = function[KnownTypes].is_builtin("range")
    return base.producer == load.index and bool(stored) and is_range and all(map(_of_range, stored))


def _of_range(value: Value) -> bool:
    match value:
        case Item(iterator=Iterator(base=Call(function=Global(name="range")))):
            return True
        case _:
            return False


def _is_long(function: Function, loop: Loop) -> bool:
    return function[Iterations].may_reach(loop, FEWEST_ITERATIONS)


RULE = Rule(
    code="BCL601",
    name="element-boxing-in-loop",
    summary="A loop reads an array of machine numbers by element, and makes an object each time",
    category=Category.NUMBERS,
    needs=Needs(
        any_of=frozenset({Operation.LOAD_SUBSCRIPT, Operation.GET_ITERATOR}),
        imports=frozenset({"array", "numpy"}),
    ),
    check=check,
    package=__package__,
)
