"""Cases: a source, the findings that it wants marked in comments, and what its fixes give.

A mark is a comment at the end of the line where a finding starts::

    total += math.sqrt(x)  # want: BCL102[safe] "math.sqrt"
    #        ^^^^^^^^^

The line of carets below it is optional and gives the exact range, one run of carets a want.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_MARK = re.compile(r"[ \t]*# want:(?P<wants>.*)$")
_WANT = re.compile(
    r"""\s*(?P<code>[A-Z]{1,3}[0-9]{3})(?:\[(?P<fix>[a-z-]+)\])?\s+"(?P<text>[^"]*)"\s*"""
)
_CARETS = re.compile(r"[ \t]*#[ ^]*\^[ ^]*")
_VERSIONS = re.compile(
    r"(?P<before><)?3\.(?P<first>[0-9]+)(?:(?P<onwards>\+)|-3\.(?P<last>[0-9]+))?"
)
FIX_GRADES = ("safe", "unsafe", "display-only", "none")
"""What the brackets of a want may hold; ``none`` says that no fix is proposed."""


class CaseError(ValueError):
    """Marks that cannot be read; `line` counts from 1 in the marked source."""

    def __init__(self, line: int, message: str) -> None:
        """Keep the line apart, because only the page knows where the source starts in it."""
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Versions:
    """The minor versions of Python 3 that a case is bound to, both ends included."""

    first: int = 0
    last: int = 999

    @classmethod
    def parse(cls, tag: str) -> Versions:
        """Read ``3.11``, ``3.12+``, ``<3.13`` or ``3.12-3.14``; raises `ValueError`."""
        match = _VERSIONS.fullmatch(tag)
        if not match or (match["before"] and (match["onwards"] or match["last"])):
            raise ValueError(f"[{tag}] is none of [3.11], [3.12+], [<3.13] and [3.12-3.14]")
        first = int(match["first"])
        if match["before"]:
            return cls(last=first - 1)
        if match["onwards"]:
            return cls(first)
        return cls(first, int(match["last"] or first))

    def __contains__(self, minor: int) -> bool:
        """Whether Python 3.`minor` is one of them."""
        return self.first <= minor <= self.last

    def __str__(self) -> str:
        """The versions as a tag spells them."""
        if self.first == self.last:
            return f"3.{self.first}"
        if self.last == EVERY_VERSION.last:
            return f"3.{self.first}+"
        return f"3.{self.first}-3.{self.last}" if self.first else f"<3.{self.last + 1}"


EVERY_VERSION = Versions()


@dataclass(frozen=True, slots=True)
class Want:
    """A finding that a case expects; `line` counts from 1 in the case's source."""

    line: int
    code: str
    text: str
    """A part of the message."""
    fix: str | None = None
    """One of `FIX_GRADES`, or None where the case does not care."""
    carets: tuple[int, int] | None = None
    """First column and the column after the last, from 0, in code points."""

    def __str__(self) -> str:
        """The want as a failure shows it."""
        grade = f"[{self.fix}]" if self.fix else ""
        return f'{self.code}{grade} "{self.text}"'


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a rule's page: code to lint, and all that must come of it."""

    title: str
    line: int
    """Where the case's title stands in the page."""
    silent: bool
    """Whether the rule must say nothing (the title starts with ``nope:``)."""
    versions: Versions
    source: str
    """The code with its marks, which are ordinary comments."""
    source_line: int
    """The page's line before the first line of `source`."""
    wants: tuple[Want, ...]
    fixed: str | None = None
    """The source without its marks after all safe fixes."""
    fixed_unsafe: str | None = None
    """The source without its marks after all safe and unsafe fixes."""


def read_wants(source: str) -> tuple[Want, ...]:
    """The wants marked in `source`, in its order. Raises `CaseError`."""
    lines = source.split("\n")
    wants: list[Want] = []
    for number, line in enumerate(lines, 1):
        below = lines[number] if number < len(lines) else ""
        wants.extend(_wants_of_line(number, line, below))
        if _is_carets(line) and not (number > 1 and _MARK.search(lines[number - 2])):
            raise CaseError(number, "a line of carets stands below no `# want:`")
    return tuple(wants)


def without_marks(source: str) -> str:
    """`source` without ``# want:`` comments and lines of carets, to compare with a fixed one."""
    lines = source.split("\n")
    return "\n".join(_MARK.sub("", line) for line in lines if not _is_carets(line))


def end_of_code(line: str) -> int:
    """The column after the last character of `line` that is no mark."""
    return len(_MARK.sub("", line).rstrip())


def _wants_of_line(number: int, line: str, below: str) -> Iterator[Want]:
    mark = _MARK.search(line)
    if not mark:
        return
    parsed = list(_parse_wants(number, mark["wants"]))
    runs = _caret_runs(below) if _is_carets(below) else []
    if runs and len(runs) != len(parsed):
        raise CaseError(number + 1, f"{len(runs)} runs of carets for {len(parsed)} wants")
    carets: Sequence[tuple[int, int] | None] = runs or [None] * len(parsed)
    for match, run in zip(parsed, carets, strict=True):
        yield Want(number, match["code"], match["text"], match["fix"], run)


def _parse_wants(number: int, text: str) -> Iterator[re.Match[str]]:
    position = 0
    while position < len(text):
        match = _WANT.match(text, position)
        if not match:
            raise CaseError(number, f'not like `# want: BCL101 "message"`: {text.strip()!r}')
        if match["fix"] not in (None, *FIX_GRADES):
            raise CaseError(number, f"[{match['fix']}] is none of {', '.join(FIX_GRADES)}")
        yield match
        position = match.end()
    if not text.strip():
        raise CaseError(number, "an empty `# want:`")


def _is_carets(line: str) -> bool:
    return _CARETS.fullmatch(line) is not None


def _caret_runs(line: str) -> list[tuple[int, int]]:
    """The columns of each run; one that touches the ``#`` covers its column too."""
    return [match.span() for match in re.finditer(r"#?\^+", line)]
