"""BCL204: a function of ``re`` that is handed the same pattern on every iteration.

Sound under these conditions:

1. the function is certainly that of the standard library's ``re``;
2. pattern and flags are constants, or names of constants that nothing in the loop can rebind, so
   that every call compiles the same pattern;
3. the pattern compiles here and now without an error or a warning: compiling it before the loop
   then raises and warns of nothing. It depends on no locale and prints nothing (``re.DEBUG``);
4. the other arguments stay where they are, in their order, and the methods of a pattern take all
   of them. (Since 3.13 ``re.sub(p, r, s, 1)`` warns of the positional count, `Pattern.sub` does
   not: moving that is unsafe.)

Where a condition in the loop stands before the call the pattern may be compiled for nothing, which
could make a program slower: that is unsafe too.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bclint.api import (
    Applicability,
    Category,
    Constant,
    Finding,
    Function,
    Hoist,
    Hoisting,
    Instruction,
    Instructions,
    Loop,
    Needs,
    Operation,
    Rule,
    Verdict,
    weakest,
)
from bclint_rules.regex_compiled_in_loop.patterns import Pattern, Patterns

_CALLS = frozenset({Operation.CALL, Operation.CALL_KEYWORDS})


def check(function: Function) -> Iterator[Finding]:
    """One finding for each pattern of a loop, with all its places."""
    hoisting, patterns = function[Hoisting], Patterns(function)
    groups: dict[tuple[Constant, int, int], list[tuple[Instruction, Hoist]]] = {}
    for call in function[Instructions]:
        if call.operation not in _CALLS or not hoisting.is_repeated(call):
            continue
        if pattern := patterns.of_call(call):
            best = hoisting.best(call, partial(_judge, function, pattern, call))
            if best is not None:
                key = pattern.constant, pattern.flags, best.loop.header
                groups.setdefault(key, []).append((call, best))
    for group in groups.values():
        (first, best), *others = group
        yield Finding(
            message="`{expression}` looks its compiled pattern up again on every iteration",
            instruction=first,
            verdict=weakest(*(hoist.verdict for _, hoist in group)),
            loop=best.loop,
            places=tuple([call for call, _ in others]),
        )


def _judge(function: Function, pattern: Pattern, call: Instruction, loop: Loop) -> Verdict | None:
    """How far compiling the pattern before `loop` is proved."""
    hoisting, line = function[Hoisting], function[Instructions].line(call)
    verdict = hoisting.verdict(pattern.sources, loop, [call])
    if verdict is None:
        return None
    if pattern.warns:
        reason = f"line {line} passes by position what Python 3.13 warns of, and no longer will"
        verdict = weakest(verdict, Verdict(Applicability.UNSAFE, reason))
    if not hoisting.runs_always(call, loop):
        reason = f"line {line} may never run, and the pattern be compiled for nothing"
        verdict = weakest(verdict, Verdict(Applicability.UNSAFE, reason))
    return verdict


RULE = Rule(
    code="BCL204",
    name="regex-compiled-in-loop",
    summary="A constant pattern is compiled, or looked up in a cache, on every iteration",
    category=Category.REPETITION,
    needs=Needs(any_of=_CALLS, imports=frozenset({"re"})),
    check=check,
    package=__package__,
)
