from __future__ import annotations

import dataclasses
import textwrap

from bclint.diagnostics import Applicability
from bclint.engine.linter import FileError
from bclint.engine.tasks import FileResult, Plan, Report
from bclint.report.style import Style
from bclint.report.summary import summary
from bclint.report.text import Layout, concise, error_line, full, statistics
from bclint.source import SourceFile
from tests.report.samples import DISPLAY_ONLY, found, replacing, report_of

GEOMETRY = SourceFile(
    "src/geo.py",
    b"""import math

def total(points, cx):
    total = 0
    for p in points:
        dx = p.x - cx
        total += math.sqrt(dx * dx)
    return total
""",
)


def shown(text: str) -> str:
    return textwrap.dedent(text).removeprefix("\n")


def rendered(source: SourceFile, snippet: str, **options: object) -> str:
    diagnostic = found(source, snippet, **options)  # type: ignore[arg-type]
    return "\n".join(full(report_of(source, [diagnostic]), Layout(width=80)))


def test_a_finding_with_its_fix() -> None:
    fix = replacing(GEOMETRY, ("for p", "    sqrt = math.sqrt\n"), ("math.sqrt", "sqrt"))
    assert rendered(GEOMETRY, "math.sqrt", loop="points:", fix=fix) == shown(
        """
        src/geo.py:7:18: BCL102 `math.sqrt` is looked up on every iteration
          |
        5 |     for p in points:
        6 |         dx = p.x - cx
        7 |         total += math.sqrt(dx * dx)
          |                  ^^^^^^^^^
          = safe: nothing in the loop can rebind `math`
        help: bind it before the loop
        5 +     sqrt = math.sqrt
        5 |     for p in points:
        7 -         total += math.sqrt(dx * dx)
        7 +         total += sqrt(dx * dx)
        """
    )


def test_without_a_fix_nothing_is_called_safe() -> None:
    assert "= nothing in the loop" in rendered(GEOMETRY, "math.sqrt")
    assert "= display-only: `self.flush()`" in rendered(GEOMETRY, "math.sqrt", verdict=DISPLAY_ONLY)


def test_carets_under_tabs_wide_and_escaped_characters() -> None:
    source = SourceFile("日.py", "for 日 in x:\n\tf('日e\u0301\x1b', a.b, '🐍'); a.b\n".encode())
    assert rendered(source, "a.b", loop="x:") == shown(
        """
        日.py:2:12: BCL102 `a.b` is looked up on every iteration
          |
        1 | for 日 in x:
        2 |     f('日e\u0301\\x1b', a.b, '🐍'); a.b
          |                  ^^^         ---
          = nothing in the loop can rebind `math`
        """
    )


def test_control_characters_in_paths() -> None:
    source = SourceFile("a\x1b]0;b\n.py", b"a.b\n")
    assert rendered(source, "a.b").startswith("a\\x1b]0;b\\n.py:1:1: BCL102")


def test_a_range_of_many_lines() -> None:
    source = SourceFile("a.py", b"for x in y:\n    z = g(\n        x,\n    ) + g(1)\n")
    assert rendered(source, "g(\n        x,\n    )", loop="y:") == shown(
        """
        a.py:2:9: BCL102 `g( x, )` is looked up on every iteration
          |
        1 |   for x in y:
        2 |       z = g(
          |  _________^
        3 | |         x,
        4 | |     ) + g(1)
          | |_____^
          = nothing in the loop can rebind `math`
        """
    )


def test_a_range_of_whole_lines_is_shortened() -> None:
    body = "".join(f"    print({number})\n" for number in range(20))
    source = SourceFile("a.py", f"x = 1\nwhile x:\n{body}".encode())
    text = source.text[6:].rstrip("\n")
    lines = rendered(source, text, verdict=DISPLAY_ONLY).splitlines()
    assert "\n".join(lines[1:]) == shown(
        """
           |
         1 |   x = 1
         2 | / while x:
         3 | |     print(0)
         4 | |     print(1)
         5 | |     print(2)
        ... |
        22 | |     print(19)
           | |_____________^
           = display-only: `self.flush()` on line 31 may rebind it"""
    )


def test_places_far_away_are_listed() -> None:
    lines = ["for x in y:", "    a.b"] + ["    pass"] * 9 + ["    a.b"] * 8
    source = SourceFile("a.py", "\n".join(lines).encode())
    text = rendered(source, "a.b", loop="y:")
    assert "= also here: 12:5, 13:5, 14:5, 15:5, 16:5, 17:5 and 2 more" in text


def test_lines_left_out_are_marked() -> None:
    lines = ["for x in y:"] + ["    pass"] * 9 + ["    a.b"]
    source = SourceFile("a.py", "\n".join(lines).encode())
    assert rendered(source, "a.b", loop="y:").splitlines()[1:6] == [
        "   |",
        " 1 | for x in y:",
        "...",
        "11 |     a.b",
        "   |     ^^^",
    ]


