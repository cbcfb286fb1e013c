"""The micro-loops that the table of costs is measured with: which code isolates which cost.

Each statement is repeated side by side in a loop; what one more copy costs is its slope, so that
the loop around it falls out. A key is an operation's name or a call such as ``builtins.len``; it
gets what remains of the slope when the other instructions of the statement are taken off, which
is why order matters: what a statement needs stands above it. Of several statements with one key
the mean counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bclint.bytecode.opcodes import Operation

MODULE = """\
import enum, functools, math, os, time
K = 300
G = 0
class Base:
    v = 4
    def m(self, x): return x
class Thing(Base):
    def __init__(self): self.x = 1
class Slotted:
    __slots__ = ("x",)
    def __init__(self): self.x = 1
class Manager:
    def __enter__(self): return self
    def __exit__(self, *what): return None
def call(x): return x
def each(xs):
    for x in xs: yield x
def passed_on(xs): yield from xs
"""
"""The names that all micro-loops may use as globals."""

LOCALS = """\
a, b, c = int("300"), int("500"), int("700")
i, j = 1, 2
p, q = float("1.5"), float("2.5")
s, t = "spam", "eggs"
flag, none = True, None
pair, triple, nothing = (a, b), (1, 2, 3), ()
xs = [1, 2, 3]
d = {"spam": 1, "eggs": 2, 1: 3}
e = {"spam", "eggs", 1}
o, w, cm = Thing(), Slotted(), Manager()
f = call
"""
"""The same as locals; numbers are objects of their own each time that this is executed."""


@dataclass(frozen=True, slots=True)
class MicroLoop:
    """One statement to measure, and what its slope tells."""

    key: str
    statement: str
    form: str = "function"
    """``function``; ``module`` for code at module level; ``method`` with ``self`` and a base
    class; ``loop`` for a whole loop over ``items``, whose slope is per item."""
    prepare: str = ""
    """Statements ahead of the loop, after the common ones."""


def _loops(text: str, form: str = "function") -> Iterator[MicroLoop]:
    """Read lines of ``key: statement`` or ``key: statement  # prepare``."""
    for line in text.strip().splitlines():
        key, _, rest = line.strip().partition(": ")
        statement, _, prepare = rest.partition("  # ")
        yield MicroLoop(
            key, statement.strip().replace("\\n", "\n"), form, prepare.replace("\\n", "\n")
        )


