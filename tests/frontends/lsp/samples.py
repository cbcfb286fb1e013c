"""Texts that the tests of the server open."""

from __future__ import annotations

SLOW = """\
import math


def f(xs, journal):
    "é日本🎈"
    for x in xs:
        "é日本🎈", math.sqrt(x), x
        journal.flush()
        journal.deep.lines.append(x)
"""
"""A safe fix behind characters of several widths, and one that is only shown."""

GROWS = """\
import re


def f(xs):
    out = []
    append = out.append
    for x in xs:
        append(re.compile("a").match(x))
    return out
"""
"""Findings with and without an estimate, and advice turned round."""
