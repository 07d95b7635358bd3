"""Debts between two people are netted, circles vanish, and every line of a plan is explained to the last unit."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.netting import MOST, Link, Reason, main_reasons, netted, reasons, without_circles
from bulq.domain.settling import Transfer, after, fewest_payments

people = st.sampled_from("abcdefg")
debts = st.lists(
    st.tuples(people, people, st.integers(1, 50)).filter(lambda debt: debt[0] != debt[1]).map(lambda d: Transfer(*d)),
    max_size=25,
)


def sums(owed: list[Transfer]) -> dict[str, int]:
    """The balances these debts mean: a debt lowers its debtor's."""
    return {who: -amount for who, amount in after({}, owed).items()}


def even(balances: Mapping[str, int]) -> bool:
    return not any(balances.values())


def test_ana_owes_bojan_so_you_pay_bojan() -> None:
    owed = [Transfer("you", "ana", 300), Transfer("ana", "bojan", 300)]

    found = reasons(owed, fewest_payments(sums(owed)))

    way = (Link("you", "ana", False), Link("ana", "bojan", False))
    assert found == {("you", "bojan"): [Reason(300, way)]}


def test_what_is_owed_directly_comes_first() -> None:
    owed = [Transfer("you", "bojan", 100), Transfer("you", "ana", 300), Transfer("ana", "bojan", 300)]

    found = reasons(owed, fewest_payments(sums(owed)))

    direct = Reason(100, (Link("you", "bojan", False),))
    netting = Reason(300, (Link("you", "ana", False), Link("ana", "bojan", False)))
    assert found == {("you", "bojan"): [direct, netting]}


def test_somebody_else_pays_in_your_place() -> None:
    """You owe Ana, Vera owes Bojan: by the plan you pay Bojan, since Vera pays Ana."""
    owed = [Transfer("you", "ana", 300), Transfer("vera", "bojan", 300)]

    found = reasons(owed, [Transfer("you", "bojan", 300), Transfer("vera", "ana", 300)])

    mine = (Link("you", "ana", False), Link("vera", "ana", True), Link("vera", "bojan", False))
    hers = (Link("vera", "bojan", False), Link("you", "bojan", True), Link("you", "ana", False))
    assert found == {("you", "bojan"): [Reason(300, mine)], ("vera", "ana"): [Reason(300, hers)]}


@pytest.mark.parametrize(
    ("owed", "left"),
    [
        ([("a", "b", 5), ("b", "a", 2)], [("a", "b", 3)]),
        ([("a", "b", 5), ("b", "a", 5)], []),
        ([("a", "b", 1), ("a", "b", 2)], [("a", "b", 3)]),
        ([("a", "b", 5), ("b", "c", 5), ("c", "a", 5)], []),
        ([("a", "b", 7), ("b", "c", 5), ("c", "a", 6)], [("a", "b", 2), ("c", "a", 1)]),
    ],
)
def test_circles_vanish(owed: list[tuple[str, str, int]], left: list[tuple[str, str, int]]) -> None:
    assert without_circles(Transfer(*debt) for debt in owed) == [Transfer(*debt) for debt in left]


@given(debts)
def test_without_circles_the_sums_are_the_same(owed: list[Transfer]) -> None:
    left = without_circles(owed)

    assert even(after(sums(owed), left))
    assert all(debt.amount > 0 for debt in left)
    assert not (even(sums(owed)) and left)


@given(debts)
def test_what_is_left_leads_nobody_back_to_themselves(owed: list[Transfer]) -> None:
    left = {(debt.debtor, debt.creditor) for debt in without_circles(owed)}

    reached = {(one, other) for one, other in left}
    for via in "abcdefg":
        reached |= {(one, other) for one, a in reached if a == via for b, other in reached if b == via}

    assert all(one != other for one, other in reached)


@given(debts)
def test_netting_leaves_one_debt_between_two(owed: list[Transfer]) -> None:
    found = netted(owed)

    assert even(after(sums(owed), found))
    assert len({frozenset(debt[:2]) for debt in found}) == len(found)


@given(debts, st.booleans())
def test_every_line_is_explained_to_the_last_unit(owed: list[Transfer], by_debts: bool) -> None:
    plan = without_circles(owed) if by_debts else fewest_payments(sums(owed))

    found = reasons(owed, plan)

    assert set(found) == {line[:2] for line in plan}
    left = {debt[:2]: debt.amount for debt in netted(owed)}
    for line in plan:
        why = found[line[:2]]
        assert sum(reason.amount for reason in why) == line.amount
        for reason in why:
            at = line.debtor
            for link in reason.links:
                here, there = (link.creditor, link.debtor) if link.planned else link[:2]
                assert here == at
                assert link.planned or link[:2] in left
                at = there
            assert at == line.creditor


@given(debts)
def test_what_is_owed_between_two_is_a_reason_of_its_own(owed: list[Transfer]) -> None:
    found = reasons(owed, without_circles(owed))

    assert all(len(reason.links) == 1 for why in found.values() for reason in why)


def test_a_plan_for_other_sums_is_the_callers_error() -> None:
    with pytest.raises(ValueError, match="same sums"):
        reasons([Transfer("a", "b", 5)], [Transfer("a", "b", 6)])


@given(st.lists(st.integers(1, 50), max_size=12))
def test_of_many_reasons_the_largest_are_told(amounts: list[int]) -> None:
    why = [Reason(amount, (Link("a", "b", False),)) for amount in amounts]

    found = main_reasons(why)

    assert len(found) == min(len(why), MOST)
    assert sum(reason.amount for reason in found) == sum(amounts)
    told = [reason.amount for reason in found if reason.links]
    assert sorted(told) == sorted(amounts, reverse=True)[: len(told)][::-1]
