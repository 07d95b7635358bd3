"""Facts in the browser: patches are merged as the server means them, and what stays the same stays the same object."""

from __future__ import annotations

import json
import random
from typing import Any

from bulq.editions import merge, reorder
from tests.assets.node import for_each

DRAW = random.Random(20261130)
STORE = 'const { merge, reorder, keepEqual } = await assets("live/store.js");'


def json_value(depth: int) -> Any:
    if depth and DRAW.random() < 0.7:
        return {DRAW.choice("abcdef"): json_value(depth - 1) for _ in range(DRAW.randint(0, 4))}
    return DRAW.choice([None, 0, 1, "", "ripe", True, [], [1, {"a": 2}], "ђ"])


def facts() -> dict[str, Any]:
    return {name: json_value(3) for name in DRAW.sample("abcdef", DRAW.randint(0, 6))}


def test_merging_is_the_same() -> None:
    rows = [(facts(), json_value(4)) for _ in range(1500)]

    shown = for_each(f"{STORE} return (old, patch) => JSON.stringify(merge(old, patch));", rows)

    for (old, patch), found in zip(rows, shown, strict=True):
        assert json.loads(found) == merge(old, patch), (old, patch)
        assert found == json.dumps(merge(old, patch), separators=(",", ":"), ensure_ascii=False), "another order"


def test_putting_rows_in_order_is_the_same() -> None:
    rows = []
    for _ in range(500):
        old = {"items": {name: {"notes": {"x": 1, "y": 2}} for name in DRAW.sample("abcd", 3)}, "paid": 1}
        keys = DRAW.sample(list(old["items"]), 3)
        moved = {"items": {"": keys, keys[0]: {"notes": {"": ["y", "x"]}}}}
        rows.append((old, DRAW.choice([moved, {"items": {"": keys}}, {}])))

    shown = for_each(f"{STORE} return (old, moved) => JSON.stringify(reorder(old, moved));", rows)

    for (old, moved), found in zip(rows, shown, strict=True):
        assert found == json.dumps(reorder(old, moved), separators=(",", ":")), (old, moved)


def test_what_is_equal_keeps_its_identity_and_nothing_else_does() -> None:
    pairs = [(facts(), facts()) for _ in range(500)]
    rows = [*pairs, *((old, json.loads(json.dumps(old))) for old, _ in pairs)]
    rows += [({"a": 1, "b": 2}, {"b": 2, "a": 1}), ({"a": [1]}, {"a": {"0": 1}}), ({"a": {}}, {"a": []})]
    kept = (
        "return (old, fresh) => { const text = JSON.stringify(fresh); const found = keepEqual(old, fresh); "
        "return [JSON.stringify(found) === text, found === old, found.a === old.a]; };"
    )

    for (old, fresh), (same_facts, whole, field) in zip(rows, for_each(STORE + kept, rows), strict=True):
        assert same_facts
        assert whole == (json.dumps(old) == json.dumps(fresh)), (old, fresh)
        if json.dumps(old.get("a", "none")) == json.dumps(fresh.get("a", "none")):
            assert field
