"""All that a rule's author imports, and the only module of bclint that a pack's rules import."""

from __future__ import annotations

from bclint.bytecode.analysis import Function
from bclint.bytecode.decode import Instruction, Instructions
from bclint.bytecode.imports import RawImports
from bclint.bytecode.opcodes import Operation
from bclint.bytecode.sequences import RawLoops
from bclint.dataflow import known
from bclint.dataflow.appending import AppendLoop, AppendLoops
from bclint.dataflow.bindings import Bindings
from bclint.dataflow.definitions import PARAMETER, UNBOUND, ReachingDefinitions
from bclint.dataflow.effects import Disturbance, Effects, Reach
from bclint.dataflow.escape import Escapes
from bclint.dataflow.function_uses import FunctionUses
from bclint.dataflow.growth import Growth, Growths
from bclint.dataflow.hoisting import Hoist, Hoisting
from bclint.dataflow.indirect_globals import IndirectGlobals
from bclint.dataflow.iterations import Iterations
from bclint.dataflow.leftovers import Leftovers
from bclint.dataflow.lookups import Lookup, LoopLookups, frequency
from bclint.dataflow.made_functions import MadeFunction, MadeFunctions
from bclint.dataflow.module import ModuleFacts
from bclint.dataflow.origins import Origins
from bclint.dataflow.shared import SharedVariables
from bclint.dataflow.stability import Stability
from bclint.dataflow.stack import OperandStack
from bclint.dataflow.top_level import TopLevelLoop, TopLevelLoops, names_in
from bclint.dataflow.types import FLOAT_FUNCTIONS, KnownTypes
from bclint.dataflow.updates import LoopUpdates, Update
from bclint.dataflow.values import (
    NULL,
    UNKNOWN,
    Attribute,
    Binary,
    Call,
    Cell,
    CellReference,
    Constant,
    Display,
    Formatted,
    FunctionObject,
    Global,
    Imported,
    Item,
    Iterator,
    Local,
    Name,
    Unary,
    Value,
    chain,
    children,
    described,
    root,
)
from bclint.dataflow.warmth import WarmCode
from bclint.diagnostics import Applicability, Verdict, weakest
from bclint.flow.dominators import Dominators
from bclint.flow.graph import BasicBlock, ControlFlowGraph
from bclint.flow.loops import Loop, LoopForest, LoopKind
from bclint.rule import Category, Finding, Needs, Rule, RulePack, Saves

__all__ = [
    "FLOAT_FUNCTIONS",
    "NULL",
    "PARAMETER",
    "UNBOUND",
    "UNKNOWN",
    "AppendLoop",
    "AppendLoops",
    "Applicability",
    "Attribute",
    "BasicBlock",
    "Binary",
    "Bindings",
    "Call",
    "Category",
    "Cell",
    "CellReference",
    "Constant",
    "ControlFlowGraph",
    "Display",
    "Disturbance",
    "Dominators",
    "Effects",
    "Escapes",
    "Finding",
    "Formatted",
    "Function",
    "FunctionObject",
    "FunctionUses",
    "Global",
    "Growth",
    "Growths",
    "Hoist",
    "Hoisting",
    "Imported",
    "IndirectGlobals",
    "Instruction",
    "Instructions",
    "Item",
    "Iterations",
    "Iterator",
    "KnownTypes",
    "Leftovers",
    "Local",
    "Lookup",
    "Loop",
    "LoopForest",
    "LoopKind",
    "LoopLookups",
    "LoopUpdates",
    "MadeFunction",
    "MadeFunctions",
    "ModuleFacts",
    "Name",
    "Needs",
    "OperandStack",
    "Operation",
    "Origins",
    "RawImports",
    "RawLoops",
    "Reach",
    "ReachingDefinitions",
    "Rule",
    "RulePack",
    "Saves",
    "SharedVariables",
    "Stability",
    "TopLevelLoop",
    "TopLevelLoops",
    "Unary",
    "Update",
    "Value",
    "Verdict",
    "WarmCode",
    "chain",
    "children",
    "described",
    "frequency",
    "known",
    "names_in",
    "root",
    "weakest",
]
