"""Several people who settle as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.errors import Conflict
from bulq.domain.households import check_household, outside, together
from bulq.domain.netting import netted, reasons, without_circles
from bulq.domain.settling import Transfer, after, fewest_payments

PEOPLE = "abcdefgh"


@st.composite
def debts(draw: st.DrawFn) -> list[Transfer]:
    pairs = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)).filter(lambda pair: pair[0] != pair[1])
    return [Transfer(*draw(pairs), draw(st.integers(1, 500))) for _ in range(draw(st.integers(0, 12)))]


@st.composite
def payers(draw: st.DrawFn) -> dict[str, str]:
    """Any households: agreed one after the other, as far as they are allowed."""
    found: dict[str, str] = {}
    for user, payer in draw(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)), max_size=6)):
        try:
            check_household(user, payer, found)
        except Conflict:
            continue
        if user != payer:
            found[user] = payer
    return found


def balances_of(debts: list[Transfer]) -> Mapping[str, int]:
    """What people have who owe each other so: whoever owes is below zero."""
    return after({}, [Transfer(creditor, debtor, amount) for debtor, creditor, amount in debts])


def test_a_household_is_its_payer() -> None:
    assert together({"a": 300, "b": -620, "c": 320}, {"b": "a"}) == {"a": -320, "c": 320}
    assert outside([Transfer("b", "a", 5), Transfer("b", "c", 7)], {"b": "a"}) == [Transfer("a", "c", 7)]


@pytest.mark.parametrize(
    ("user", "payer", "refused"),
    [
        ("b", "c", "household_settled_for"),
        ("c", "b", "household_payer_settled_for"),
        ("a", "c", "household_settles"),
        ("c", "a", None),
        ("c", "d", None),
    ],
)
def test_nobody_is_in_two_households(user: str, payer: str, refused: str | None) -> None:
    if refused is None:
        check_household(user, payer, {"b": "a"})
    else:
        with pytest.raises(Conflict, match=refused):
            check_household(user, payer, {"b": "a"})


@given(debts(), payers(), st.randoms())
def test_both_plans_paid_in_any_order_end_at_zero_for_every_household_and_everybody_else(
    debts: list[Transfer], payers: dict[str, str], order: Any
) -> None:
    balances = balances_of(debts)
    between = netted(outside(debts, payers))
    assert not set(payers.values()) & payers.keys()

    for plan in (fewest_payments(together(balances, payers)), without_circles(between)):
        order.shuffle(plan)
        assert not any(together(after(balances, plan), payers).values())
        assert not {person for line in plan for person in line[:2]} & payers.keys()
        for line, why in reasons(between, sorted(plan)).items():
            assert sum(each.amount for each in why) == sum(each.amount for each in plan if each[:2] == line)


@given(debts(), payers())
def test_people_under_other_names_settle_the_same(debts: list[Transfer], payers: dict[str, str]) -> None:
    """Ids decide nothing but ties: who settles what in all stays."""
    other = dict(zip(PEOPLE, reversed(PEOPLE), strict=True))
    named = [Transfer(other[debtor], other[creditor], amount) for debtor, creditor, amount in debts]
    renamed = together(balances_of(named), {other[user]: other[payer] for user, payer in payers.items()})

    assert {other[who]: amount for who, amount in together(balances_of(debts), payers).items()} == renamed
