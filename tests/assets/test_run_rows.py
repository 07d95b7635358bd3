"""What the run page derives in the browser follows the rules of the server."""

from __future__ import annotations

import random
from typing import Any

from bulq.domain.adjusting import adjust_range
from bulq.domain.allocation import matches
from tests.assets.node import for_each

DRAW = random.Random(20261130)
ROWS = 'const rows = await assets("run/rows.js");'
NAMES = {"ana": {"id": "ana", "number": 0, "name": "Ana"}, "mila": {"id": "mila", "number": 1, "name": "Mila"}}


def product(name: str, **other: Any) -> dict[str, Any]:
    return {
        **{"id": name, "name": name, "brand": "", "unit": "kg", "step": 500, "wanted": 0, "bids": {}, "item_id": None},
        **{"bought": 0, "paid": 0, "missing": False, "listed": 0, "got": None, "expected": None},
        **other,
    }


def test_how_far_a_bid_may_be_adjusted() -> None:
    rows: list[Any] = []
    for _ in range(500):
        step = DRAW.choice([1, 500, 1000])
        bid, others, bought = (DRAW.randint(0, 12) * step for _ in range(3))
        bought += DRAW.choice([0, step // 3])
        goods = product("rice", step=step, wanted=bid + others, bought=bought, bids={"0": [bid, None, "", bid, None]})
        rows.append(({"rice": goods}, NAMES))

    found = for_each(
        f"{ROWS} return (products, people) => {{"
        " const [row] = rows.rowsOf(products, people, 'adjusting', 'ana', 'Ana');"
        " return [row.low, row.high, row.adjustable, rows.unmatched(products)]; };",
        rows,
    )

    for (goods, _), (low, high, adjustable, unmatched) in zip(rows, found, strict=True):
        rice = goods["rice"]
        about = rice["wanted"], rice["bought"], rice["step"]
        assert [low, high] == list(adjust_range(rice["bids"]["0"][0], *about)), rice
        assert bool(unmatched) == (rice["bought"] > 0 and not matches(*about)), rice
        assert adjustable <= (low < high)


def test_only_the_row_that_changed_is_another_object() -> None:
    before = {name: product(name, bids={"0": [500, None, "", None, None]}) for name in ("rice", "salt")}
    after = product("rice", bids={"0": [500, None, "", None, None], "1": [1000, None, "ripe", None, None]}, wanted=1500)

    [found] = for_each(
        f"{ROWS} return (products, rice, people) => {{"
        " const see = (them) => rows.rowsOf(them, people, 'active', 'ana', 'Ana');"
        " const first = see(products); const second = see({ ...products, rice });"
        " const pills = second[0].pills.map((each) => [each.name, each.quantity, each.mine]);"
        " return [first[0] === second[0], first[1] === second[1], pills, second[0].notes]; };",
        [(before, after, NAMES)],
    )

    assert found == [False, True, [["Mila", 1000, False], ["Ana", 500, True]], [{"name": "Mila", "note": "ripe"}]]


def test_products_are_found_by_name_bid_and_tag() -> None:
    """Each stands in one section: that of the first of its categories."""
    goods = {name: product(name) for name in ("Rice", "Olive oil", "Čaj", "Soap")}
    goods["Rice"]["bids"] = {"0": [500, None, "", None, None]}
    tags = {
        "grains": {"id": "grains", "kind": "category", "name": "Grains", "products": ["Rice"]},
        "food": {"id": "food", "kind": "category", "name": "Food", "products": ["Rice", "Olive oil"]},
        "vegan": {"id": "vegan", "kind": "diet", "name": "Vegan", "products": ["Olive oil", "Soap"]},
    }
    asked = [
        (["", "all", "", False], [["", ["Rice", "Olive oil", "Čaj", "Soap"]]]),
        (["caj", "all", "", False], [["", ["Čaj"]]]),
        (["", "mine", "", False], [["", ["Rice"]]]),
        (["", "without", "", False], [["", ["Olive oil", "Čaj", "Soap"]]]),
        (["", "all", "vegan", True], [["Food", ["Olive oil"]], ["others", ["Soap"]]]),
        (["", "all", "", True], [["Grains", ["Rice"]], ["Food", ["Olive oil"]], ["others", ["Čaj", "Soap"]]]),
        (["nothing", "all", "", True], []),
        (["", "all", "gone", False], [["", ["Rice", "Olive oil", "Čaj", "Soap"]]]),
    ]

    found = for_each(
        f"{ROWS} return (products, people, tags, find, shown, tag, grouped) => {{"
        " const all = rows.rowsOf(products, people, 'active', 'ana', 'Ana');"
        " const sections = rows.sectionsOf(all, tags, find, shown, tag, grouped, 'run', 'active', 'others', 'settled');"
        " return sections.map((each) => [each.title, each.rows.map((row) => row.id)]); };",
        [(goods, NAMES, tags, *how) for how, _ in asked],
    )

    assert found == [expected for _, expected in asked]


def test_settled_rows_stand_below_and_none_leaves_from_under_a_thumb() -> None:
    def bought(name: str, quantity: int) -> dict[str, Any]:
        return product(name, item_id=name, wanted=2000, listed=2000, bought=quantity)

    goods = {"rice": bought("rice", 2000), "oil": bought("oil", 1000), "soap": bought("soap", 0)}
    matching, differing = bought("oil", 2000), bought("rice", 1000)
    steps = [
        ({}, "run", "adjusting"),
        ({"oil": matching}, "run", "adjusting"),  # it is settled now, and keeps its place
        ({"oil": matching, "rice": differing}, "run", "adjusting"),  # what needs something comes up
        ({"oil": matching}, "run", "distributing"),
        ({"oil": matching}, "other", "adjusting"),
    ]

    found = for_each(
        f"{ROWS} return (products, people, run, phase) => {{"
        " const all = rows.rowsOf(products, people, phase, 'ana', 'Ana');"
        " const sections = rows.sectionsOf(all, {}, '', 'all', '', false, run, phase, 'others', 'settled');"
        " return sections.map((each) => [each.title, each.rows.map((row) => row.id)]); };",
        [(goods | changed, NAMES, run, phase) for changed, run, phase in steps],
    )

    assert found == [
        [["", ["oil"]], ["settled", ["rice", "soap"]]],
        [["", ["oil"]], ["settled", ["rice", "soap"]]],
        [["", ["rice", "oil"]], ["settled", ["soap"]]],
        [["", ["rice", "oil", "soap"]]],
        [["settled", ["rice", "oil", "soap"]]],
    ]


def test_what_is_done_shows_before_the_server_says_so_and_is_nothing_once_it_did() -> None:
    """In the run it was done in, and in no other that is looked at."""
    run = {
        "id": "run",
        "people": NAMES,
        "products": {"rice": product("rice", wanted=500, bids={"1": [500, None, "", None, None]})},
    }
    done = [
        ("place_bid", {"quantity": 1000}),
        ("place_first_bid", {"quantity": 1000, "note": "ripe"}),
        ("mark_interested", {}),
    ]
    rows = [
        ({**run, "id": at}, name, {"run_id": "run", "product_id": "rice", "user_id": "ana", **args})
        for at in ("run", "other")
        for name, args in done
    ]

    found = for_each(
        'const { run: kept } = await assets("run/expected.js"); return'
        " (facts, name, args) => { const next = kept[name](facts, args);"
        " const again = kept[name](next, args);"
        " return [next === facts, again === next, next.products.rice.bids['0'] ?? null, next.products.rice.wanted]; };",
        rows,
    )

    assert found == [
        [False, True, [1000, None, "", None, None, True], 1500],
        [False, True, [1000, None, "ripe", None, None, True], 1500],
        [False, True, [None, None, "", None, None, True], 500],
        *[[True, True, None, 500]] * 3,
    ]


def test_how_full_the_cases_are() -> None:
    def rice(wanted: int, missing: int, **more: Any) -> dict[str, Any]:
        return product(
            "rice", step=1000, wanted=wanted * 1000, case={"size": 4000, "cases": 0, "missing": missing}, **more
        )

    goods = [
        *(rice(0, 0), rice(4, 0), rice(6, 2000), rice(8, 0), rice(7, 0, flexible={"0": [5000, 900]})),
        *(product("rice", case=None, wanted=5000, cheaper=[1000, 70]), rice(6, 0, item_id="listed")),
    ]

    found = for_each(
        f"{ROWS} return (rice, people) => {{"
        " const [row] = rows.rowsOf({ rice }, people, 'active', 'ana', 'Ana');"
        " return [row.case_full, row.case_begun, row.case_missing, row.up_to, row.cheaper_more, row.cheaper_less,"
        " rows.openCases({ rice }), rows.capOf(rice, people, 'ana', 'EUR')]; };",
        [(each, NAMES) for each in goods],
    )

    assert found == [
        [0, 0, 0, 0, 0, 0, 0, ""],
        [1, 1, 0, 0, 0, 0, 0, ""],
        [1, 2, 2000, 0, 0, 0, 1, ""],
        [2, 2, 0, 0, 0, 0, 0, ""],
        [1, 2, 0, 5000, 0, 0, 1, "9"],
        [0, 0, 0, 0, 1000, 70, 0, ""],
        [1, 2, 0, 0, 0, 0, 0, ""],
    ]
