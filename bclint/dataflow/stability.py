"""Stability: whether a value may be computed once before a loop instead of in it.

A value is *stable* over a loop when every evaluation in the loop gives the same object and one
evaluation before it changes nothing else. `Stability.verdict` answers with an applicability and the
reason, or None when the loop itself rebinds the value, so that nothing is to be said.

Safe when all of this holds:

1. No instruction of the loop stores or deletes a name or attribute of the value: ``del``, ``for``,
   ``with``, ``except … as``, walrus, ``match`` and unpacking all are stores here.
2. No other code that the loop may run does: the module's own functions that rebind the global are
   not called from the loop, and the loop is never suspended.
3. One evaluation before the loop raises nothing that the loop would not have raised
   (`bclint.dataflow.speculation`).
4. The names of imported modules and builtins are not rebound from outside while the loop runs (an
   assumption, named in docs/fix-safety.md).

Unsafe where only special methods of unknown types, or a missing binding, stand in the way. Display
only where a call of unknown code, a suspension or a condition does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.opcodes import Operation
from bclint.dataflow import known
from bclint.dataflow import values as v
from bclint.dataflow.assigned import AssignedAttributes
from bclint.dataflow.definitions import STORES, UNBOUND, ReachingDefinitions
from bclint.dataflow.effects import Disturbance, Effects, Reach
from bclint.dataflow.indirect_globals import IndirectGlobals
from bclint.dataflow.module import ModuleFacts
from bclint.dataflow.speculation import Speculation
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.texts import Texts
from bclint.dataflow.types import KnownTypes
from bclint.dataflow.values import Value
from bclint.dataflow.ways import Ways
from bclint.diagnostics import Applicability, Verdict, weakest
from bclint.flow.graph import ControlFlowGraph
from bclint.flow.loops import Loop, LoopForest

SAFE = Applicability.SAFE
UNSAFE = Applicability.UNSAFE
DISPLAY_ONLY = Applicability.DISPLAY_ONLY

_Naming = tuple[Disturbance, v.Call]
"""A call with constants among its arguments, which may name what it changes."""


class Stability:
    """The stability of values over the loops of one function."""

    def __init__(self, function: Function) -> None:
        """Collect what each loop stores; verdicts are computed when asked for."""
        self._function = function
        self._facts = function[ModuleFacts]
        self._indirect = function[IndirectGlobals]
        self._assigned = function[AssignedAttributes]
        self._texts = function[Texts]
        self._types = function[KnownTypes]
        self._effects = function[Effects]
        self._loops = function[LoopForest]
        self._definitions = function[ReachingDefinitions]
        self._instructions = function[Instructions]
        self._stored: dict[int, set[tuple[str, str]]] = {}
        self._first: dict[int, dict[Value | None, int]] = {}
        self._namers: dict[int, list[_Naming]] = {}

    @classmethod
    def of(cls, function: Function) -> Self:
        """The stability analysis of one function."""
        return cls(function)

    def verdict(self, value: Value, loop: Loop, places: Sequence[Instruction]) -> Verdict | None:
        """How far evaluating `value` before `loop` instead of at `places` is proved.

        None when the loop itself rebinds it, or nothing is known that could be hoisted.
        """
        stable = self._stable(value, loop)
        if stable is None:
            return None
        if isinstance(value, v.Attribute) and any(self._is_called(place) for place in places):
            patched = self._patched(value, self._naming_in(loop))
            stable = stable if patched else self._stable_function(value, loop) or stable
        return weakest(stable, self._function[Speculation].verdict(value, loop, places))

    def held(self, value: Value, name: str, store: Instruction, loop: Loop) -> Verdict | None:
        """How far local `name`, to which `store` gave `value`, still equals it all over `loop`.

        None when the loop, or code on the way from the reading of the value to it, rebinds either.
        """
        stable = self._stable(value, loop)
        start = self._function[ControlFlowGraph].blocks[loop.header].start
        if stable is None or not store.index < start or self._stable_local(name, loop) is None:
            return None
        between = self._function[Ways].between(store, loop)
        rebound = {(_STORED_KIND.get(each.operation), each.argument) for each in between}
        if not rebound.isdisjoint(_names_of(value)):
            return None
        patch = self._patched(value, self._naming(self._disturbance(each) for each in between))
        if patch is not None:
            return patch
        found = [disturbance for each in between if (disturbance := self._disturbance(each)).reach]
        worst = max(found, key=lambda disturbance: disturbance.reach, default=None)
        return weakest(stable, self._kept(value, worst)) if worst else stable

    def _disturbance(self, instruction: Instruction) -> Disturbance:
        return self._effects.of_instruction(instruction)

    def _kept(self, value: Value, worst: Disturbance) -> Verdict:
        """How far `value` is the same after `worst` and milder disturbances as before them."""
        match value:
            case v.Global(name=name):
                return self._kept_global(name, worst)
            case v.Attribute(base=base, name=name) if module := self._effects.module_name(base):
                kept = self._stable_module_attribute(base, name, module, worst)
                return weakest(kept, self._kept(base, worst))
            case v.Attribute() if worst.reach >= Reach.UNKNOWN_CALL:
                told = self._effects.told(worst)
                return Verdict(DISPLAY_ONLY, f"{told} may have rebound `{v.described(value)}`")
            case _:
                return Verdict(SAFE, "nothing rebinds it")

    def _is_called(self, place: Instruction) -> bool:
        """Whether what `place` loads is called at once: then it is a function, not a variable."""
        return any(
            consumer.operation in _CALLS
            and any(operand.producer == place.index for operand in stack.operands(consumer)[:2])
            for stack in [self._function[OperandStack]]
            for consumer in stack.consumers(place)
        )

    def _stable_function(self, value: v.Attribute, loop: Loop) -> Verdict | None:
        """A module's function is rebound by nobody in ordinary code, whatever the loop calls."""
        module = self._effects.module_name(value.base)
        if module is None or value.name in known.MODULE_ATTRIBUTES.get(module, ()):
            return None
        if self._assigned.may_assign(module, value.name):
            return None
        base = self._stable(value.base, loop)
        reason = f"it is not known that nothing rebinds `{v.described(value)}`"
        return weakest(Verdict(UNSAFE, reason), base) if base else None

    # -- what the loop and the code that it runs may rebind

    def _stable(self, value: Value, loop: Loop) -> Verdict | None:
        match value:
            case v.Constant():
                return Verdict(SAFE, "it is a constant")
            case v.Local(name=name):
                return self._stable_local(name, loop)
            case v.Cell(name=name):
                return self._stable_cell(name, loop)
            case v.Global(name=name):
                verdict = self._stable_global(name, loop)
                return self._patched(value, self._naming_in(loop)) or verdict if verdict else None
            case v.Attribute(base=base, name=name):
                verdict = self._stable(base, loop)
                if verdict is None or ("attribute", name) in self._stores_of(loop):
                    return None
                patch = self._patched(value, self._naming_in(loop))
                return patch or weakest(self._stable_attribute(base, name, loop), verdict)
            case v.Display(kind=kind, elements=elements) if kind is tuple:
                verdicts = [self._stable(element, loop) for element in elements]
                known_verdicts = [verdict for verdict in verdicts if verdict is not None]
                if len(known_verdicts) != len(verdicts):
                    return None
                return weakest(Verdict(SAFE, "its elements do not change"), *known_verdicts)
            case _:
                return None

    def _stable_local(self, name: str, loop: Loop) -> Verdict | None:
        if ("local", name) in self._stores_of(loop) or name.startswith("."):
            return None
        if UNBOUND in self._definitions.at_entry(loop.header, name):
            return Verdict(UNSAFE, f"`{name}` may have no value yet before the loop")
        return Verdict(SAFE, f"nothing in the loop assigns `{name}`")

    def _stable_cell(self, name: str, loop: Loop) -> Verdict | None:
        if ("cell", name) in self._stores_of(loop):
            return None
        worst = self._effects.worst(loop)
        if worst and worst.reach >= Reach.UNKNOWN_CALL and self._stores_elsewhere(name):
            return Verdict(DISPLAY_ONLY, f"{self._effects.told(worst)} may rebind `{name}`")
        return Verdict(SAFE, f"nothing in the loop assigns `{name}`")

    def _stable_global(self, name: str, loop: Loop) -> Verdict | None:
        if ("global", name) in self._stores_of(loop):
            return None
        may_be_builtin = self._types.is_builtin(name) or self._indirect.may_bind(name)
        if name in known.BOUND_TO_THEIR_FRAME and may_be_builtin:
            return None
        return self._kept_global(name, self._effects.worst(loop))

    def _kept_global(self, name: str, worst: Disturbance | None) -> Verdict:
        rebinder = self._facts.rebound_by_functions.get(name)
        if rebinder and worst and worst.reach >= Reach.UNKNOWN_CALL:
            return Verdict(
                DISPLAY_ONLY,
                f"{self._effects.told(worst)} may run `{rebinder}`, which rebinds `{name}`",
            )
        if rebinder:
            return Verdict(UNSAFE, f"`{rebinder}` rebinds `{name}`, if the loop ever runs it")
        writer = self._indirect.writer if self._indirect.may_bind(name) else None
        if writer and worst and worst.reach >= Reach.UNKNOWN_CALL:
            return Verdict(
                DISPLAY_ONLY,
                f"{self._effects.told(worst)} may rebind `{name}` through `globals()` or the like, "
                f"as `{writer}` does",
            )
        if writer:
            return Verdict(UNSAFE, f"`{writer}` may rebind `{name}` through `globals()`")
        if worst and worst.reach is Reach.SUSPENSION:
            return Verdict(
                UNSAFE,
                f"`{name}` may be rebound while the loop is suspended{self._effects.place(worst)}",
            )
        return Verdict(SAFE, f"nothing in the loop can rebind `{name}`")

    def _stable_attribute(self, base: Value, name: str, loop: Loop) -> Verdict:
        text = v.described(v.Attribute(base, name))
        module = self._effects.module_name(base)
        worst = self._effects.worst(loop)
        if module is not None:
            return self._stable_module_attribute(base, name, module, worst)
        if worst and worst.reach is Reach.SUSPENSION:
            return Verdict(
                DISPLAY_ONLY,
                f"`{text}` may change while the loop is suspended{self._effects.place(worst)}",
            )
        call = self._rebinding_call(base, name, loop)
        if call:
            return Verdict(DISPLAY_ONLY, f"{self._effects.told(call)} may rebind `{text}`")
        return Verdict(UNSAFE, f"`{text}` is the same object every time only if it is no property")

    def _stable_module_attribute(
        self, base: Value, name: str, module: str, worst: Disturbance | None
    ) -> Verdict:
        text = v.described(v.Attribute(base, name))
        if self._assigned.may_assign(module, name):
            return Verdict(DISPLAY_ONLY, f"this file assigns `{text}`")
        if name in known.MODULE_ATTRIBUTES.get(module, ()):
            if worst and worst.reach is Reach.SUSPENSION:
                where = self._effects.place(worst)
                reason = f"`{text}` may be rebound while the loop is suspended{where}"
                return Verdict(UNSAFE, reason)
            return Verdict(SAFE, f"nothing in the loop can rebind `{text}`")
        if worst and worst.reach >= Reach.UNKNOWN_CALL and not _constant_like(name):
            return Verdict(
                DISPLAY_ONLY,
                f"{self._effects.told(worst)} may rebind `{text}`, a module's variable",
            )
        return Verdict(UNSAFE, f"it is not known that nothing rebinds `{text}`")

    def _naming_in(self, loop: Loop) -> list[_Naming]:
        """The calls in the loop that may name something by text, looked for once."""
        if loop.header not in self._namers:
            self._namers[loop.header] = self._naming(self._effects.in_loop(loop))
        return self._namers[loop.header]

    def _naming(self, disturbances: Iterable[Disturbance]) -> list[_Naming]:
        stack = self._function[OperandStack]
        return [
            (disturbance, call)
            for disturbance in disturbances
            if isinstance(call := stack.result(disturbance.instruction), v.Call)
            and any(isinstance(argument, _NAMING) for argument in call.arguments)
        ]

    def _patched(self, value: Value, naming: Sequence[_Naming]) -> Verdict | None:
        """A call that names a module's attribute or a global by text: ``patch("os.environ")``."""
        if not naming or not isinstance(value, v.Global | v.Attribute):
            return None
        if not self._texts.may_name(value.name):
            return None
        match value:
            case v.Global(name=name):
                patch = _patching("", name, naming)
            case v.Attribute(base=base, name=name):
                module = self._effects.module_name(base)
                patch = _patching(module, name, naming) if module is not None else None
        if patch is None:
            return None
        told = self._effects.told(patch)
        return Verdict(DISPLAY_ONLY, f"{told} may rebind `{v.described(value)}`")

    def may_be_assigned(self, module: str, name: str, loop: Loop) -> bool:
        """Whether this file assigns an attribute `name`, or `loop` names that of `module` by text.

        ``os.sep = "/"``, ``setattr(os, "sep", …)``, ``patch("os.sep")``.
        """
        patch = _patching(module, name, self._naming_in(loop))
        return patch is not None or name in self._facts.attributes_stored

    def _rebinding_call(self, base: Value, name: str, loop: Loop) -> Disturbance | None:
        """The first call in the loop that may well rebind ``base.name``.

        A call of unknown code counts if any code of this file stores such an attribute outside a
        constructor, or if the file stores it nowhere at all: then other files may. A method that
        containers have counts only when its receiver is what the attribute is read from.
        """
        writers = self._facts.attributes_stored.get(name, set())
        only_constructors = bool(writers) and all(
            writer.endswith(("__init__", "__new__", "__post_init__")) for writer in writers
        )
        if only_constructors:
            return None
        first = self._first_calls(loop)
        found = [first[by] for by in (None, *_prefixes(base)) if by in first]
        return self._effects.in_loop(loop)[min(found)] if found else None

    def _first_calls(self, loop: Loop) -> dict[Value | None, int]:
        """The place among the loop's disturbances of the first by each receiver; None: by any."""
        if loop.header not in self._first:
            first = self._first.setdefault(loop.header, {})
            for index, disturbance in enumerate(self._effects.in_loop(loop)):
                if disturbance.receiver is not None:
                    first.setdefault(disturbance.receiver, index)
                if disturbance.reach >= Reach.UNKNOWN_CALL:
                    first.setdefault(None, index)
        return self._first[loop.header]

    # -- shared

    def _stores_of(self, loop: Loop) -> set[tuple[str, str]]:
        stored = self._stored.get(loop.header)
        if stored is None:
            stored = {
                (_STORED_KIND[instruction.operation], instruction.name)
                for instruction in self._loops.instructions_of(loop)
                if instruction.operation in _STORED_KIND
            }
            self._stored[loop.header] = stored
        return stored

    def _stores_elsewhere(self, name: str) -> bool:
        """Whether any other code object of the file assigns a cell of that name."""
        waiting = [self._function.module]
        while waiting:
            function = waiting.pop()
            waiting.extend(function.nested)
            code = function.code
            shares = name in code.co_freevars + code.co_cellvars
            if code is not self._function.code and shares and _stores_cell(function, name):
                return True
        return False


