"""BCL902: ``with contextlib.suppress(…)`` in a loop, where ``try`` costs nothing.

Sound under these conditions:

1. what is called is certainly the standard library's ``suppress``, and a ``with`` enters it at
   once;
2. a loop does so on its iterations, and not only when something was raised;
3. ``except`` handles what ``suppress`` suppresses, but for groups: since 3.12 ``suppress`` takes
   the named exceptions out of a group, which ``except`` does not. No code proves that it raises
   none, so that the change is never safe;
4. ``except`` looks its exceptions up when one is raised, ``suppress`` before: the same where they
   are builtins.
"""

from __future__ import annotations

from collections.abc import Iterator

from bclint.api import (
    Applicability,
    Call,
    Category,
    Finding,
    Function,
    Hoisting,
    Instruction,
    Instructions,
    LoopForest,
    Needs,
    OperandStack,
    Operation,
    Origins,
    Rule,
    Verdict,
    described,
    weakest,
)

_CALLS = frozenset({Operation.CALL, Operation.CALL_UNPACKED})
_ENTERS = frozenset({Operation.ENTER_WITH, Operation.LOAD_SPECIAL})
_GROUPS = Verdict(
    Applicability.UNSAFE, "a group of exceptions is taken apart by `suppress`, not by `except`"
)


def check(function: Function) -> Iterator[Finding]:
    """One finding for each ``with suppress(…)`` of a loop."""
    if "suppress" not in (*function.code.co_names, *function.module.code.co_names):
        return
    for call in function[Instructions]:
        if call.operation not in _CALLS or not function[Hoisting].is_repeated(call):
            continue
        if (made := _suppress(function, call)) is not None:
            yield Finding(
                message="`{expression}` is made, entered and left on every iteration, "
                "where `try` would cost nothing",
                instruction=call,
                verdict=_verdict(function, made, call),
                loop=function[LoopForest].loop_of(call),
            )


def _suppress(function: Function, call: Instruction) -> Call | None:
    """The call of ``suppress`` with at least one exception, which a ``with`` enters at once."""
    stack = function[OperandStack]
    made = stack.result(call)
    if not isinstance(made, Call) or not (made.arguments or made.unpacked):
        return None
    if function[Origins].dotted(made.function, call) != "contextlib.suppress":
        return None
    is_entered = any(consumer.operation in _ENTERS for consumer in stack.consumers(call))
    return made if is_entered else None


def _verdict(function: Function, made: Call, call: Instruction) -> Verdict:
    found = [_GROUPS]
    for error in made.arguments:
        dotted = function[Origins].dotted(error, call) or ""
        if not dotted.startswith("builtins."):
            reason = f"`{described(error)}` is looked up only when something is raised"
            found.append(Verdict(Applicability.UNSAFE, reason))
    return weakest(*found)


RULE = Rule(
    code="BCL902",
    name="suppress-in-loop",
    summary="`contextlib.suppress` in a loop costs far more than `try` and `except`",
    category=Category.FOLKLORE,
    needs=Needs(any_of=_ENTERS),
    check=check,
    package=__package__,
)
