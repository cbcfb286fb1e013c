"""The other end of `bclint.engine.interpreters`: checks the files that it is sent."""

from __future__ import annotations

import os
import pickle
import sys

from bclint.engine.linter import lint
from bclint.engine.weigh import scales_for


def serve() -> None:
    """Check one file after the other until standard input ends.

    Whatever else is printed goes to standard error, so that it cannot be taken for an answer.
    """
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        while True:
            try:
                source, rules, targets = pickle.load(sys.stdin.buffer)  # noqa: S301  our own
            except EOFError:
                return
            except KeyboardInterrupt:
                return
            pickle.dump(lint(source, rules, scales_for(targets)), answers)
            answers.flush()
