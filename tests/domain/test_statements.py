"""Statements and left-over goods cost exactly what was paid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.errors import BulqError
from bulq.domain.statements import (
    Part,
    Purchase,
    Shares,
    check_taking,
    divided,
    entries_of,
    line_shares,
    may_be_taken,
    shares_in,
    taking,
)

people = st.dictionaries(st.sampled_from(["ana", "bojan", "eva", "mila", "petar"]), st.integers(0, 20_000), max_size=5)
purchases = st.builds(
    lambda item_id, total, left, allocations: Purchase(item_id, total, sum(allocations.values()) + left, allocations),
    st.uuids().map(str),
    st.integers(-5000, 99_999_999),
    st.one_of(st.just(0), st.integers(0, 30_000)),
    people,
)


@pytest.mark.parametrize(
    ("total", "bought", "allocations", "shares", "left_cost"),
    [
        (1250, 25_000, {"a": 12_500, "b": 7_500, "c": 5_000}, {"a": 625, "b": 375, "c": 250}, 0),
        (799, 3000, {"a": 2000, "b": 1000}, {"a": 533, "b": 266}, 0),
        (1000, 10_000, {"a": 4000, "b": 0}, {"a": 400, "b": 0}, 600),
        (1000, 10_000, {}, {}, 1000),
        (1000, 10_000, {"a": 0}, {"a": 0}, 1000),
        (0, 0, {"a": 0}, {"a": 0}, 0),
        (70, 0, {"a": 0}, {"a": 0}, 70),
        (0, 2000, {"a": 2000}, {"a": 0}, 0),
    ],
)
def test_a_line_is_shared_by_what_each_got(
    total: int, bought: int, allocations: dict[str, int], shares: dict[str, int], left_cost: int
):
    assert line_shares("item", total, bought, allocations) == (shares, left_cost)


@pytest.mark.parametrize("allocations", [{"a": 2001}, {"a": 1500, "b": 501}, {"a": -1}, {"a": 2000, "b": -1}])
def test_no_more_is_given_than_was_bought(allocations: dict[str, int]):
    with pytest.raises(ValueError, match="allocations"):
        line_shares("item", 100, 2000, allocations)


@given(purchases)
def test_a_line_is_shared_exactly(purchase: Purchase):
    shares, left_cost = line_shares(purchase.item_id, purchase.total, purchase.bought, purchase.allocations)

    assert sum(shares.values()) + left_cost == purchase.total
    assert shares.keys() == purchase.allocations.keys()
    for person, quantity in purchase.allocations.items():
        assert quantity or shares[person] == 0
        if purchase.bought:
            assert abs(shares[person] * purchase.bought - purchase.total * quantity) < purchase.bought


@given(purchases)
def test_naming_those_who_got_nothing_changes_no_share(purchase: Purchase):
    shares, left_cost = line_shares(purchase.item_id, purchase.total, purchase.bought, purchase.allocations)
    more, same_cost = line_shares(
        purchase.item_id, purchase.total, purchase.bought, {**purchase.allocations, "zoran": 0, "aca": 0}
    )

    assert more == {**shares, "zoran": 0, "aca": 0}
    assert same_cost == left_cost


payers = st.dictionaries(
    st.sampled_from(["ana", "bojan", "eva"]), st.builds(Part, st.integers(1, 9000), st.integers(0, 9999)), min_size=1
)


@given(purchases, payers)
def test_shares_and_what_is_left_over_are_all_that_was_bought_and_paid(
    purchase: Purchase, paid: dict[str, Part]
) -> None:
    shares = divided(purchase, paid)

    assert sum(shares.costs.values()) + shares.left_cost == purchase.total
    assert sum(shares.got.values()) + shares.left_over == purchase.bought or not purchase.bought


@pytest.mark.parametrize(
    ("paid", "borne"),
    [
        ({"ana": Part(4000, 1000)}, {"ana": (3000, 750)}),
        ({"ana": Part(1000, 750), "bojan": Part(3000, 250)}, {"ana": (2250, 562), "bojan": (750, 188)}),
        ({"ana": Part(2000, 1000), "bojan": Part(2000, 0)}, {"ana": (3000, 750), "bojan": (0, 0)}),
        ({"ana": Part(3000, 0), "bojan": Part(1000, 0)}, {"ana": (2250, 562), "bojan": (750, 188)}),
    ],
)
def test_what_nobody_took_is_borne_by_what_each_paid_for_it(
    paid: dict[str, Part], borne: dict[str, tuple[int, int]]
) -> None:
    shares = divided(Purchase("nuts", 1000, 4000, {"bojan": 1000}), paid)

    assert shares == Shares({"bojan": 1000}, {"bojan": 250}, {payer: Part(*part) for payer, part in borne.items()})
    assert (shares.left_over, shares.left_cost) == (3000, 750)


@given(purchases.filter(lambda each: each.total >= 0), payers, st.data())
def test_taking_left_over_goods_moves_their_cost_and_nothing_else(
    purchase: Purchase, paid: dict[str, Part], data: st.DataObject
) -> None:
    shares = divided(purchase, paid)
    if not shares.left_over:
        return
    quantity = data.draw(st.integers(1, shares.left_over))

    entries = taking(purchase.item_id, shares, "mila", quantity)

    after = shares_in([*entries_of(shares), *entries])
    others = {person: cost for person, cost in shares.costs.items() if person != "mila" and shares.got[person]}
    assert {person: after.costs[person] for person in others} == others
    assert sum(after.costs.values()) + after.left_cost == purchase.total
    assert after.left_over == shares.left_over - quantity
    assert sum(after.got.values()) + after.left_over == purchase.bought
    assert all(part.quantity >= 0 and part.amount >= 0 for part in after.borne.values())
    assert after.left_over or not after.borne


@given(purchases, payers)
def test_entries_of_the_ledger_hold_the_shares(purchase: Purchase, paid: dict[str, Part]) -> None:
    shares = divided(purchase, paid)

    again = shares_in(entries_of(shares))

    assert again.got == {person: quantity for person, quantity in shares.got.items() if quantity}
    assert again.costs == {person: cost for person, cost in shares.costs.items() if shares.got[person]}
    assert again.borne == {payer: part for payer, part in shares.borne.items() if part != (0, 0)}


@pytest.mark.parametrize(
    ("quantity", "left", "refusal"),
    [
        (0, 2000, "quantity_positive"),
        (-500, 2000, "quantity_positive"),
        (500, 2000, None),
        (700, 2000, "left_over_step"),
        (1700, 1700, None),
        (2000, 2000, None),
        (2500, 2000, "less_left_over"),
    ],
)
def test_left_over_goods_are_taken_in_steps_or_all(quantity: int, left: int, refusal: str | None) -> None:
    if refusal is None:
        return check_taking(quantity, left, 500)
    with pytest.raises(BulqError) as refused:
        check_taking(quantity, left, 500)
    assert refused.value.key == refusal


def test_left_over_goods_can_be_taken_for_14_days_after_the_run() -> None:
    ended = datetime(2026, 11, 24, 12, tzinfo=UTC)

    assert may_be_taken(None, ended)
    assert may_be_taken(ended, ended + timedelta(days=14))
    assert not may_be_taken(ended, ended + timedelta(days=14, microseconds=1))
