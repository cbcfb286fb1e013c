from __future__ import annotations

import pytest

from bclint.engine.selection import Selection, SelectionError, choose, require_known
from tests.engine.rules import RULES

EVERY = ["BCL101", "BCL102", "BCL201", "XYZ901"]


def chosen(*layers: Selection) -> list[str]:
    return [rule.code for rule in choose(RULES, layers)]


@pytest.mark.parametrize(
    ("selection", "codes"),
    [
        (Selection(), EVERY),
        (Selection(select=()), []),
        (Selection(select=("ALL",)), EVERY),
        (Selection(select=("B",)), ["BCL101", "BCL102", "BCL201"]),
        (Selection(select=("BCL1",)), ["BCL101", "BCL102"]),
        (Selection(select=("bcl1",)), ["BCL101", "BCL102"]),
        (Selection(select=("module-attribute-in-loop",)), ["BCL102"]),
        (Selection(ignore=("BCL1",)), ["BCL201", "XYZ901"]),
        (Selection(ignore=("ALL",)), []),
        # The more exact one wins, on whichever side it stands; of equals, ignoring.
        (Selection(select=("BCL",), ignore=("BCL1",)), ["BCL201"]),
        (Selection(select=("BCL1",), ignore=("BCL",)), ["BCL101", "BCL102"]),
        (Selection(select=("BCL1",), ignore=("BCL1",)), []),
        (Selection(select=("BCL101",), ignore=("global-lookup-in-loop",)), []),
        (
            Selection(select=("ALL",), ignore=("BCL",), extend_select=("BCL2",)),
            ["BCL201", "XYZ901"],
        ),
        (Selection(select=("BCL1",), extend_ignore=("BCL101",)), ["BCL102"]),
        (Selection(select=("BCL1",), extend_select=("import-in-loop",)), EVERY[:3]),
    ],
)
def test_one_layer(selection: Selection, codes: list[str]) -> None:
    assert chosen(selection) == codes


def test_later_layers_beat_earlier_ones() -> None:
    file = Selection(select=("BCL",), ignore=("BCL102",))
    assert chosen(file, Selection()) == ["BCL101", "BCL201"]
    assert chosen(file, Selection(select=("BCL102",))) == ["BCL102"]
    assert chosen(file, Selection(extend_select=("BCL1",))) == ["BCL101", "BCL102", "BCL201"]
    assert chosen(file, Selection(ignore=("BCL2",))) == ["BCL101"]


@pytest.mark.parametrize(
    ("selector", "nearest"),
    [
        ("BCL2O1", "BCL201"),
        ("import-in-lop", "import-in-loop"),
        ("AL", "ALL"),
        ("", None),
        ("E501000000", None),
    ],
)
def test_unknown_selectors_are_refused(selector: str, nearest: str | None) -> None:
    with pytest.raises(SelectionError) as caught:
        require_known(["BCL1", selector], RULES)
    assert f"`{selector}`" in str(caught.value)
    assert ("did you mean" in str(caught.value)) == (nearest is not None)
    assert nearest is None or f"did you mean `{nearest}`?" in str(caught.value)


def test_known_selectors_pass() -> None:
    require_known(["ALL", "B", "BCL2", "XYZ901", "bound-method-alias"], RULES)
