"""Why an amount is what it is: sentences made of the facts that charge it."""

# ruff: noqa: E501 (a story is one line)

from __future__ import annotations

from typing import Any

import pytest

from bulq.i18n import catalogue
from tests.assets.node import for_each

VIEW = {"currency": "EUR", "fair_rule": "proportional", "name": "Bojan"}


def goods(**more: Any) -> dict[str, Any]:
    """Rice of which 5 of 10 packs were wanted, 7 were there for 55.93, and 4 came of it."""
    rice: dict[str, Any] = {"id": "rice", "name": "Rice", "unit": "pack", "step": 1000, "asked": 5000, "wanted": 10000}
    bought = {"bought": 7000, "paid": 5593, "got": 4000, "taken": 0, "given": 7000, "changed": False, "cost": 3196}
    return rice | bought | more


def cost(**more: Any) -> dict[str, Any]:
    transport: dict[str, Any] = {
        "id": "c",
        "kind": "transport",
        "rule": "value",
        "amount": 30000,
        "item": "",
        "note": "",
    }
    part = {"reason": "", "day": "2026-11-28", "weight": 4120, "weights": 30000, "people": 3, "part": 4120}
    return transport | part | more


GOODS: list[tuple[dict[str, Any], str, bool, str]] = [
    ({}, "proportional", True, "You wanted 5, the shop had 7 of 10, shared proportionally, you got 4. 4/7 of 55.93 is 31.96."),
    ({}, "proportional", False, "Bojan wanted 5, the shop had 7 of 10, shared proportionally, Bojan got 4. 4/7 of 55.93 is 31.96."),
    ({}, "equal_first", True, "You wanted 5, the shop had 7 of 10, everybody got equally much first, you got 4. 4/7 of 55.93 is 31.96."),
    ({}, "first_come", True, "You wanted 5, the shop had 7 of 10, who asked first came first, you got 4. 4/7 of 55.93 is 31.96."),
    ({"changed": True}, "proportional", True, "You wanted 5, the shop had 7 of 10. In adjusting your part was changed by hand, you got 4. 4/7 of 55.93 is 31.96."),
    ({"got": 5000, "cost": 3995}, "proportional", True, "You wanted 5, the shop had 7 of 10, and you got all you wanted. 5/7 of 55.93 is 39.95."),
    ({"bought": 10000, "paid": 7990, "got": 5000, "cost": 3995}, "proportional", True, "You wanted 5 and got 5. 5/10 of 79.90 is 39.95."),
    ({"bought": 0, "paid": 0, "got": 0, "cost": 0}, "proportional", True, "You wanted 5, but there was none, so you pay nothing."),
    ({"got": 5000, "taken": 1000, "cost": 3995}, "proportional", True, "You wanted 5, the shop had 7 of 10, shared proportionally, you got 4. Of what was left over you took 1. 5/7 of 55.93 is 39.95."),
    ({"more": 1000, "goodwill": 799}, "proportional", True, "You wanted 5, the shop had 7 of 10, shared proportionally, you got 4. You were short before (7.99), so you came first: 1 more than by the rule alone. 4/7 of 55.93 is 31.96."),
    ({"more": -1000, "short": 799}, "proportional", False, "Bojan wanted 5, the shop had 7 of 10, shared proportionally, Bojan got 4. Others were short before and came first: that is 1 less for Bojan than by the rule alone. Bojan was short of goods for 7.99, and with that comes first when there is too little again. 4/7 of 55.93 is 31.96."),
    ({"asked": 0, "got": 1000, "taken": 1000, "cost": 799}, "proportional", True, "Of what was left over you took 1. 1/7 of 55.93 is 7.99."),
    ({"asked": 10000, "bought": 10000, "paid": 799, "got": 10000, "cost": 799}, "proportional", True, "You wanted 10 and got 10. All that was bought is yours: 7.99."),
    (
        {"unit": "kg", "step": 500, "asked": 1500, "wanted": 3500, "bought": 3470, "paid": 1000, "got": 1487, "cost": 429},
        "proportional",
        True,
        "You wanted 1.5 kg. Of 3.5 kg that all wanted the scale showed 3.47 kg, and your part of that is 1.487 kg. "
        "1.487/3.47 of 10.00 is 4.29, rounded so that all parts are 10.00 together.",
    ),
]  # fmt: skip

COSTS: list[tuple[dict[str, Any], bool, str]] = [
    ({}, True, "Transport 300.00 by value: your goods are 41.20 of 300.00, so your part is 41.20."),
    ({}, False, "Transport 300.00 by value: the goods of Bojan are 41.20 of 300.00, which makes 41.20."),
    ({"rule": "equally", "weight": 1, "weights": 3, "part": 10000}, True, "Transport 300.00 shared equally by 3 people with goods: your part is 100.00."),
    ({"rule": "weight", "weight": 5000, "weights": 20000, "part": 7500}, True, "Transport 300.00 by weight: your goods weigh 5 kg of 20 kg, so your part is 75.00."),
    ({"rule": "quantity", "weight": 5000, "weights": 20000, "part": 7500, "item": "Milk"}, True, "Transport 300.00 by quantity: you got 5 of 20, so your part is 75.00. Only Milk counts for that."),
    ({"rule": "people", "weight": 2, "weights": 3, "part": 20000, "note": "the van"}, True, "Transport 300.00 among chosen people: your share is 2 of 3, so your part is 200.00. Note: “the van”"),
    ({"rule": "people", "people": 1, "part": 30000}, False, "Transport 300.00: Bojan bears all of it."),
    (
        {"kind": "correction", "rule": "people", "people": 1, "amount": -700, "part": -700, "reason": "A torn bag"},
        True,
        "Correction of 28 Nov 2026: “A torn bag” Correction -7.00: you bear all of it.",
    ),
]  # fmt: skip


def test_the_story_of_goods() -> None:
    rows = [[goods(**more), VIEW | {"fair_rule": rule}, mine] for more, rule, mine, _ in GOODS]

    found = for_each('return (await assets("statement/story.js")).goodsStory', rows)

    assert found == [said for *_, said in GOODS]


def test_the_story_of_costs() -> None:
    found = for_each(
        'return (await assets("statement/story.js")).costStory', [[cost(**more), VIEW, mine] for more, mine, _ in COSTS]
    )

    assert found == [said for *_, said in COSTS]


def test_a_statement_as_text_has_every_amount_with_its_story() -> None:
    view = VIEW | {
        "goods": {"rice": goods(content=None)}, "costs": {"c": cost()}, "borne": {},
        "total": 7316, "left_over": 0, "paid": 10000,
    }  # fmt: skip

    [text] = for_each('return (await assets("statement/story.js")).asText', [[view, "Metro, Sat 28 Nov", True]])

    lines = text.split("\n")
    assert lines[0] == "Bojan: Metro, Sat 28 Nov"
    assert lines[1] == "Rice, 4 packs: €31.96"
    assert lines[3] == "Transport: €41.20"
    assert lines[-2:] == ["Paid: €100.00", "Net: €26.84"]


@pytest.mark.parametrize("key", [key for key in catalogue("en") if key.startswith("story.") and "_of" in key])
def test_what_is_said_of_somebody_names_them_and_addresses_nobody(key: str) -> None:
    said = catalogue("en")[key]

    assert "{{name}}" in said or key.startswith("story.not_there")
    assert "you" not in said.casefold().split()
