"""The comments of a text: a fix must lose none of them."""

from __future__ import annotations

import io
import tokenize
from collections import Counter


def comments_in(text: str) -> Counter[str]:
    """How often each comment stands in `text`, which may be any excerpt of Python.

    Comments after a place that cannot be tokenized are not seen.
    """
    # The tokenizer of 3.11 knows no `\\r` alone.
    lines = io.StringIO(text, newline=None)
    found: Counter[str] = Counter()
    try:
        for token in tokenize.generate_tokens(lines.readline):
            if token.type == tokenize.COMMENT:
                found[token.string] += 1
    except (tokenize.TokenError, SyntaxError):
        pass
    return found
