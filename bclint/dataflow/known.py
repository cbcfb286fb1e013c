"""What is known of builtins and of the standard library without importing anything linted.

The tables hold for all of CPython 3.11 to 3.15 on Linux, macOS and Windows;
``tests/dataflow/test_known.py`` checks them against the running interpreter.
"""

from __future__ import annotations

import builtins

_NOT_EVERYWHERE = frozenset(
    {
        *("PythonFinalizationError", "ImportCycleError", "frozendict", "sentinel"),  # newer
        *("copyright", "credits", "exit", "help", "license", "quit"),  # put there by site
    }
)

STABLE_BUILTINS = frozenset(
    name for name in dir(builtins) if not name.startswith("_") and name not in _NOT_EVERYWHERE
)
"""Builtins that are bound in every supported version, with or without ``site``."""

BOUND_TO_THEIR_FRAME = frozenset(
    {"super", "locals", "vars", "dir", "eval", "exec", "globals", "__import__", "breakpoint"}
)
"""Builtins that the compiler treats by name or that look at their caller: never aliased.

An alias of ``super`` loses ``__class__``; the others see one more local."""

INLINED_OVER_GENERATORS = frozenset({"any", "all", "tuple", "list", "set"})
"""Calls that 3.14 or 3.15 runs inline over a generator expression, by name: an alias is slower."""

QUIET_BUILTINS = frozenset(
    {
        *("abs", "all", "any", "ascii", "bin", "bool", "bytearray", "bytes", "callable", "chr"),
        *("complex", "dict", "divmod", "enumerate", "float", "format", "frozenset", "hasattr"),
        *("hash", "hex", "id", "int", "isinstance", "issubclass", "iter", "len", "list", "max"),
        *("min", "next", "object", "oct", "ord", "pow", "print", "range", "repr", "reversed"),
        *("round", "set", "slice", "sorted", "str", "sum", "tuple", "type", "zip", "getattr"),
        *("ValueError", "TypeError", "KeyError", "IndexError", "RuntimeError", "Exception"),
        *("memoryview", "AttributeError", "StopIteration", "NotImplementedError", "OSError"),
    }
)
"""Builtins that run no code but their arguments' special methods and iteration."""

CONTAINER_METHODS = frozenset(
    name
    for kind in (list, dict, set, frozenset, tuple, str, bytes, bytearray)
    for name in vars(kind)
    if not name.startswith("_")
) | {"appendleft", "popleft", "extendleft", "rotate", "most_common", "write", "writelines"}
"""Methods by name that, on anything ordinary, change or read the receiver and nothing else."""

TEXT_METHODS = frozenset(name for name in dir(str) if not name.startswith("_"))
"""Methods that nothing but text has in ordinary code."""

WATCHERS = frozenset(
    {"locals", "vars", "dir", "eval", "exec", "_getframe", "currentframe", "f_locals"}
)
"""Names by which a function looks at its own locals as a whole."""

_MATH = (
    "acos asin atan atan2 ceil comb copysign cos cosh degrees dist e exp fabs factorial floor fmod "
    "frexp fsum gamma gcd hypot inf isclose isfinite isinf isnan isqrt ldexp log log10 log1p log2 "
    "modf nan nextafter perm pi pow prod radians sin sinh sqrt tan tanh tau trunc ulp"
)
_PATH = (
    "abspath altsep basename commonpath commonprefix curdir devnull dirname exists expanduser "
    "expandvars extsep getatime getctime getmtime getsize isabs isdir isfile islink ismount join "
    "lexists normcase normpath pardir pathsep realpath relpath samefile sep split splitdrive "
    "splitext"
)
_OPERATOR = (
    "add and_ attrgetter concat contains countOf delitem eq floordiv ge getitem gt iadd index inv "
    "invert is_ is_not itemgetter le lshift lt methodcaller mod mul ne neg not_ or_ pos pow rshift "
    "setitem sub truediv truth xor"
)
_ITERTOOLS = (
    "accumulate chain combinations combinations_with_replacement compress count cycle dropwhile "
    "filterfalse groupby islice pairwise permutations product repeat starmap takewhile tee "
    "zip_longest"
)
_RE = (
    "A ASCII DOTALL I IGNORECASE M MULTILINE S U UNICODE VERBOSE X Match Pattern compile error "
    "escape findall finditer fullmatch match purge search split sub subn"
)

