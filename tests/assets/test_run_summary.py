"""What a run came to says only what was bought, given out and weighed."""

from __future__ import annotations

from typing import Any

from tests.assets.node import for_each
from tests.assets.test_run_rows import product


def test_figures_of_a_run_that_has_ended() -> None:
    goods: dict[str, Any] = {
        "rice": product("rice", item_id="1", bought=10000, got={"0": 4000, "1": 6000}),
        "oil": product("oil", item_id="2", bought=2000, got={"1": 2000, "2": 0}),
        "soap": product("soap", item_id="3", bought=0, got={}, missing=True),
    }
    asked = [(goods, 50000, 0, None, 0, 2), (goods, 50500, 1, 3120, 2, 2), (goods, 0, 2, 3120, 1, 2)]

    found = for_each(
        'const { summaryOf } = await assets("run/summary.js"); const rows = await assets("run/rows.js");'
        " return (products, weight, unweighed, ...saved) =>"
        " [summaryOf(products, weight, unweighed, 9540, 'EUR', ...saved), rows.notBought(products)];",
        asked,
    )

    assert found == [
        ["2 of us, 2 products, 50 kg, €95.40 in all", 1],
        ["2 of us, 2 products, at least 50.5 kg, €95.40 in all, €31.20 saved", 1],
        ["2 of us, 2 products, €95.40 in all, €31.20 saved (for 1 of 2 products)", 1],
    ]
