"""BCL201: an import statement that runs on every iteration.

Moving it before the loop is sound under these conditions:

1. every iteration runs it: an import under a condition may be there so that it need not run;
2. with no iteration the import now runs as well. That is safe only where the module is there
   already: every interpreter has imported it, or this file does so at its top level before the
   function can be called; and names taken out of it are always there, and assigned by nothing in
   this file;
3. the names that it binds are plain locals that nothing else in the function assigns or deletes,
   and that are read only where this import has certainly run;
4. no handler or ``with`` inside the loop sees it fail, unless it cannot fail (2);
5. nothing in the loop changes which modules there are (``sys.modules``, ``reload``), and nothing in
   the file how they are imported (``builtins.__import__``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from bclint.api import (
    Applicability,
    Bindings,
    Category,
    ControlFlowGraph,
    Finding,
    Function,
    Hoisting,
    Imported,
    IndirectGlobals,
    Instruction,
    Instructions,
    Loop,
    LoopForest,
    ModuleFacts,
    Needs,
    OperandStack,
    Operation,
    Rule,
    Stability,
    Verdict,
    known,
    weakest,
)

SAFE, UNSAFE = Applicability.SAFE, Applicability.UNSAFE
_RELOADING = frozenset({"modules", "reload", "import_module", "sys.modules"})


def check(function: Function) -> Iterator[Finding]:
    """One finding for each statement; ``import a, b`` is one."""
    search = _Search(function)
    imports = [i for i in function[Instructions] if i.operation is Operation.IMPORT_NAME]
    for _, statement in groupby(imports, function[Instructions].position):
        if finding := search.finding(list(statement)):
            yield finding


class _Search:
    """The analyses that judging one import needs."""

    def __init__(self, function: Function) -> None:
        self._function = function
        self._facts = function[ModuleFacts]
        self._hoisting = function[Hoisting]
        self._stability = function[Stability]
        self._graph = function[ControlFlowGraph]
        self._loops = function[LoopForest]
        self._stack = function[OperandStack]
        self._bindings = function[Bindings]

    def finding(self, imports: Sequence[Instruction]) -> Finding | None:
        """The finding of one statement, which may import several modules."""
        if not all(map(self._hoisting.is_repeated, imports)):
            return None
        best = self._hoisting.best(imports[0], lambda loop: self._judge(imports, loop))
        if best is None:
            return None
        return Finding(
            message="`{expression}` runs on every iteration",
            instruction=imports[0],
            verdict=best.verdict,
            loop=best.loop,
            pair="" if self._takes_names(imports) else "import",
        )

    def _takes_names(self, imports: Sequence[Instruction]) -> bool:
        """Whether it is ``from module import name``."""
        consumers = self._stack.consumers(imports[0])
        return any(each.operation is Operation.IMPORT_FROM for each in consumers)

    def _judge(self, imports: Sequence[Instruction], loop: Loop) -> Verdict | None:
        if not all(self._hoisting.runs_always(each, loop) for each in imports):
            return None
        if any(i.argument in _RELOADING for i in self._loops.instructions_of(loop)):
            return None
        verdicts = [self._judge_one(each, loop) for each in imports]
        found = [verdict for verdict in verdicts if verdict is not None]
        return weakest(*found) if len(found) == len(verdicts) else None

    def _judge_one(self, importing: Instruction, loop: Loop) -> Verdict | None:
        stores = [s for s in self._leads_to(importing) if s.operation is not Operation.IMPORT_FROM]
        names = [self._bindings.verdict(store) for store in stores]
        known_names = [verdict for verdict in names if verdict is not None]
        if not names or len(known_names) != len(names):
            return None
        return weakest(self._judge_module(importing, loop), *known_names)

    def _leads_to(self, importing: Instruction) -> Iterator[Instruction]:
        """What takes the module or a name from it; ``import a.b as c`` goes through both."""
        for consumer in self._stack.consumers(importing):
            if consumer.operation is Operation.IMPORT_FROM:
                yield consumer
                yield from self._leads_to(consumer)
            elif consumer.operation is not Operation.POP:
                yield consumer

    def _judge_module(self, importing: Instruction, loop: Loop) -> Verdict:
        module = self._stack.result(importing)
        level = module.level if isinstance(module, Imported) else 0
        dotted = "." * level + importing.name
        assigned = self._assigned_name(importing, loop)
        if assigned is not None:
            return Verdict(UNSAFE, f"other code may assign `{dotted}.{assigned}`")
        if self._is_certain(importing):
            return Verdict(SAFE, f"`{dotted}` is imported already when the loop starts")
        inside = self._graph.block_of(importing).handlers
        if not set(inside) <= set(self._graph.blocks[loop.header].handlers):
            reason = f"`{dotted}` may not be there, and the loop handles that"
            return Verdict(Applicability.DISPLAY_ONLY, reason)
        return Verdict(UNSAFE, f"`{dotted}` is now imported even if the loop runs no iteration")

    def _assigned_name(self, importing: Instruction, loop: Loop) -> str | None:
        """The first name taken out of the module that the file may assign there."""
        names = self._names_taken(importing)
        may_be_assigned = self._stability.may_be_assigned
        return next((name for name in names if may_be_assigned(importing.name, name, loop)), None)

    def _names_taken(self, importing: Instruction) -> list[str]:
        """What ``from module import name`` takes; nothing for ``import a.b as c``."""
        module = self._stack.result(importing)
        if isinstance(module, Imported) and module.plain:
            return []
        return [
            each.name
            for each in self._leads_to(importing)
            if each.operation is Operation.IMPORT_FROM
        ]

    def _is_certain(self, importing: Instruction) -> bool:
        module = self._stack.result(importing)
        if not isinstance(module, Imported) or module.level:
            return False
        if self._function[IndirectGlobals].may_bind("__import__"):
            return False
        dotted = importing.name
        names = frozenset(self._names_taken(importing))
        return names <= known.MODULE_ATTRIBUTES.get(dotted, frozenset()) and (
            dotted in known.IMPORTED_BY_EVERY_PROGRAM
            or self._facts.imported_before(dotted, self._function)
        )


RULE = Rule(
    code="BCL201",
    name="import-in-loop",
    summary="An import statement runs again on every iteration",
    category=Category.ALLOCATION,
    needs=Needs(any_of=frozenset({Operation.IMPORT_NAME})),
    check=check,
    package=__package__,
)