_CALLS = frozenset({Operation.CALL, Operation.CALL_KEYWORDS, Operation.CALL_UNPACKED})

_STORED_KIND: dict[Operation, str] = {
    **dict.fromkeys(STORES, "local"),
    Operation.STORE_CELL: "cell",
    Operation.DELETE_CELL: "cell",
    Operation.STORE_GLOBAL: "global",
    Operation.DELETE_GLOBAL: "global",
    Operation.STORE_NAME: "name",
    Operation.DELETE_NAME: "name",
    Operation.STORE_ATTRIBUTE: "attribute",
    Operation.DELETE_ATTRIBUTE: "attribute",
}


_CELL_STORES = frozenset({Operation.STORE_CELL, Operation.DELETE_CELL})


def _stores_cell(function: Function, name: str) -> bool:
    return any(
        instruction.operation in _CELL_STORES and instruction.argument == name
        for instruction in function[Instructions]
    )


def _constant_like(name: str) -> bool:
    """Whether a module's attribute is named like a constant or a class: ``MAX``, ``Path``."""
    return name[:1].isupper()


def _patching(module: str, name: str, naming: Sequence[_Naming]) -> Disturbance | None:
    for disturbance, call in naming:
        if _names_attribute(call, module, name):
            return disturbance
    return None


