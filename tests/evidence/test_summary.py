"""The measured section of a page: what it shows, and where it stands."""

from __future__ import annotations

from bclint.evidence.records import Evidence, Measurement, Record
from bclint.evidence.summary import measured_section, with_measured

PAGE = "# A\n\n## Use instead\n\ntext\n\n## Cases\n\n### one\n"


def record(before: float, growth: str | None = None) -> Record:
    return Record(Measurement(before, 1.04, before - 1.04, 1.234, (1.2, 1.268)), growth)


EVIDENCE = Evidence({"": {"3.9": record(2.0), "3.14": record(1234.5)}, "set": {}})
SECTION = """\
## Measured

One iteration of a loop of 1,000, before and after, in nanoseconds; the ratio with its 95 %
confidence interval. Over 1 the change helps.

| CPython, example | before | after | ratio |
|---|---|---|---|
| 3.9 | 2.0 | 1.0 | 1.23 (1.20 to 1.27) |
| 3.14 | 1,234 | 1.0 | 1.23 (1.20 to 1.27) |
"""


def test_a_row_for_each_version() -> None:
    assert measured_section(EVIDENCE) == SECTION


def test_growth_has_a_column_where_there_is_any() -> None:
    section = measured_section(
        Evidence({"str": {"3.11": record(2.0), "3.12": record(2.0, "quadratic → linear")}})
    )
    assert "| CPython, str | before | after | ratio | growth |" in section
    assert "| 3.11 | 2.0 | 1.0 | 1.23 (1.20 to 1.27) |  |" in section
    assert "(1.20 to 1.27) | quadratic → linear |" in section


def test_it_stands_before_what_follows_the_programs() -> None:
    page = with_measured(PAGE, EVIDENCE)
    assert page == PAGE.replace("## Cases", f"{SECTION}\n## Cases")
    assert with_measured(page, EVIDENCE) == page
    assert with_measured(page, Evidence()) == PAGE
    assert with_measured("# A\n", EVIDENCE) == "# A\n"
