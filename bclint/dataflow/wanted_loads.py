"""Which lookups are worth a proof: those that a layer above has found to cost enough."""

from __future__ import annotations

from typing import Self

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction


class WantedLoads:
    """The loads of globals and attributes that a finding may be about; all, if nobody says."""

    def __init__(self, names: frozenset[str]) -> None:
        """Those of one of `names`."""
        self._names = names

    @classmethod
    def of(cls, function: Function) -> Self:
        """All loads of `function`."""
        return cls(frozenset(function.code.co_names))

    def __contains__(self, load: Instruction) -> bool:
        """Whether a finding about `load` may be worth reporting."""
        return load.argument in self._names
