from __future__ import annotations

import pytest

from bclint.testing.cases import (
    CaseError,
    Versions,
    Want,
    end_of_code,
    read_wants,
    without_marks,
)


def test_a_want_names_code_and_part_of_the_message() -> None:
    assert read_wants('a\nb.c  # want: BCL102 "math.sqrt"\n') == (Want(2, "BCL102", "math.sqrt"),)


def test_several_wants_on_a_line_keep_their_order() -> None:
    source = 'f(a.b, c.d)  # want: BCL101 "a" BCL102[safe] "c d"\n'
    assert read_wants(source) == (Want(1, "BCL101", "a"), Want(1, "BCL102", "c d", "safe"))


@pytest.mark.parametrize("grade", ["safe", "unsafe", "display-only", "none"])
def test_brackets_hold_the_grade_of_the_fix(grade: str) -> None:
    (want,) = read_wants(f'x  # want: BCL102[{grade}] "x"')
    assert want.fix == grade
    assert str(want) == f'BCL102[{grade}] "x"'


def test_carets_give_the_columns() -> None:
    source = '    total += math.sqrt(x)  # want: BCL102 "math"\n    #        ^^^^^^^^^\n'
    (want,) = read_wants(source)
    assert want.carets is not None
    assert source[slice(*want.carets)] == "math.sqrt"


def test_columns_are_characters_even_behind_wide_ones() -> None:
    source = 'é日本🐍 = m.x  # want: BCL102 "m"\n#      ^^^\n'
    (want,) = read_wants(source)
    assert want.carets is not None
    assert source[slice(*want.carets)] == "m.x"


def test_carets_in_the_first_column_use_the_comment_sign() -> None:
    (want,) = read_wants('for x in y:  # want: BCL106 "loop"\n#^^\n')
    assert want.carets == (0, 3)


def test_each_run_of_carets_belongs_to_its_want() -> None:
    source = ' a.b + c.d  # want: BCL101 "a" BCL101 "c"\n#^^^   ^^^\n'
    assert [want.carets for want in read_wants(source)] == [(0, 4), (7, 10)]


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("x  # want:", 1, "empty"),
        ("\nx  # want: BCL101", 2, "not like"),
        ("x  # want: BCL101 text", 1, "not like"),
        ('x  # want: BCL101 "a" and more', 1, "not like"),
        ('x  # want: BCL101[sure] "a"', 1, r"\[sure\] is none of"),
        ('x y  # want: BCL101 "x" BCL101 "y"\n#^', 2, "1 runs of carets for 2 wants"),
        ("x\n# ^^^\n", 2, "below no"),
    ],
)
def test_marks_that_cannot_be_read_say_where(source: str, line: int, message: str) -> None:
    with pytest.raises(CaseError, match=message) as raised:
        read_wants(source)
    assert raised.value.line == line


def test_marks_are_taken_out_and_everything_else_stays() -> None:
    marked = 'a  # why\nb.c  # want: BCL102 "b"\n# ^\n#\n\nd'
    assert without_marks(marked) == "a  # why\nb.c\n#\n\nd"


def test_the_end_of_code_is_ahead_of_the_mark() -> None:
    assert end_of_code('f(a,  # want: BCL101 "f"') == 4
    assert end_of_code("f(a,  # why") == 11


@pytest.mark.parametrize(
    ("tag", "minors"),
    [
        ("3.11", {11}),
        ("3.12+", {12, 13, 14, 15}),
        ("<3.13", {10, 11, 12}),
        ("3.12-3.14", {12, 13, 14}),
    ],
)
def test_a_tag_binds_versions(tag: str, minors: set[int]) -> None:
    versions = Versions.parse(tag)
    assert {minor for minor in range(10, 16) if minor in versions} == minors
    assert str(versions) == tag


@pytest.mark.parametrize("tag", ["", "3", "4.1", "<3.12+", ">=3.12", "3.12, 3.13"])
def test_other_tags_are_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="none of"):
        Versions.parse(tag)
