"""What a generator expression does for each of its elements."""

from __future__ import annotations

from bclint.api import (
    Attribute,
    Call,
    Effects,
    Function,
    Instruction,
    Instructions,
    KnownTypes,
    LoopForest,
    OperandStack,
    Operation,
    Reach,
    known,
)

_CALLS = frozenset({Operation.CALL, Operation.CALL_KEYWORDS, Operation.CALL_UNPACKED})
_OWN_SUSPENSIONS = frozenset({Operation.YIELD})
_BINDS_OUTSIDE = frozenset({Operation.STORE_CELL, Operation.STORE_GLOBAL})
_ASYNCHRONOUS = 0x200  # inspect.CO_ASYNC_GENERATOR


class Elements:
    """The elements of one generator expression."""

    def __init__(self, generator: Function) -> None:
        """`generator` is the function that the compiler made of the expression."""
        self._generator = generator
        self._instructions = generator[Instructions]
        self._yields = [i for i in self._instructions if i.operation is Operation.YIELD]

    @property
    def are_cheap(self) -> bool:
        """Whether each iteration gives one, and nothing unknown is called for it."""
        code = self._generator.code
        if code.co_flags & _ASYNCHRONOUS or len(self._yields) != 1:
            return False
        if not (known.BOUND_TO_THEIR_FRAME | {"next"}).isdisjoint(code.co_names):
            return False
        return self._is_unconditional(self._yields[0]) and all(
            map(self._is_known, self._instructions)
        )

    @property
    def unfamiliar_method(self) -> str | None:
        """A method that is called by name, and may be the program's own: ``tokens.pop()``."""
        stack, types = self._generator[OperandStack], self._generator[KnownTypes]
        for call in self._instructions:
            match stack.result(call) if call.operation in _CALLS else None:
                case Call(function=Attribute(base=base, name=name)) if (
                    name not in known.TEXT_METHODS
                    and types.type_of(base, call) is None
                    and not self._generator[Effects].is_module(base)
                ):
                    return name
        return None

    @property
    def variables(self) -> frozenset[str]:
        """The names that the expression binds for itself."""
        return frozenset(self._generator.code.co_varnames + self._generator.code.co_cellvars)

    @property
    def makes_functions(self) -> bool:
        """Whether it holds another generator expression, or a ``lambda`` that shares nothing."""
        return bool(self._generator.nested)

    def _is_unconditional(self, given: Instruction) -> bool:
        forest = self._generator[LoopForest]
        loop = forest.loop_of(given)
        return loop is not None and forest.every_iteration(given, loop)

    def _is_known(self, instruction: Instruction) -> bool:
        if instruction.operation in _OWN_SUSPENSIONS:
            return True
        if instruction.operation in _BINDS_OUTSIDE:
            return False
        disturbance = self._generator[Effects].of_instruction(instruction)
        return disturbance.reach <= Reach.SPECIAL_METHODS