def _names_attribute(call: v.Call, module: str, name: str) -> bool:
    """Whether an argument is ``"os.environ"``, or the second is ``"environ"`` and may be set.

    Without a module, whether one ends in ``.name``, as ``f"{__name__}.name"`` does.
    """
    dotted = f"{module}.{name}"
    for text in map(_text, call.arguments):
        if text.endswith(dotted) and (text == dotted or text.endswith(f".{dotted}") or not module):
            return True
    called = (v.chain(call.function) or ("",))[-1]
    if called == "multiple" and name in call.keywords:
        return True  # patch.multiple("os", environ={})
    return called not in {"getattr", "hasattr"} and call.arguments[1:2] == (v.Constant(str, name),)


def _text(value: Value) -> str:
    """The text of a constant, or what certainly ends a text."""
    match value:
        case v.Constant(value=str() as text):
            return text
        case v.Formatted(parts=(*_, last)) | v.Binary(symbol="+", right=last):
            return _text(last)
        case _:
            return ""


_NAMING = v.Constant | v.Formatted | v.Binary


def _names_of(value: Value) -> set[tuple[str | None, object]]:
    """The stores that would rebind a chain: of its root, and of attributes of its names."""
    found: set[tuple[str | None, object]] = set()
    while isinstance(value, v.Attribute):
        found.add(("attribute", value.name))
        value = value.base
    if isinstance(value, v.Global):
        found.add(("global", value.name))
    return found


def _prefixes(value: Value) -> list[Value]:
    found = [value]
    while isinstance(value, v.Attribute):
        value = value.base
        found.append(value)
    return found
