"""The command ``bclint``: says which subcommand runs, and imports no more than that needs."""

from __future__ import annotations

import sys

COMMANDS = (
    *("bench", "check", "clean", "dis", "explain", "new-rule", "rules", "server", "test-rules"),
)
INTERRUPTED = 130
"""The exit status after Ctrl-C: 128 and the number of the signal."""
BROKEN_PIPE = 141
"""The exit status when nobody reads on: the same for SIGPIPE."""


def main(arguments: list[str] | tuple[str, ...] | None = None) -> int:
    """Run the command with `arguments` (those of the process by default).

    Returns the exit status: 0 clean, 1 findings, 2 something could not be done.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    _replace_closed_streams()
    try:
        status = _run(given)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return BROKEN_PIPE
    except OSError as error:
        # What is read and what is fixed is looked after elsewhere: this is the output.
        _discard_output()
        print(f"bclint: cannot write: {error.strerror or error}", file=sys.stderr)
        return 2
    return status


def _run(given: list[str]) -> int:
    # Before all imports: this is what scripts and editors ask for most often.
    if given and given[0] in {"--version", "-V"}:
        from bclint import __version__

        print(f"bclint {__version__}")
        return 0
    if given == ["help"] or given == ["version"]:  # what a Ruff user types
        return _run([f"--{given[0]}"])
    if given and given[0] in COMMANDS:
        return _run_command(given[0], given[1:])
    return _run_command("check", given)


def _run_command(name: str, arguments: list[str]) -> int:
    """Run subcommand `name`; only its own modules are imported."""
    match name:
        case "dis":
            from bclint.frontends.dis import dis

            return dis(arguments)
        case "bench":
            from bclint.frontends.bench import bench

            return bench(arguments)
        case "explain":
            from bclint.frontends.explain import explain

            return explain(arguments)
        case "clean":
            from bclint.frontends.clean import clean

            return clean(arguments)
        case "rules":
            from bclint.frontends.rules import rules

            return rules(arguments)
        case "new-rule":
            from bclint.frontends.new_rule import new_rule

            return new_rule(arguments)
        case "server":
            from bclint.frontends.lsp.command import serve

            return serve(arguments)
        case "test-rules":
            from bclint.frontends.packs import test_rules

            return test_rules(arguments)
    from bclint.engine.replay import replay

    status = replay(arguments)
    if status is not None:
        return status
    from bclint.engine.collector import collector_paused

    with collector_paused():  # modules stay: nothing of them is garbage
        from bclint.frontends.check import check

    return check(arguments)


def _replace_closed_streams() -> None:
    """Put something in the place of streams that the caller closed, which Python leaves None.

    In the order of their numbers, so that each takes its own. Writing to a closed standard output
    fails, as it does for other programs.
    """
    if sys.stdin and sys.stdout and sys.stderr:
        return
    import os

    for name, mode in (("stdin", "r"), ("stdout", "r"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115  kept open


def _discard_output() -> None:
    # Python flushes standard output once more at exit, which must not fail loudly.
    import os

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