def _sums(text: str) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Read lines of ``key = number key number key``."""
    for line in text.strip().splitlines():
        key, _, rest = line.partition(" = ")
        words = rest.split()
        yield (
            key,
            {name: float(number) for number, name in zip(words[::2], words[1::2], strict=True)},
        )


_NAMES = """
STORE_LOCAL: x = a
LOAD_CONSTANT: x = 'ham'
LOAD_CONSTANT: x = 1
COPY: x = y = a
SWAP: x, y = a, b
DELETE_LOCAL: x = a; del x
LOAD_CELL: cell  # cell = 1\\ndef inner(): return cell
STORE_CELL: cell = a  # cell = 1\\ndef inner(): return cell
DELETE_CELL: cell = a; del cell  # cell = 1\\ndef inner(): return cell
LOAD_GLOBAL: K
LOAD_GLOBAL: len
STORE_GLOBAL: G = a  # global G
DELETE_GLOBAL: G = a; del G  # global G
"""
_MODULE_NAMES = """
LOAD_NAME: K
LOAD_NAME: len
STORE_NAME: X = 1
DELETE_NAME: X = 1; del X
IMPORT_STAR: from keyword import *
"""
_ATTRIBUTES = """
LOAD_ATTRIBUTE: o.x
LOAD_ATTRIBUTE: w.x
LOAD_ATTRIBUTE: o.v
LOAD_ATTRIBUTE: M.pi  # M = math
STORE_ATTRIBUTE: o.x = a
STORE_ATTRIBUTE: w.x = a
DELETE_ATTRIBUTE: w.x = a; del w.x
LOAD_SUBSCRIPT: xs[i]
LOAD_SUBSCRIPT: triple[i]
LOAD_SUBSCRIPT: d[s]
LOAD_SUBSCRIPT: d['eggs']
STORE_SUBSCRIPT: xs[i] = a
STORE_SUBSCRIPT: d[s] = a
DELETE_SUBSCRIPT: d[s] = a; del d[s]
BUILD_SLICE: x = xs[i:j:i]
LOAD_SLICE: x = xs[i:j]
STORE_SLICE: xs[i:j] = pair  # xs = list(range(10)); i, j = 4, 6
"""
_OPERATORS = """
BINARY_OPERATION: a + b
BINARY_OPERATION: a - b
BINARY_OPERATION: a * b
BINARY_OPERATION: p + q
BINARY_OPERATION: p * q
operators.+: a + b
operators.+: p + q
operators.-: a - b
operators.-: p - q
operators.*: a * b
operators.*: p * q
operators./: p / q
operators./: a / b
operators.//: a // b
operators.%: a % b
operators.**: a ** j
operators.&: a & b
operators.|: a | b
operators.^: a ^ b
operators.<<: a << i
operators.>>: a >> i
operators.str +: s + t
operators.str %: '%s' % a  # s = '%s'
operators.mixed: p * i
UNARY_OPERATION: -a
UNARY_OPERATION: -p
COMPARE: a < b
COMPARE: p < q
COMPARE: s == t
CONTAINS: s in d
CONTAINS: s in e
CONTAINS: i in triple
IS: a is b
JUMP_IF: if o is not None: c
JUMP_IF: if none is None: c
TO_BOOL: if flag: c
TO_BOOL: if xs: c
NOT: not flag
JUMP_IF_OR_POP: x = a and b
UNPACK: x, y = pair
UNPACK: x, y, z = triple
"""
_BUILDING = """
BUILD_TUPLE: x = (a, b)
BUILD_TUPLE: x = (a, b, c)
BUILD_LIST: x = [a, b]
BUILD_LIST: x = [a, b, c]
BUILD_LIST: x = []
BUILD_SET: x = {a, b, c}
BUILD_MAP: x = {s: a, t: b}
BUILD_MAP: x = {}
BUILD_CONSTANT_KEY_MAP: x = {'spam': a, 'eggs': b, 'ham': c}
FORMAT: x = f'{s}'
BUILD_STRING: x = f'{s} and {t}'
FORMAT: x = f'{a}'
BUILD_TEMPLATE: x = t'{s}'
LIST_EXTEND: x = [*xs]
LIST_TO_TUPLE: x = (*xs,)
SET_UPDATE: x = {*xs}
MAP_UPDATE: x = {**d}
MAKE_FUNCTION: x = lambda: None
SET_FUNCTION_ATTRIBUTE: x = lambda y=a: y
IMPORT_NAME: import math
IMPORT_FROM: from math import pi
MATCH_PATTERN: match triple:\\n case [x, y, z]: pass
"""
_CALLS = """
unknown_call: call(a)
unknown_call: f(a)
CALL_KEYWORDS: call(x=a)
KEYWORD_NAMES: call(x=a)
CALL_UNPACKED: call(*one)  # one = (1,)
LOAD_METHOD: o.m(a)
CALL_INTRINSIC: +a
GET_ITERATOR: for x in nothing: pass
ENTER_WITH: with cm: pass
LOAD_SPECIAL: with cm: pass
RAISE: try: raise KeyError\\nexcept KeyError: pass
LOAD_BUILD_CLASS: class C: pass
"""
_LOOPS = """
FOR_ITERATE: for x in items: pass
FOR_ITERATE: for x in items: pass  # items = range(size)
LIST_APPEND: [x for x in items]
SET_ADD: {x for x in items}
MAP_ADD: {x: x for x in items}
YIELD: for x in each(items): pass
SEND: for x in passed_on(items): pass
"""
_METHODS = """
methods.append: xs.append(a)  # xs = []
methods.extend: xs.extend(pair)  # xs = []
methods.insert: xs.insert(0, a); xs.pop()
methods.pop: xs.pop()  # xs = [1] * 400_000
methods.remove: xs.remove(1); xs.append(1)
methods.index: xs.index(2)
methods.count: xs.count(2)
methods.copy: xs.copy()
methods.clear: ys.clear()  # ys = []
methods.reverse: xs.reverse()
methods.sort: xs.sort()
methods.add: e.add(i)
methods.discard: e.discard(c)
methods.update: e.update(pair)
methods.union: e.union(pair)
methods.get: d.get(s)
methods.setdefault: d.setdefault(s, a)
methods.items: d.items()
methods.keys: d.keys()
methods.values: d.values()
methods.appendleft: ys.appendleft(a)  # from collections import deque\\nys = deque(maxlen=9)
methods.popleft: ys.popleft()  # from collections import deque\\nys = deque([1]) * 400_000
methods.startswith: s.startswith(t)
methods.endswith: s.endswith(t)
methods.strip: s.strip()
methods.lstrip: s.lstrip()
methods.rstrip: s.rstrip()
methods.split: s.split()
methods.rsplit: s.rsplit()
methods.splitlines: s.splitlines()
methods.partition: s.partition('p')
methods.rpartition: s.rpartition('p')
methods.join: t.join(parts)  # parts = ['a', 'b']
methods.lower: s.lower()
methods.upper: s.upper()
methods.title: s.title()
methods.capitalize: s.capitalize()
methods.replace: s.replace('p', 'q')
methods.find: s.find('a')
methods.rfind: s.rfind('a')
methods.format: t.format(a)  # t = 'an {}'
methods.encode: s.encode()
methods.decode: y.decode()  # y = b'spam'
methods.zfill: s.zfill(6)
methods.ljust: s.ljust(6)
methods.rjust: s.rjust(6)
methods.center: s.center(6)
methods.isdigit: s.isdigit()
methods.isalpha: s.isalpha()
methods.isspace: s.isspace()
methods.isupper: s.isupper()
methods.islower: s.islower()
methods.isalnum: s.isalnum()
methods.isidentifier: s.isidentifier()
methods.translate: s.translate(table)  # table = {97: 98}
methods.bit_length: a.bit_length()
methods.is_integer: p.is_integer()
methods.hex: y.hex()  # y = b'spam'
methods.to_bytes: a.to_bytes(2, 'big')
methods.group: y.group()  # import re\\ny = re.match('s', 'spam')
methods.write: y.write(s)  # import io\\ny = io.StringIO()
methods.read: y.read()  # import io\\ny = io.StringIO()
methods.match: y.match(s)  # import re\\ny = re.compile('x')
methods.search: y.search(s)  # import re\\ny = re.compile('x')
methods.sub: y.sub(t, s)  # import re\\ny = re.compile('x')
methods.findall: y.findall(s)  # import re\\ny = re.compile('x')
methods.acquire: y.acquire(); y.release()  # import threading\\ny = threading.Lock()
"""
_BUILTINS = """
builtins.len: len(xs)
builtins.type: type(a)
builtins.ord: ord('a')
builtins.chr: chr(a)
builtins.abs: abs(a)
builtins.id: id(a)
builtins.bool: bool(a)
builtins.callable: callable(a)
builtins.isinstance: isinstance(a, int)
builtins.issubclass: issubclass(Thing, Base)
builtins.next: next(y)  # from itertools import repeat\\ny = repeat(1)
builtins.iter: iter(xs)
builtins.hash: hash(a)
builtins.repr: repr(a)
builtins.str: str(a)
builtins.int: int(s)  # s = '7'
builtins.float: float(a)
builtins.complex: complex(p, q)
builtins.bytes: bytes(j)
builtins.bytearray: bytearray(j)
builtins.memoryview: memoryview(y)  # y = b'a'
builtins.getattr: getattr(o, s, a)
builtins.setattr: setattr(o, s, a)
builtins.hasattr: hasattr(o, s)
builtins.delattr: setattr(w, 'x', a); delattr(w, 'x')
builtins.object: object()
builtins.min: min(a, b)
builtins.max: max(a, b)
builtins.sum: sum(pair)
builtins.any: any(pair)
builtins.all: all(pair)
builtins.sorted: sorted(pair)
builtins.reversed: reversed(xs)
builtins.list: list(pair)
builtins.tuple: tuple(xs)
builtins.dict: dict(d)
builtins.set: set(pair)
builtins.frozenset: frozenset(pair)
builtins.map: map(call, pair)
builtins.filter: filter(call, pair)
builtins.zip: zip(pair, xs)
builtins.enumerate: enumerate(pair)
builtins.range: range(a)
builtins.slice: slice(a)
builtins.round: round(p)
builtins.divmod: divmod(a, b)
builtins.pow: pow(a, j)
builtins.format: format(a)
builtins.hex: hex(a)
builtins.oct: oct(a)
builtins.bin: bin(a)
builtins.ascii: ascii(s)
builtins.vars: vars(o)
builtins.dir: dir(o)
builtins.globals: globals()
builtins.print: print(s, file=y)  # import io\\ny = io.StringIO()
builtins.eval: eval('1')
builtins.exec: exec('1')
builtins.compile: compile('1', '', 'eval')
builtins.__import__: __import__('math')
builtins.open: open(os.devnull).close()
"""
_MODULES = """
modules.math: y(p)  # y = math.sqrt
modules.math: y(p)  # y = math.floor
modules.operator: y(a, b)  # from operator import add as y
modules.bisect: y(xs, i)  # from bisect import bisect as y
modules.heapq: y(xs, i)  # from heapq import heappushpop as y
modules.itertools: y(xs)  # from itertools import chain as y
modules.itertools: y(a)  # from itertools import repeat as y
modules.functools: y(call)  # from functools import partial as y
modules.functools.reduce: y(max, xs)  # from functools import reduce as y
modules.collections: y()  # from collections import deque as y
modules.collections.defaultdict: y(int)  # from collections import defaultdict as y
modules.collections.OrderedDict: y()  # from collections import OrderedDict as y
modules.collections.Counter: y()  # from collections import Counter as y
modules.time: y()  # y = time.time
modules.time: y()  # y = time.perf_counter
modules.time.sleep: y(0)  # y = time.sleep
modules.time.strftime: y('%Y')  # y = time.strftime
modules.time.localtime: y()  # y = time.localtime
modules.datetime: y()  # from datetime import timedelta as y
modules.random: y()  # from random import random as y
modules.random.randint: y(a, b)  # from random import randint as y
modules.random.choice: y(xs)  # from random import choice as y
modules.struct: y('<I', a)  # from struct import pack as y
modules.binascii: y(b'spam')  # from binascii import hexlify as y
modules.string: y(s)  # from string import capwords as y
modules.keyword: y(s)  # from keyword import iskeyword as y
modules.unicodedata: y('a')  # from unicodedata import category as y
modules.stat: y(a)  # from stat import S_ISDIR as y
modules.sys: y()  # from sys import getrecursionlimit as y
modules.sys.intern: y(s)  # from sys import intern as y
modules.re: y('x', s)  # from re import match as y
modules.re.escape: y(s)  # from re import escape as y
modules.json: y(a)  # from json import dumps as y
modules.json.loads: y('1')  # from json import loads as y
modules.pickle: y(a)  # from pickle import dumps as y
modules.copy: y(xs)  # from copy import copy as y
modules.copy.deepcopy: y(xs)  # from copy import deepcopy as y
modules.hashlib: y(b'spam')  # from hashlib import md5 as y
modules.zlib: y(b'spam')  # from zlib import crc32 as y
modules.decimal: y(a)  # from decimal import Decimal as y
modules.fractions: y(a)  # from fractions import Fraction as y
modules.statistics: y(xs)  # from statistics import fmean as y
modules.textwrap: y(s)  # from textwrap import dedent as y
modules.shlex: y(s)  # from shlex import quote as y
modules.fnmatch: y(s, '*')  # from fnmatch import fnmatch as y
modules.contextlib: y(KeyError)  # from contextlib import suppress as y
modules.weakref: y(o)  # from weakref import ref as y
modules.threading: y()  # from threading import get_ident as y
modules.inspect: y(call)  # from inspect import isfunction as y
modules.inspect.signature: y(call)  # from inspect import signature as y
modules.ast: y('1')  # from ast import parse as y
modules.importlib: y('math')  # from importlib import import_module as y
modules.pathlib: y(s)  # from pathlib import PurePath as y
modules.os: y()  # y = os.getpid
modules.os.getcwd: y()  # y = os.getcwd
modules.os.stat: y('.')  # y = os.stat
modules.os.listdir: y('/')  # y = os.listdir
modules.os.scandir: y('/').close()  # y = os.scandir
modules.os.getenv: y('HOME')  # y = os.getenv
modules.os.fspath: y(s)  # y = os.fspath
modules.os.path: y(s)  # y = os.path.exists
modules.os.path.join: y(s, t)  # y = os.path.join
modules.os.path.basename: y(s)  # y = os.path.basename
modules.os.path.dirname: y(s)  # y = os.path.dirname
modules.os.path.split: y(s)  # y = os.path.split
modules.os.path.splitext: y(s)  # y = os.path.splitext
modules.os.path.isabs: y(s)  # y = os.path.isabs
modules.os.path.normcase: y(s)  # y = os.path.normcase
modules.os.path.normpath: y(s)  # y = os.path.normpath
modules.os.path.commonprefix: y(pair)  # y = os.path.commonprefix; pair = ('ab', 'ac')
modules.os.path.abspath: y(s)  # y = os.path.abspath
modules.os.path.realpath: y('/')  # y = os.path.realpath
modules.glob: y(s)  # from glob import escape as y
modules.shutil: y('sh')  # from shutil import which as y
modules.tempfile: y()  # from tempfile import gettempdir as y
modules.socket: y(a)  # from socket import htons as y
"""

MICRO_LOOPS: tuple[MicroLoop, ...] = (
    MicroLoop("LOAD_LOCAL", "a"),
    *_loops(_NAMES),
    *_loops(_ATTRIBUTES),
    *_loops(_OPERATORS),
    *_loops(_BUILDING),
    *_loops(_CALLS),
    *_loops(_LOOPS, "loop"),
    *_loops(_MODULE_NAMES, "module"),
    MicroLoop("LOAD_SUPER_ATTRIBUTE", "super().v", "method"),
    *_loops(_BUILTINS),
    *_loops(_METHODS),
    *_loops(_MODULES),
)
"""All of them, in the order in which costs are worked out."""

ZERO = frozenset(
    operation.name
    for operation in (
        *(Operation.NOTHING, Operation.PUSH_NULL, Operation.KEYWORD_NAMES, Operation.CALL),
        *(Operation.END_FOR, Operation.POP_ITERATOR),
    )
)
"""What is counted where it is used: in a call, or with the loop that ends."""

_ALSO = """
LOAD_METHOD = 1 unknown_call
YIELD = 1 FOR_ITERATE 1 STORE_LOCAL 1 LOAD_LOCAL 1 JUMP 1 POP
SEND = 1 YIELD
ENTER_WITH = 2 unknown_call
LOAD_SPECIAL = 2 unknown_call
KEYWORD_NAMES = 1 unknown_call
"""
ALSO: Mapping[str, Mapping[str, float]] = dict(_sums(_ALSO))
"""What runs besides the statement's own instructions: functions that it calls, generators."""

