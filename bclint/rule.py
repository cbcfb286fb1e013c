"""Rules and packs of rules: values that are validated when they are made."""

from __future__ import annotations

import enum
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction
from bclint.bytecode.opcodes import Operation
from bclint.diagnostics import Verdict
from bclint.flow.loops import Loop

CODE_PATTERN = re.compile(r"[A-Z]{1,3}[0-9]{3}")
"""What flake8 accepts as a code (its ``VALID_CODE_PREFIX``), with all three digits."""
NAME_PATTERN = re.compile(r"[a-z]+(-[a-z]+)*")


class RuleError(Exception):
    """A rule or pack that is not well formed; one line says which and why."""


class Category(enum.Enum):
    """What a rule's findings cost, for grouping in lists and documentation."""

    LOOKUP = "lookups"
    ALLOCATION = "rebuilt objects"
    REPETITION = "repeated work in calls"
    GROWTH = "growth"
    NUMBERS = "numbers"
    FOLKLORE = "advice turned round"
    SUPPRESSION = "comments"


class Saves(enum.Enum):
    """What a change saves at each place of a finding, and so how its gain is found."""

    MEASURED = enum.auto()
    """What the rule's evidence says of its pair of programs, each time that the place runs."""
    LOOKUP = enum.auto()
    """The place becomes the load of a local: the costs of its instructions tell."""
    UPDATE = enum.auto()
    """The place becomes a load or a store of a local."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a function's raw bytecode must hold before it is decoded for a rule.

    The more exactly a rule says what it cannot do without, the less is decoded in vain.
    """

    any_of: frozenset[Operation]
    """Operations of which one must be there."""
    in_loop: bool = True
    """Whether a loop must run it."""
    also: frozenset[Operation] = frozenset()
    """Further operations of which one must be there in the same way; empty where there is none."""
    names: frozenset[str] = frozenset()
    """Global and attribute names of which one must be used; empty where any will do."""
    only_lookups: bool = False
    """Whether each finding is a `Saves.LOOKUP` at loads of globals and attributes, as `LoopLookups`
    gives them: functions in which none can gain enough are not decoded."""
    imports: frozenset[str] = frozenset()
    """Modules of which the function must use one: import it, or name what the file's top level
    imports of it. Empty where none has to be."""
    raw: Callable[[Function], bool] | None = None
    """A last question, for an answer out of raw bytes (`RawLoops`); may say yes too often."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule yields: a diagnostic still at instructions."""

    message: str
    """One line; ``{expression}`` stands for the source text of the reported place."""
    instruction: Instruction
    verdict: Verdict
    loop: Loop | None = None
    """The loop that the change moves code out of."""
    places: tuple[Instruction, ...] = ()
    """The further instructions of the same cause."""
    saves: Saves = Saves.MEASURED
    """What the change saves at each place."""
    pair: str = ""
    """The name of the measured pair in ``evidence.json`` that speaks of this finding, or the
    first, the page's Example and Use instead, where there is no evidence under that name."""
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Plain text for the rule's fix, kept with the diagnostic."""


Check = Callable[[Function], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its identity, what it needs, and the check itself.

    `folder` holds ``rule.md``, ``evidence.json`` and ``fix.py``; `package` is its import name.
    """

    code: str
    name: str
    summary: str
    category: Category
    needs: Needs
    check: Check
    package: str

    def __post_init__(self) -> None:
        """Raise `RuleError` unless code, name and summary have the form that all rules share."""
        if not CODE_PATTERN.fullmatch(self.code):
            raise RuleError(f"{self.package}: code {self.code!r} is not like BCL101")
        if not NAME_PATTERN.fullmatch(self.name):
            raise RuleError(f"{self.package}: name {self.name!r} is not kebab-case")
        if not self.summary or self.summary.endswith(".") or "\n" in self.summary:
            raise RuleError(f"{self.package}: the summary is one line without a full stop")

    @property
    def folder(self) -> Path:
        """The folder with the rule's documentation, evidence and fix."""
        module = importlib.import_module(self.package)
        return Path(str(module.__file__)).parent

    @property
    def page(self) -> str:
        """The text of ``rule.md``."""
        return (self.folder / "rule.md").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class RulePack:
    """Rules that are shipped together, in the order of their codes."""

    name: str
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        """Raise `RuleError` where two rules share a code or a name."""
        seen: dict[str, Rule] = {}
        for rule in self.rules:
            for identity in (rule.code, rule.name):
                if other := seen.get(identity):
                    raise RuleError(f"{identity} is both {other.package} and {rule.package}")
                seen[identity] = rule

    @classmethod
    def from_package(cls, package: str) -> RulePack:
        """The pack of `package`: each of its sub-packages holds ``rule.py`` with a ``RULE``."""
        root = importlib.import_module(package)
        rules = (
            _load_rule(f"{package}.{entry.name}")
            for entry in pkgutil.iter_modules(root.__path__)
            if entry.ispkg
        )
        return cls(package, tuple(sorted(rules, key=lambda rule: rule.code)))


def without_cases(page: str) -> str:
    """Return `page` up to its section of cases, which are for whoever changes the rule."""
    return re.split(r"^## Cases[ \t]*$", page, maxsplit=1, flags=re.MULTILINE)[0].rstrip()


def _load_rule(package: str) -> Rule:
    try:
        module = importlib.import_module(f"{package}.rule")
    except ModuleNotFoundError as error:
        if error.name != f"{package}.rule":
            raise
        raise RuleError(f"{package}: the rule's folder holds no rule.py") from error
    rule = getattr(module, "RULE", None)
    if not isinstance(rule, Rule):
        raise RuleError(f"{package}: rule.py holds no `RULE = Rule(...)`")
    return rule