def test_long_lines_are_seen_through_a_window() -> None:
    source = SourceFile("a.py", f"x = {'a + ' * 50}math.pi{' + b' * 50}\n".encode())
    fix = replacing(source, ("math.pi", "pi"))
    for line in rendered(source, "math.pi", fix=fix).splitlines():
        assert len(line) <= 80
        if "math.pi" in line and "|" in line:
            column = line.index("math.pi")
    caret_line = next(
        line for line in rendered(source, "math.pi").splitlines() if line.endswith("^")
    )
    assert caret_line.index("^") == column
    assert caret_line.count("^") == len("math.pi")


def test_a_long_change_is_cut() -> None:
    fix = replacing(GEOMETRY, ("import math", "x = 1\n" * 50))
    lines = rendered(GEOMETRY, "math.sqrt", fix=fix).splitlines()
    assert lines[-1].strip() == "… 21 more lines"


def test_an_insertion_behind_the_last_line() -> None:
    source = SourceFile("a.py", b"a.b\n")
    fix = replacing(source, ("a.b", "c"))
    end = dataclasses.replace(
        fix.edits[0].span, start_line=2, start_column=0, end_line=2, end_column=0
    )
    fix = dataclasses.replace(
        fix, edits=(*fix.edits, dataclasses.replace(fix.edits[0], span=end, replacement="d\n"))
    )
    assert rendered(source, "a.b", fix=fix).splitlines()[-3:] == ["1 - a.b", "1 + c", "2 + d"]


def test_an_insertion_above_a_changed_line() -> None:
    source = SourceFile("a.py", b"while a.b:\n    pass\n")
    fix = replacing(source, ("while", "c = a.b\nd = 1\n"), ("a.b", "c"))
    assert rendered(source, "a.b", fix=fix).splitlines()[-4:] == [
        "1 + c = a.b",
        "  + d = 1",
        "1 - while a.b:",
        "1 + while c:",
    ]


def test_a_deletion_of_whole_lines() -> None:
    source = SourceFile("a.py", b"x = 1\ny = 2\nz = 3\n")
    fix = replacing(source, ("y = 2\n", ""))
    assert rendered(source, "y = 2", fix=fix).splitlines()[-2:] == [
        "help: bind it before the loop",
        "2 - y = 2",
    ]


def test_concise_marks_what_can_be_fixed() -> None:
    fix = replacing(GEOMETRY, ("math.sqrt", "sqrt"))
    never = dataclasses.replace(fix, applicability=Applicability.DISPLAY_ONLY)
    diagnostics = [found(GEOMETRY, "math.sqrt", fix=fix) for fix in (fix, never, None)]
    lines = list(concise(report_of(GEOMETRY, diagnostics), Layout()))
    plain = "src/geo.py:7:18: BCL102 `math.sqrt` is looked up on every iteration"
    assert lines == [plain.replace("BCL102", "BCL102 [*]"), plain, plain]


def test_colour_changes_nothing_but_colour() -> None:
    import re

    fix = replacing(GEOMETRY, ("for p", "    sqrt = math.sqrt\n"), ("math.sqrt", "sqrt"))
    report = report_of(GEOMETRY, [found(GEOMETRY, "math.sqrt", loop="points:", fix=fix)])
    coloured = "\n".join(full(report, Layout(Style(colour=True), 80)))
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == "\n".join(full(report, Layout(width=80)))


def test_errors() -> None:
    error = FileError("a\x07.py", 3, 7, "invalid syntax")
    assert error_line(error) == "a\\x07.py:3:7: error: invalid syntax"


def test_statistics() -> None:
    diagnostics = [found(GEOMETRY, "total", code=code) for code in ("B1", "A1", "B1", "C1")]
    assert list(statistics(report_of(GEOMETRY, diagnostics), {"B1": "b-name"})) == [
        "2  B1  b-name",
        "1  A1",
        "1  C1",
    ]


def test_summaries() -> None:
    safe = replacing(GEOMETRY, ("math.sqrt", "sqrt"))
    unsafe = dataclasses.replace(safe, applicability=Applicability.UNSAFE)
    both = [found(GEOMETRY, "math.sqrt", fix=fix) for fix in (safe, safe, unsafe, None)]

    def of(*indices: int, plan: Plan | None = None, applied: int = 0) -> str:
        result = FileResult(
            "a.py", tuple(both[index] for index in indices), applied=tuple(both[:applied])
        )
        return summary(Report((result,), planned=plan or Plan()))

    assert of() == "All fast: nothing found in 1 file."
    assert of(3) == "Found 1 finding."
    assert of(0, 1, 3) == "Found 3 findings (2 fixable with --fix)."
    assert of(0, 1, 2) == "Found 3 findings (2 fixable with --fix, 1 more with --unsafe-fixes)."
    assert of(2) == "Found 1 finding (1 fixable with --unsafe-fixes)."
    assert of(0, 2, plan=Plan(unsafe=True)) == "Found 2 findings (2 fixable with --fix)."
    assert of(2, plan=Plan(fix=True), applied=2) == (
        "Found 3 findings (2 fixed, 1 remaining, 1 fixable with --unsafe-fixes)."
    )
    assert of(plan=Plan(fix=True), applied=1) == "Found 1 finding (1 fixed, 0 remaining)."
    failed = Report((FileResult("a.py"),), (FileError("b.py", 1, 1, "no"),))
    assert "not everything could be checked" in summary(failed)
