"""Statements and left-over goods cost exactly what was paid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.statements import Line, Purchase, line_shares, statements

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


@given(st.lists(purchases, max_size=6, unique_by=lambda purchase: purchase.item_id))
def test_all_statements_and_what_is_left_cost_what_was_paid(bought: list[Purchase]):
    result = statements(bought)

    everyone = {person for purchase in bought for person in purchase.allocations}
    owed = sum(result.sum_of(person) for person in everyone)
    assert result.people.keys() == everyone
    assert owed + result.left_over_cost == sum(purchase.total for purchase in bought)
    handed_out = sum(line.quantity for lines in result.people.values() for line in lines)
    kept = sum(line.quantity for line in result.left_over)
    assert handed_out + kept == sum(purchase.bought for purchase in bought)


def test_a_statement_lists_what_was_got_and_what_was_not_there():
    result = statements(
        [
            Purchase("rice", 799, 3000, {"ana": 2000, "bojan": 1000}),
            Purchase("oil", 0, 0, {"ana": 0}),
            Purchase("nuts", 1000, 4000, {"bojan": 1000}),
        ]
    )

    assert result.people == {
        "ana": (Line("rice", 2000, 533), Line("oil", 0, 0)),
        "bojan": (Line("rice", 1000, 266), Line("nuts", 1000, 250)),
    }
    assert result.left_over == (Line("nuts", 3000, 750),)
    assert (result.sum_of("ana"), result.sum_of("bojan"), result.left_over_cost) == (533, 516, 750)
    assert result.sum_of("eva") == 0
