"""BCL901: a list's ``append`` kept in a local, which a loop calls more slowly than the method.

Only ``append`` of a list has an instruction of its own, and only where it is called as a method
and its result is dropped. For every other method that was measured an alias is as fast or faster,
so this rule is silent about them.

Sound under these conditions:

1. the alias is stored once, from ``name.append``, and nothing else binds or deletes it;
2. `name` is certainly a list, made in this function: its ``append`` is the builtin's, and looking
   it up runs no code and cannot raise;
3. every use of the alias sees that one store, and the same one definition of `name` as the store
   saw. No other list can come between them: a way from a second definition to a use that avoids
   the store would, taken the first time round, reach the use without any alias;
4. both are plain locals, which no other function can rebind.
"""

from __future__ import annotations

from collections.abc import Iterator

from bclint.api import (
    Applicability,
    Attribute,
    Category,
    ControlFlowGraph,
    Finding,
    Function,
    Instruction,
    Instructions,
    KnownTypes,
    Local,
    LoopForest,
    Needs,
    OperandStack,
    Operation,
    RawLoops,
    ReachingDefinitions,
    Rule,
    Verdict,
    WarmCode,
)

_CHANGES = frozenset({Operation.STORE_LOCAL, Operation.DELETE_LOCAL})


def check(function: Function) -> Iterator[Finding]:
    """One finding for each alias that a loop calls."""
    for store in function[Instructions]:
        owner = _aliased_list(function, store)
        if owner is None:
            continue
        uses = [i for i in function[Instructions] if _is_load(i, store.name)]
        calls = [call for use in uses if (call := _append_call(function, use))]
        in_loop = next((call for call in calls if _is_repeated(function, call, store)), None)
        if in_loop is None or not all(_sees(function, use, store, owner) for use in uses):
            continue
        # The place is the call: a load may share its position with the store before it.
        yield Finding(
            message=f"`{{expression}}` calls a bound method kept in a local, "
            f"which is slower on every iteration than `{owner}.append(…)`",
            instruction=in_loop,
            verdict=Verdict(
                Applicability.SAFE, f"`{owner}` is a list, and neither name is bound again"
            ),
            loop=function[LoopForest].loop_of(in_loop),
            places=tuple(call for call in calls if call is not in_loop),
            details={"object": owner, "kept": "yes" if len(calls) < len(uses) else ""},
        )


def _aliased_list(function: Function, store: Instruction) -> str | None:
    """The name of the list whose ``append`` this instruction alone stores under a name."""
    if store.operation is not Operation.STORE_LOCAL:
        return None
    operands = function[OperandStack].operands(store)
    match operands[0].value if operands else None:
        case Attribute(base=Local(name=owner) as base, name="append"):
            kind = function[KnownTypes].type_of(base, store)
        case _:
            return None
    changes = [i for i in function[Instructions] if i.operation in _CHANGES]
    stored_once = sum(change.argument == store.argument for change in changes) == 1
    return owner if kind is list and stored_once else None


def _is_load(instruction: Instruction, name: str) -> bool:
    return instruction.operation is Operation.LOAD_LOCAL and instruction.argument == name


def _append_call(function: Function, load: Instruction) -> Instruction | None:
    """The call that `load` is for: with one argument, and the result dropped."""
    stack = function[OperandStack]
    consumers = stack.consumers(load)
    if len(consumers) != 1 or consumers[0].operation is not Operation.CALL:
        return None
    call = consumers[0]
    callee = any(operand.producer == load.index for operand in stack.operands(call)[:2])
    dropped = [consumer.operation for consumer in stack.consumers(call)] == [Operation.POP]
    return call if callee and call.number == 1 and dropped else None


def _is_repeated(function: Function, call: Instruction, store: Instruction) -> bool:
    """Whether a loop runs the call again and again after the store, not only in a handler."""
    loop = function[LoopForest].loop_of(call)
    if loop is None or function[ControlFlowGraph].block_of(store).index in loop.blocks:
        return False
    return function[WarmCode].runs(call)


def _sees(function: Function, use: Instruction, store: Instruction, owner: str) -> bool:
    """Whether `use` sees this store alone, and the list that it was stored from."""
    definitions = function[ReachingDefinitions]
    made = definitions.before(store, owner)
    return (
        definitions.before(use, store.name) == {store.index}
        and definitions.before(use, owner) == made
        and len(made) == 1
    )


def _keeps_append(function: Function) -> bool:
    return function[RawLoops].reads_attribute("append")


RULE = Rule(
    code="BCL901",
    name="bound-method-alias",
    summary="A list's `append` kept in a local is slower to call than the method",
    category=Category.FOLKLORE,
    needs=Needs(any_of=frozenset({Operation.CALL}), names=frozenset({"append"}), raw=_keeps_append),
    check=check,
    package=__package__,
)
