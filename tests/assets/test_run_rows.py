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
        " const sections = rows.sectionsOf(all, tags, find, shown, tag, grouped, 'others');"
        " return sections.map((each) => [each.title, each.rows.map((row) => row.id)]); };",
        [(goods, NAMES, tags, *how) for how, _ in asked],
    )

    assert found == [expected for _, expected in asked]


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
