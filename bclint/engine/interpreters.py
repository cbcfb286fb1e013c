"""Analysis in other interpreters: their compilers emit other bytecode.

Each runs as a process of its own that reads files from its standard input and writes what it found
to its standard output, as pickles: both ends are ours, and started by us. It needs nothing but its
standard library; bclint and the rules are read from where they are here, behind everything that
the interpreter brings itself. Nothing of the linted project is on its path: it starts isolated.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import pickle
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import bclint
from bclint.engine.agreement import agreed
from bclint.engine.interpreter import Interpreter, InterpreterError
from bclint.engine.linter import FileError, FileReport
from bclint.rule import Rule
from bclint.source import SourceFile

_OLDEST = (3, 11)
_SECONDS = 60
"""How long an interpreter may take to start."""
_ASK = "import json, sys; print(json.dumps([sys.implementation.name, *sys.version_info[:2]]))"
_SERVE = "import sys; sys.path += sys.argv[1:]; from bclint.engine.serve import serve; serve()"


@cache
def find_interpreter(path: str) -> Interpreter:
    """Ask the interpreter at `path`, or the command of that name, for its version.

    Raises `InterpreterError` for one that does not start, is not CPython or is older than 3.11.
    """
    try:
        asked = subprocess.run(  # noqa: S603  what the user told us to start
            [path, "-I", "-c", _ASK],
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        name, major, minor = json.loads(asked.stdout)
    except OSError as error:
        raise InterpreterError(f"--python {path}: cannot be started: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        message = f"--python {path}: gives no answer within {_SECONDS} s"
        raise InterpreterError(message) from error
    except subprocess.CalledProcessError as error:
        raise InterpreterError(f"--python {path}: ends with status {error.returncode}") from error
    except (ValueError, TypeError) as error:
        message = f"--python {path}: is no Python: it answers with something else"
        raise InterpreterError(message) from error
    if name != "cpython" or (major, minor) < _OLDEST:
        raise InterpreterError(
            f"--python {path}: is {name} {major}.{minor}; bclint reads the bytecode of "
            "CPython 3.11 and newer"
        )
    return Interpreter(path, f"{major}.{minor}")


def lint_in(
    interpreters: Sequence[Interpreter],
    source: SourceFile,
    rules: Sequence[Rule],
    targets: tuple[str, ...],
    *,
    any_python: bool,
) -> FileReport:
    """Check one file in each of `interpreters` (at least one), and merge what they find.

    What they all find is reported, with `any_python` what any of them finds. An interpreter that
    dies becomes an error of the file.
    """
    reports = {
        interpreter.python: _server(interpreter).lint(source, tuple(rules), targets)
        for interpreter in interpreters
    }
    return agreed(reports, any_python=any_python)


@cache
def _server(interpreter: Interpreter) -> _Server:
    server = _Server(interpreter)
    atexit.register(server.stop)
    return server


class _Server:
    """One interpreter's process, started when it gets its first file."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def lint(
        self, source: SourceFile, rules: tuple[Rule, ...], targets: tuple[str, ...]
    ) -> FileReport:
        request = pickle.dumps((source, rules, targets))
        with self._lock:
            process = self._process or self._start(rules)
            self._process = process
            try:
                return _exchange(process, request)
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                self.stop()
                return _dead(self._interpreter, source, error)

    def _start(self, rules: tuple[Rule, ...]) -> subprocess.Popen[bytes]:
        command = [self._interpreter.path, "-I", "-X", "utf8", "-c", _SERVE, *_folders(rules)]
        return subprocess.Popen(  # noqa: S603  what the user told us to start
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def stop(self) -> None:
        """End the process, if there is one; the next file starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                # What could not be sent to a dead process is lost with it.
                with contextlib.suppress(OSError):  # noqa: BCL902  twice in a process's life
                    pipe.close()


def _exchange(process: subprocess.Popen[bytes], request: bytes) -> FileReport:
    if process.stdin is None or process.stdout is None:
        raise EOFError("the interpreter has no pipes")
    process.stdin.write(request)
    process.stdin.flush()
    answer = pickle.load(process.stdout)  # noqa: S301  from a process that we started
    if not isinstance(answer, FileReport):
        raise EOFError(str(answer))
    return answer


def _dead(interpreter: Interpreter, source: SourceFile, error: Exception) -> FileReport:
    reason = " ".join(f"{type(error).__name__} {error}".split())
    message = f"cannot be checked: {interpreter.path} gave no result ({reason})"
    return FileReport(source.path, (), (FileError(source.path, 0, 0, message),))


def _folders(rules: tuple[Rule, ...]) -> list[str]:
    """The folders that bclint and the packages of `rules` are imported from."""
    folders = [str(Path(bclint.__file__).resolve().parent.parent)]
    for package in {rule.package.partition(".")[0] for rule in rules}:
        file = getattr(sys.modules.get(package), "__file__", None)
        if file:
            folders.append(str(Path(file).resolve().parent.parent))
    return list(dict.fromkeys(folders))
