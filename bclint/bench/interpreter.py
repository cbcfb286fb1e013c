"""The interpreters that are measured: which version one is, and how it was built."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import bclint

OLDEST = (3, 11)
_PATIENCE = 60
"""Seconds after which an interpreter that says nothing is given up."""

_QUESTION = """\
import json, platform, sys, sysconfig
arguments = str(sysconfig.get_config_var("CONFIG_ARGS") or "")
flags = " ".join(
    str(sysconfig.get_config_var(name) or "")
    for name in ("PY_CFLAGS", "PY_CFLAGS_NODIST", "PY_CORE_CFLAGS", "PY_CORE_LDFLAGS")
)
# Debian and its descendants build with profiles and link-time optimisation, then take the flags
# out of what the build says about itself: an empty flag for using profiles gives that away.
silent = sysconfig.get_config_var("PGO_PROF_USE_FLAG") == ""
jit = getattr(sys, "_jit", None)
print(json.dumps({
    "implementation": platform.python_implementation(),
    "version": list(sys.version_info[:2]),
    "python": platform.python_version(),
    "build": {
        "pgo": "--enable-optimizations" in arguments or "-fprofile-use" in flags or silent,
        "lto": True if "--with-lto" in arguments or "-flto" in flags else None if silent else False,
        "jit": bool(jit and jit.is_enabled()),
        "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    },
}))
"""


class InterpreterError(Exception):
    """An interpreter that cannot be measured; one line says which and why."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A CPython that starts."""

    path: str
    version: tuple[int, int]
    python: str
    """The whole version, such as ``3.14.0``."""
    build: dict[str, bool | None]
    """``pgo``, ``lto``, ``jit``, ``free_threaded``; None where the build does not say."""

    @property
    def minor(self) -> str:
        """What evidence is filed under, such as ``3.14``."""
        return "{}.{}".format(*self.version)


def ask(path: str) -> Interpreter:
    """Start `path` and ask what it is. Raises `InterpreterError`."""
    try:
        command = [path, "-c", _QUESTION]
        answer = subprocess.run(  # noqa: S603  the user names the interpreter
            command, capture_output=True, check=True, timeout=_PATIENCE, env=environment()
        )
        facts = json.loads(answer.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise InterpreterError(f"{path} does not start as a Python: {reason}") from error
    version = (int(facts["version"][0]), int(facts["version"][1]))
    if facts["implementation"] != "CPython" or version < OLDEST:
        raise InterpreterError(
            f"{path} is {facts['implementation']} {facts['python']}, not CPython 3.11 or later"
        )
    return Interpreter(path, version, facts["python"], facts["build"])


def environment(*folders: str) -> dict[str, str]:
    """What a worker sees: bclint and `folders` importable, nothing that changes how code runs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    paths = [*folders, str(Path(bclint.__file__).parent.parent)]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "0"}