GENERATORS = frozenset({Operation.YIELD.name, Operation.SEND.name})
"""Measured as a loop over a generator: the operation itself stands in the generator's code."""

_DERIVED = """
POP = 1 LOAD_LOCAL
JUMP = 1 LOAD_LOCAL
JUMP_QUIETLY = 1 LOAD_LOCAL
RETURN = 1 LOAD_LOCAL
LOAD_CLOSURE = 1 LOAD_LOCAL
LOAD_AND_CLEAR_LOCAL = 1 LOAD_LOCAL
END_SEND = 1 LOAD_LOCAL
OTHER = 1 LOAD_LOCAL
COPY = 1 LOAD_LOCAL
SWAP = 1 LOAD_LOCAL
DELETE_LOCAL = 1 STORE_LOCAL
DELETE_CELL = 1 STORE_CELL
DELETE_GLOBAL = 1 STORE_GLOBAL
DELETE_NAME = 1 STORE_NAME
LOAD_METHOD = 1 LOAD_ATTRIBUTE
LOAD_SLICE = 1 BUILD_SLICE
STORE_SLICE = 1 BUILD_SLICE
BUILD_CONSTANT_KEY_MAP = 1 BUILD_MAP
BUILD_TEMPLATE = 1 FORMAT
BUILD_STRING = 1 FORMAT
TO_BOOL = 1 LOAD_LOCAL
NOT = 1 LOAD_LOCAL
JUMP_IF_OR_POP = 1 JUMP_IF
LIST_TO_TUPLE = 1 BUILD_TUPLE
SET_FUNCTION_ATTRIBUTE = 1 LOAD_LOCAL
LOAD_SUPER_ATTRIBUTE = 4 LOAD_ATTRIBUTE
CALL_INTRINSIC = 1 LOAD_LOCAL
CALL_UNPACKED = 1 CALL_KEYWORDS
GET_ASYNC_ITERATOR = 1 GET_ITERATOR
GET_ASYNC_NEXT = 1 YIELD
END_ASYNC_FOR = 1 LOAD_LOCAL
GET_AWAITABLE = 1 GET_ITERATOR
RERAISE = 0.5 RAISE
PUSH_EXCEPTION = 1 LOAD_LOCAL
POP_EXCEPTION = 1 LOAD_LOCAL
MATCH_EXCEPTION = 1 COMPARE
ENTER_WITH = 2 LOAD_SPECIAL
EXIT_WITH = 1 LOAD_ATTRIBUTE
LOAD_SPECIAL = 1 LOAD_ATTRIBUTE
CALL_KEYWORDS = 1 KEYWORD_NAMES
MATCH_PATTERN = 1 COMPARE
builtins.input = 1 builtins.print
builtins.super = 1 LOAD_SUPER_ATTRIBUTE
modules.subprocess = 100 modules.os.stat
modules.os.walk = 1 modules.os.scandir
"""
DERIVED: Mapping[str, Mapping[str, float]] = dict(_sums(_DERIVED))
"""What no micro-loop isolates on some version or on any, as a multiple of another cost."""
