"""A rule's page, ``rule.md``: its sections, the measured pair of programs, and the cases.

The format is described in docs/writing-rules.md. Only the Markdown that the format needs is
understood: headings that start with ``#``, and code fences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from bclint.testing.cases import EVERY_VERSION, Case, CaseError, Versions, Want, read_wants

PROSE_SECTIONS = ("State", "Trigger", "Consequence")
EXAMPLE = "Example"
USE_INSTEAD = "Use instead"
ALSO_MEASURED = "Also measured:"
MEASURED = "Measured"
FIX_SAFETY = "Fix safety"
LEAVE_IT = "When to leave it"
CASES = "Cases"
SECTIONS = (*PROSE_SECTIONS, EXAMPLE, USE_INSTEAD, FIX_SAFETY, LEAVE_IT, CASES)
"""All sections in the order that a page keeps; Fix safety only where the rule has a fix.

Sections that start with `ALSO_MEASURED`, any number of them, follow Use instead, and behind them
`MEASURED`, where there is evidence.
"""

_FENCE = re.compile(r"(?P<ticks>`{3,})(?P<info>[^`]*)")
_TITLE = re.compile(r"(?P<title>.*?)(?:\s+\[(?P<tag>[^\]]*)\])?")


class PageError(Exception):
    """A page that cannot be read; one line says where and why."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its info string, its text, and the page's line of its opening fence."""

    info: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands below it, up to the next heading that this page cares about."""

    title: str
    line: int
    prose: str
    """The text outside of fenced blocks."""
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One rule's documentation, read."""

    path: str
    heading: str
    """What the first line says after its ``#``: code and name."""
    summary: str
    sections: tuple[Section, ...]
    cases: tuple[Case, ...]

    def section(self, title: str) -> Section | None:
        """The section of that title, if the page has it."""
        return next((section for section in self.sections if section.title == title), None)

    def program(self, title: str) -> Block:
        """The one ``python`` block of Example or Use instead. Raises `PageError`."""
        section = self.section(title)
        blocks = [block for block in section.blocks if block.info == "python"] if section else []
        if len(blocks) != 1:
            raise PageError(f"{self.path}: {title} needs exactly one ```python block")
        return blocks[0]


def read_page(path: str, text: str) -> Page:
    """Read the page `text`; `path` is for messages only. Raises `PageError`."""
    top, *rest = _split(path, text)
    if top.line != 1:
        raise PageError(f"{path}:1: the first line is not `# CODE rule-name`")
    sections, cases = _cases_apart(rest)
    return Page(
        path,
        top.title,
        " ".join(top.prose.split()),
        tuple(sections),
        tuple(_read_case(path, section) for section in cases),
    )


def _cases_apart(sections: Sequence[Section]) -> tuple[list[Section], list[Section]]:
    """The sections, and what stands below each ``###`` after the heading Cases."""
    ahead = list(takewhile(lambda section: section.title != CASES, sections))
    behind = sections[len(ahead) :]
    return ahead + list(behind[:1]), list(behind[1:])


def _split(path: str, text: str) -> Iterator[Section]:
    """The page cut at its headings: ``#``, ``##``, and below Cases ``###`` too."""
    title, line, prose, blocks = "", 0, [""], list[Block]()
    marks: tuple[str, ...] = ("# ", "## ")
    for item in _lines_and_blocks(path, text):
        if isinstance(item, Block):
            blocks.append(item)
        elif item[1].startswith(marks):
            if line:
                yield Section(title, line, "\n".join(prose), tuple(blocks))
            line, title = item[0], item[1].lstrip("#").strip()
            prose, blocks = [], []
            if title == CASES:
                marks = ("## ", "### ")
        else:
            prose.append(item[1])
    yield Section(title, line, "\n".join(prose), tuple(blocks))


def _lines_and_blocks(path: str, text: str) -> Iterator[tuple[int, str] | Block]:
    """Each line outside of fences with its number, and each fenced block."""
    numbered = iter(enumerate(text.split("\n"), 1))
    for number, line in numbered:
        fence = _FENCE.fullmatch(line)
        if not fence:
            yield number, line
            continue
        inside: list[str] = []
        for _, line_inside in numbered:
            if line_inside.rstrip() == fence["ticks"]:
                break
            inside.append(line_inside)
        else:
            raise PageError(f"{path}:{number}: this fence is never closed")
        yield Block(fence["info"].strip(), "".join([f"{item}\n" for item in inside]), number)


def _read_case(path: str, section: Section) -> Case:
    blocks = _blocks_by_info(path, section)
    if "python" not in blocks:
        raise PageError(f"{path}:{section.line}: the case has no ```python block")
    block = blocks["python"]
    title, versions = _read_title(path, section)
    fixed, unsafe = blocks.get("python fixed"), blocks.get("python fixed unsafe")
    case = Case(
        title,
        section.line,
        title.startswith("nope:"),
        versions,
        block.text,
        block.line,
        _wants_of(path, block),
        fixed.text if fixed else None,
        unsafe.text if unsafe else None,
    )
    _refuse_contradiction(path, case)
    return case


def _blocks_by_info(path: str, section: Section) -> dict[str, Block]:
    blocks: dict[str, Block] = {}
    for block in section.blocks:
        if not block.info.startswith("python"):
            continue
        if block.info not in ("python", "python fixed", "python fixed unsafe"):
            raise PageError(f"{path}:{block.line}: unknown kind of block ```{block.info}")
        if block.info in blocks:
            raise PageError(f"{path}:{block.line}: a second ```{block.info} block in one case")
        blocks[block.info] = block
    return blocks


def _read_title(path: str, section: Section) -> tuple[str, Versions]:
    match = _TITLE.fullmatch(section.title)
    if not match or match["tag"] is None:
        return section.title, EVERY_VERSION
    try:
        return match["title"], Versions.parse(match["tag"])
    except ValueError as error:
        raise PageError(f"{path}:{section.line}: {error}") from error


def _wants_of(path: str, block: Block) -> tuple[Want, ...]:
    try:
        return read_wants(block.text)
    except CaseError as error:
        raise PageError(f"{path}:{block.line + error.line}: {error}") from error


def _refuse_contradiction(path: str, case: Case) -> None:
    """A case that cannot fail proves nothing."""
    where = f"{path}:{case.line}"
    if case.silent and case.wants:
        raise PageError(f"{where}: a `nope:` case wants nothing")
    if not case.silent and not case.wants:
        raise PageError(f"{where}: no `# want:` in it; a case that stays silent is `nope: why`")
    if case.silent and (case.fixed is not None or case.fixed_unsafe is not None):
        raise PageError(f"{where}: a `nope:` case has nothing to fix")
