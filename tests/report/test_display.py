from __future__ import annotations

import pytest

from bclint.report.display import DisplayLine, Window, escape, width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("é 日本 👩\u200d💻", "é 日本 👩\u200d💻"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\r\x00\x7f\x9b", "a\\nb\\r\\x00\\x7f\\x9b"),
        ("\u202eevil\u2066", "\\u202eevil\\u2066"),
        ("a\u2028b\u2029", "a\\u2028b\\u2029"),
        ("\udc80", "\\udc80"),
    ],
)
def test_nothing_controls_the_terminal(text: str, shown: str) -> None:
    assert escape(text) == shown


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("abc", 3),
        ("日本", 4),
        ("e\u0301", 1),
        ("é", 1),
        ("🐍", 2),
        ("ﾊﾟ", 2),
        ("\uff21", 2),
        ("", 0),
    ],
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("line", "text", "columns"),
    [
        ("ab", "ab", (0, 1, 2)),
        ("\tx", "    x", (0, 4, 5)),
        ("ab\tx", "ab  x", (0, 1, 2, 4, 5)),
        ("日\tx", "日  x", (0, 2, 4, 5)),
        ("\x00x", "\\x00x", (0, 4, 5)),
        ("e\u0301x", "e\u0301x", (0, 1, 1, 2)),
        ("", "", (0,)),
    ],
)
def test_columns(line: str, text: str, columns: tuple[int, ...]) -> None:
    assert DisplayLine.of(line) == DisplayLine(text, columns)


def test_a_window_shows_what_matters() -> None:
    text = "".join(chr(ord("a") + index % 26) for index in range(200))
    for first, last in ((0, 5), (60, 70), (100, 120), (190, 200), (100, 190)):
        window = Window.around(first, last, 40)
        shown = window.clip(text)
        start, end = window.clip_range(first, last)
        assert width(shown) <= 40
        assert shown[start] == text[first]
        visible = min(end, 39)
        assert shown[start + 1 : visible] == text[first + 1 : first + visible - start]
    assert Window.around(0, 5, 40).clip("short") == "short"


def test_half_of_a_wide_character_is_a_space() -> None:
    assert Window(1, 6).clip("日本日本") == "…本 …"
    assert width(Window(0, 5).clip("日本日本")) <= 5
