"""The progress line: late, only on terminals, and gone at the end."""

from __future__ import annotations

import io

import pytest

from bclint.frontends.progress import INTERVAL, PATIENCE, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_short_run_shows_nothing() -> None:
    stream, clock = Terminal(), Clock()
    with Progress(stream, clock=clock) as progress:
        clock.now += PATIENCE / 2
        progress.show(5, 10)
    assert stream.getvalue() == ""


def test_a_long_run_shows_how_far_it_is_and_wipes_it() -> None:
    stream, clock = Terminal(), Clock()
    with Progress(stream, clock=clock) as progress:
        clock.now += PATIENCE
        progress.show(1234, 2468)
        progress.show(1235, 2468)  # too soon
        clock.now += INTERVAL
        progress.show(2468, 2468)
    assert stream.getvalue() == (
        "\r[############------------] 1,234 of 2,468 files"
        "\r[########################] 2,468 of 2,468 files"
        "\r\x1b[K"
    )


def test_it_is_wiped_when_the_run_is_interrupted() -> None:
    stream, clock = Terminal(), Clock()

    def interrupted() -> None:
        with Progress(stream, clock=clock) as progress:
            clock.now += PATIENCE
            progress.show(1, 2)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert stream.getvalue().endswith("\r\x1b[K")


@pytest.mark.parametrize(("stream", "quiet"), [(io.StringIO(), False), (Terminal(), True)])
def test_nothing_is_shown_in_a_pipe_or_when_quiet(stream: io.StringIO, quiet: bool) -> None:
    clock = Clock()
    with Progress(stream, quiet=quiet, clock=clock) as progress:
        clock.now += PATIENCE
        progress.show(1, 2)
    assert stream.getvalue() == ""
