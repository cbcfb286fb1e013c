"""Stored values: what goes in comes out, and nothing else ever does."""

from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import Mapping

import pytest

from bclint.diagnostics import Applicability, Diagnostic, Edit, Fix, Saving, Verdict
from bclint.engine.codec import Codec, CodecError
from bclint.source import Span

DIAGNOSTIC = Diagnostic(
    code="BCL101",
    name="global-lookup-in-loop",
    message="`größe` \udc80",
    path="a.py",
    span=Span(1, 0, 1, 5),
    places=(Span(2, 0, 2, 5), Span(3, 0, 3, 5)),
    function="f.<locals>.g",
    verdict=Verdict(Applicability.UNSAFE, "a reason"),
    loop=None,
    details={"expression": "x"},
    savings=(
        Saving("3.14", 1.5, 20.0, True, 2.5, (2.0, 3.0), "quadratic → linear"),
        Saving("3.15"),
    ),
    fix=Fix("do it", Applicability.SAFE, "why", (Edit(Span(1, 0, 1, 0), "new\n"),)),
)


class Colour(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Everything:
    number: int
    share: float
    yes: bool
    colour: Colour
    pair: tuple[str, int]
    many: tuple[Colour, ...]
    by_name: Mapping[str, float]
    maybe: str | None = None


@pytest.mark.parametrize(
    "diagnostic",
    [
        DIAGNOSTIC,
        dataclasses.replace(DIAGNOSTIC, fix=None, loop=Span(1, 0, 9, 1), details={}),
    ],
)
def test_findings_come_back_as_they_were(diagnostic: Diagnostic) -> None:
    codec = Codec(Diagnostic)
    text = codec.dump(diagnostic)
    assert text.isascii()
    assert codec.load(text) == diagnostic


def test_every_kind_of_field() -> None:
    codec = Codec(Everything)
    value = Everything(1, 2.0, True, Colour.RED, ("a", 2), (Colour.RED,), {"x": 0.5}, "y")
    assert codec.load(codec.dump(value)) == value
    value = dataclasses.replace(value, maybe=None, many=())
    assert codec.load(codec.dump(value)) == value


@pytest.mark.parametrize(
    "change",
    [
        lambda fields: fields[:-1],
        lambda fields: [*fields, None],
        lambda fields: dict(enumerate(fields)),
        lambda fields: ["1", *fields[1:]],
        lambda fields: [True, *fields[1:]],
        lambda fields: [*fields[:3], "green", *fields[4:]],
        lambda fields: [*fields[:4], ["a"], *fields[5:]],
        lambda fields: [*fields[:5], "red", *fields[6:]],
        lambda fields: [*fields[:6], [1.0], *fields[7:]],
        lambda fields: None,
    ],
)
def test_what_is_no_such_value_is_refused(change: object) -> None:
    codec = Codec(Everything)
    value = Everything(1, 2.0, True, Colour.RED, ("a", 2), (Colour.RED,), {"x": 0.5}, "y")
    fields = json.loads(codec.dump(value))
    assert callable(change)
    with pytest.raises(CodecError):
        codec.load(json.dumps(change(fields)))


@pytest.mark.parametrize("text", ["", "{", "[1]", "[" * 100_000, "\0"])
def test_what_is_no_text_of_ours_is_refused(text: str) -> None:
    with pytest.raises(CodecError):
        Codec(Diagnostic).load(text)


@pytest.mark.parametrize("kind", [object, list, int | str, dict[int, str], complex])
def test_other_types_are_refused_at_once(kind: type) -> None:
    with pytest.raises(TypeError):
        Codec(dataclasses.make_dataclass("Odd", [("field", kind)]))
    with pytest.raises(TypeError):
        Codec(kind)


def test_fields_can_be_left_out() -> None:
    codec = Codec(Verdict, without=frozenset({"reason"}))
    text = codec.dump(Verdict(Applicability.SAFE, "a reason"))
    assert text == '["safe"]'
    assert codec.load(text, reason="another") == Verdict(Applicability.SAFE, "another")
