"""BCL106: a loop outside any function, whose names are all looked up in dictionaries.

Nothing is moved, so nothing is to be proved; these conditions keep out what nobody would move:

1. it is a ``for`` or ``while`` statement of a module, the outermost one. The variables of a
   comprehension are locals, or those of a function, in every version;
2. each iteration of it, or of a loop in it, looks up at least `_FEWEST_NAMES` names;
3. it can be long: not a table written out in the file, nor ``range(100)``, nor what the
   interpreter knows of the module (``dir()``, ``vars()``, ``__all__``). A file that defines
   functions or classes is taken for a library, whose loops fill tables when it is imported: there
   a loop must be a ``while``, read input, or stand below ``if __name__ == "__main__":``;
4. it is not there to fill the module: it makes no function or class, imports nothing, and calls
   none of ``setattr``, ``globals`` and the like;
5. it runs: not in a handler, nor for type checkers alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from bclint.api import (
    Applicability,
    Category,
    Finding,
    Function,
    LoopForest,
    LoopKind,
    Needs,
    Operation,
    Rule,
    TopLevelLoop,
    TopLevelLoops,
    Verdict,
    WarmCode,
    names_in,
)

_FEWEST_NAMES = 5
_NAMES_A_CALL = 3
"""With fewer names than that for each call, the calls are what the loop costs."""
_FEWEST_ITERATIONS = 1000
_OF_THE_MODULE = frozenset(
    {"__all__", "__dict__", "__members__", "__subclasses__", "dir", "globals", "locals", "vars"}
)
_SHORT = _OF_THE_MODULE | {"argv"}
_INPUT = frozenset({"open", "stdin", "input"})
_FILLING = frozenset({"globals", "locals", "setattr", "vars", "exec", "delattr"})
_MAKING = frozenset({Operation.MAKE_FUNCTION, Operation.LOAD_BUILD_CLASS, Operation.IMPORT_NAME})


def check(function: Function) -> Iterator[Finding]:
    """One finding for each outermost loop."""
    if function is not function.module:
        return
    for found in function[TopLevelLoops].loops:
        if found.names < max(_FEWEST_NAMES, _NAMES_A_CALL * found.calls):
            continue
        if not _is_long(function, found) or _fills(function, found):
            continue
        what = "the `while` loop" if found.loop.kind is LoopKind.WHILE else "the loop over"
        yield Finding(
            message=f"{what} `{{expression}}` is in no function: every iteration looks up "
            f"{found.names} names in a dictionary",
            instruction=found.place,
            verdict=Verdict(Applicability.DISPLAY_ONLY, _advice(found)),
            loop=found.loop,
            details={
                "arguments": ", ".join(found.arguments),
                "results": ", ".join(found.results),
                "shared": ", ".join(found.shared),
            },
        )


def _is_long(function: Function, found: TopLevelLoop) -> bool:
    """Whether the loop is a program's work, as far as that shows, and no table of a library."""
    if found.iterations is not None:
        return found.iterations >= _FEWEST_ITERATIONS
    sources = function[TopLevelLoops].sources(found.iterable)
    if sources & _SHORT or function[TopLevelLoops].is_table(found.iterable):
        return False
    # What is left is long where somebody runs the file, which a library's reader does not.
    is_program = not any(inner.code.co_name[0] != "<" for inner in function.nested)
    guarded = any("__name__" in names_in(condition) for condition in found.conditions)
    is_while = found.loop.kind is LoopKind.WHILE
    return is_program or guarded or is_while or bool(sources & _INPUT)


def _fills(function: Function, found: TopLevelLoop) -> bool:
    """Whether the loop makes what the module consists of, or never runs."""
    for instruction in function[LoopForest].instructions_of(found.loop):
        if instruction.operation in _MAKING:
            return True
        if instruction.operation is Operation.LOAD_NAME and instruction.name in _FILLING:
            return True
    cold = not function[WarmCode].runs(found.place)
    return cold or any("TYPE_CHECKING" in names_in(test) for test in found.conditions)


def _advice(found: TopLevelLoop) -> str:
    if found.shared:
        return f"functions of the file read `{found.shared[0]}`, which the loop assigns"
    if found.results:
        results = ", ".join(f"`{name}`" for name in found.results)
        return f"the function has to return {results}, read outside the loop"
    return "the loop's variables would no longer be the module's"


RULE = Rule(
    code="BCL106",
    name="loop-at-module-level",
    summary="A loop outside any function looks up all its names in dictionaries",
    category=Category.LOOKUP,
    needs=Needs(any_of=frozenset({Operation.LOAD_NAME})),
    check=check,
    package=__package__,
)
