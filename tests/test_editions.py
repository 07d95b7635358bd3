"""Patches lead from one edition to another, and the same facts have the same tag."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import orjson
from hypothesis import given
from hypothesis import strategies as st

from bulq.editions import edition, merge, patch, to_json


class Bid(NamedTuple):
    quantity: int | None
    note: str


@dataclass(frozen=True)
class Row:
    name: str
    price: int | None
    bids: dict[int, Bid]


@dataclass(frozen=True)
class Facts:
    title: str
    day: str | None
    rows: dict[str, Row]
    seen: tuple[int, ...]


bids = st.builds(Bid, st.none() | st.integers(0, 5), st.sampled_from(["", "ripe"]))
rows = st.builds(Row, st.sampled_from("ab"), st.none() | st.integers(0, 3), st.dictionaries(st.integers(0, 3), bids))
facts = st.builds(
    Facts,
    st.sampled_from(["a", "b"]),
    st.none() | st.just("2026-11-30"),
    st.dictionaries(st.sampled_from("xyz"), rows),
    st.lists(st.integers(0, 2), max_size=2).map(tuple),
)


def without_nulls(value: object) -> object:
    """As a browser reads facts: a key with null and no key are the same."""
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    return value


@given(facts, facts)
def test_an_edition_with_its_patch_is_the_next_edition(old: Facts, new: Facts) -> None:
    change = orjson.loads(to_json(patch(old, new)))

    merged = merge(without_nulls(orjson.loads(edition(old).body)), change)

    assert merged == without_nulls(orjson.loads(edition(new).body))


def test_a_patch_holds_only_what_differs() -> None:
    old = Facts("Run", None, {"x": Row("Rice", 799, {0: Bid(1000, "")}), "y": Row("Oil", None, {})}, ())
    row = old.rows["x"]
    new = replace(old, rows=old.rows | {"x": replace(row, bids=row.bids | {1: Bid(2000, "")})})

    assert orjson.loads(to_json(patch(old, new))) == {"rows": {"x": {"bids": {"1": [2000, ""]}}}}


def test_the_same_facts_have_the_same_tag_and_others_another() -> None:
    facts = Facts("Run", None, {}, (1,))

    assert edition(facts).tag == edition(replace(facts)).tag
    assert edition(facts).tag != edition(replace(facts, seen=(2,))).tag
    assert to_json({"members": frozenset(("b", "a"))}) == b'{"members":["a","b"]}'