MODULE_ATTRIBUTES: dict[str, frozenset[str]] = {
    name: frozenset(attributes.split())
    for name, attributes in {
        "math": _MATH,
        "os": "curdir environ fspath fsdecode fsencode getcwd getenv getpid linesep listdir lstat "
        "mkdir makedirs name path pathsep remove rename replace rmdir scandir sep stat unlink "
        "walk PathLike SEEK_CUR SEEK_END SEEK_SET urandom",
        "os.path": _PATH,
        "operator": _OPERATOR,
        "itertools": _ITERTOOLS,
        "re": _RE,
        "functools": "cache cached_property lru_cache partial partialmethod reduce singledispatch "
        "total_ordering update_wrapper wraps cmp_to_key",
        "collections": "ChainMap Counter OrderedDict UserDict UserList UserString abc defaultdict "
        "deque namedtuple",
        "json": "JSONDecodeError JSONDecoder JSONEncoder dump dumps load loads",
        "struct": "Struct calcsize error iter_unpack pack pack_into unpack unpack_from",
        "string": "Formatter Template ascii_letters ascii_lowercase ascii_uppercase capwords "
        "digits hexdigits octdigits printable punctuation whitespace",
        "random": "Random SystemRandom betavariate choice choices expovariate gauss getrandbits "
        "randbytes randint random randrange sample seed shuffle triangular uniform",
        "time": "gmtime localtime mktime monotonic monotonic_ns perf_counter perf_counter_ns "
        "process_time process_time_ns sleep strftime strptime struct_time time time_ns asctime "
        "ctime",
        "bisect": "bisect bisect_left bisect_right insort insort_left insort_right",
        "heapq": "heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest",
        "copy": "copy deepcopy Error",
        "datetime": "MAXYEAR MINYEAR UTC date datetime time timedelta timezone tzinfo",
        "textwrap": "TextWrapper dedent fill indent shorten wrap",
        "types": "CodeType FunctionType GeneratorType MappingProxyType MethodType ModuleType "
        "SimpleNamespace TracebackType BuiltinFunctionType FrameType CoroutineType",
        "typing": "Any Callable ClassVar Dict Final Generic Iterable Iterator List Literal "
        "NamedTuple Optional Protocol Set Tuple Type TypeVar Union cast get_type_hints overload",
        "enum": "Enum Flag IntEnum IntFlag StrEnum auto unique",
        "io": "BytesIO StringIO TextIOWrapper BufferedReader BufferedWriter open",
        "hashlib": "md5 new sha1 sha224 sha256 sha384 sha512 blake2b blake2s",
        "base64": "b16decode b16encode b32decode b32encode b64decode b64encode "
        "urlsafe_b64decode urlsafe_b64encode",
        "binascii": "a2b_base64 a2b_hex b2a_base64 b2a_hex crc32 hexlify unhexlify Error",
        "fnmatch": "filter fnmatch fnmatchcase translate",
        "glob": "escape glob iglob",
        "shutil": "copy copy2 copyfile copyfileobj copytree get_terminal_size move rmtree which",
        "statistics": "fmean mean median mode pstdev pvariance stdev variance",
        "sys": "byteorder float_info getrefcount getsizeof hexversion implementation intern "
        "maxsize maxunicode platform version version_info",
        "token": "tok_name NAME NUMBER OP STRING NEWLINE INDENT DEDENT COMMENT ENDMARKER",
        "unicodedata": "bidirectional category combining decimal digit east_asian_width lookup "
        "mirrored name normalize numeric",
        "keyword": "iskeyword issoftkeyword kwlist softkwlist",
        "stat": "S_IFDIR S_IFMT S_IFREG S_IMODE S_ISBLK S_ISCHR S_ISDIR S_ISFIFO S_ISLNK S_ISREG "
        "S_ISSOCK filemode",
        "errno": "EACCES EAGAIN EBADF EEXIST EINTR EINVAL EIO EISDIR ENOENT ENOTDIR EPERM EPIPE",
    }.items()
}
"""Attributes that the module has wherever it can be imported, and that nothing rebinds.

``sys.stdout``, ``sys.path`` and the like are missing on purpose: programs do rebind them."""

QUIET_MODULES = frozenset(
    {
        *("math", "operator", "itertools", "os.path", "struct", "string", "bisect", "unicodedata"),
        *("re", "time", "random", "hashlib", "base64", "binascii", "fnmatch", "stat", "textwrap"),
        *("keyword", "statistics", "copy", "heapq"),
    }
)
"""Modules whose functions run no code of the program but special methods of their arguments.

``re.sub`` with a function as replacement, and a function as ``key``, are exceptions that `Effects`
looks for."""

CALLERS_BACK = frozenset({"call", "file_digest"})
"""Functions of these modules that call whatever they are given: ``operator.call(f)``."""

IMPORTED_BY_EVERY_PROGRAM = frozenset(
    {"sys", "builtins", "os", "os.path", "io", "abc", "codecs", "time", "stat", "marshal"}
)
"""Modules that an interpreter has imported before the first line of a program runs."""
