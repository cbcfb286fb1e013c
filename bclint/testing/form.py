"""The form that all rules' pages keep, whatever they say."""

from __future__ import annotations

from collections.abc import Iterator

from bclint.evidence.errors import EvidenceError
from bclint.evidence.records import FILE_NAME, read_evidence
from bclint.evidence.summary import with_measured
from bclint.rule import Rule
from bclint.testing.page import (
    ALSO_MEASURED,
    CASES,
    FIX_SAFETY,
    MEASURED,
    PROSE_SECTIONS,
    SECTIONS,
    USE_INSTEAD,
    Page,
)

FEWEST_WANTS = 2
FEWEST_NOPES = 2


def check_form(rule: Rule, page: Page) -> Iterator[str]:
    """What the page of `rule` lacks or has elsewhere than the others have it."""
    heading = f"{rule.code} {rule.name}"
    if page.heading != heading:
        yield f"{page.path}:1: the heading is {page.heading!r}, not {heading!r}"
    if page.summary.rstrip(".") != rule.summary:
        yield f"{page.path}:2: the summary is {page.summary!r}, not the rule's {rule.summary!r}"
    yield from _check_sections(rule, page)
    yield from _check_measured(rule, page)
    yield from _check_bytecode(page)
    yield from _check_cases(rule, page)


def _check_sections(rule: Rule, page: Page) -> Iterator[str]:
    """Fix safety stands in the page exactly where ``fix.py`` stands in the folder."""
    has_fix = (rule.folder / "fix.py").exists()
    titles = [section.title for section in page.sections]
    further = [title for title in titles if title.startswith(ALSO_MEASURED)]
    expected = [title for title in SECTIONS if has_fix or title != FIX_SAFETY]
    behind = expected.index(USE_INSTEAD) + 1
    measured = [MEASURED] if (rule.folder / FILE_NAME).exists() else []
    expected[behind:behind] = [*dict.fromkeys(further), *measured]
    if titles != expected:
        fix = "with" if has_fix else "without"
        yield f"{page.path}: sections {fix} a fix.py are {expected}, not {titles}"
    for section in page.sections:
        if section.title != CASES and not section.prose.strip() and not section.blocks:
            yield f"{page.path}:{section.line}: {section.title} is empty"


def _check_measured(rule: Rule, page: Page) -> Iterator[str]:
    """The table of measurements is that of ``evidence.json``."""
    try:
        evidence = read_evidence(rule.folder / FILE_NAME)
    except EvidenceError as error:
        yield str(error)
        return
    if with_measured(rule.page, evidence) != rule.page:
        yield f"{page.path}: {MEASURED} is not what {FILE_NAME} holds: run `bclint bench`"


def _check_bytecode(page: Page) -> Iterator[str]:
    sections = [page.section(title) for title in PROSE_SECTIONS]
    blocks = [block for section in sections if section for block in section.blocks]
    if not any(block.info == "text" for block in blocks):
        yield f"{page.path}: no ```text block shows the bytecode in {', '.join(PROSE_SECTIONS)}"


def _check_cases(rule: Rule, page: Page) -> Iterator[str]:
    wants = sum(len(case.wants) for case in page.cases)
    nopes = sum(case.silent for case in page.cases)
    if wants < FEWEST_WANTS or nopes < FEWEST_NOPES:
        yield f"{page.path}: {wants} wants and {nopes} nopes; at least two of each"
    titles = [case.title for case in page.cases]
    for title in sorted({title for title in titles if titles.count(title) > 1}):
        yield f"{page.path}: two cases are called {title!r}"
    for case in page.cases:
        for want in case.wants:
            if want.code != rule.code:
                yield (
                    f"{page.path}:{case.source_line + want.line}: wants {want.code}, "
                    f"but only {rule.code} is run for its cases"
                )
