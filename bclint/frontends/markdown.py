"""Markdown as a terminal shows it: the part of the language that rules' pages use."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from bclint.report.display import escape
from bclint.report.style import PLAIN, Style

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_ITEM = re.compile(r"^(\s*)([-*+]|\d+[.)])\s+(.*)$")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_STRONG = re.compile(r"\*\*(\S(?:.*?\S)?)\*\*")
_EMPHASIS = re.compile(r"(?<![\w*])[*_](\S(?:[^*_]*\S)?)[*_](?![\w*])")
_CODE_INDENT = "    "


def render(text: str, width: int = 80, style: Style = PLAIN) -> Iterator[str]:
    """Yield the lines of `text` for a terminal of `width` columns."""
    paragraph: list[str] = []
    fence = ""
    for line in text.splitlines():
        if fence:
            if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            else:
                yield (_CODE_INDENT + style.added(escape_code(line))).rstrip()
            continue
        opening, heading = _FENCE.match(line), _HEADING.match(line)
        starts_block = bool(opening or heading or _ITEM.match(line) or line.startswith("|"))
        if paragraph and (starts_block or not line.strip()):
            yield from _wrap(paragraph, width, style)
            paragraph = []
        if opening:
            fence = opening[1]
        elif heading:
            yield _heading(heading, style)
        elif line.startswith("|"):
            yield _inline(escape(line), style)
        elif line.strip():
            paragraph.append(line)
        else:
            yield ""
    yield from _wrap(paragraph, width, style)


def escape_code(line: str) -> str:
    """Return a line of code without tabs and control characters."""
    return escape(line.expandtabs(4))


def _heading(match: re.Match[str], style: Style) -> str:
    title = escape(match[2].replace("`", ""))
    return style.help(title) if len(match[1]) == 1 else style.strong(title)


def _wrap(lines: list[str], width: int, style: Style) -> Iterator[str]:
    """Yield a paragraph or one item of a list, wrapped and with the item's lines aligned."""
    if not lines:
        return
    item = _ITEM.match(lines[0])
    first = f"{item[1]}{item[2]} " if item else ""
    text = " ".join([item[3] if item else lines[0], *lines[1:]])
    text = escape(" ".join(_LINK.sub(r"\1 (\2)", text).split()))
    wrapped = textwrap.wrap(
        text,
        max(20, width),
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )
    # Painted line by line: what a terminal does not show has no width.
    for line in wrapped:
        yield _inline(line, style)


def _inline(line: str, style: Style) -> str:
    def strong(match: re.Match[str]) -> str:
        return style.strong(match[1])

    parts = re.split("(`[^`]*`)", line)
    for index, part in enumerate(parts):
        if index % 2:
            parts[index] = style.mark(part[1:-1]) if style.colour else part
        else:
            text = _STRONG.sub(strong, part)
            parts[index] = _EMPHASIS.sub(r"\1", text)
    return "".join(parts)
