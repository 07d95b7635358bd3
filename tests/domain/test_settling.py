"""Plans make everybody even, with as few payments as can be, in whatever order they are paid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.settling import Transfer, after, fewest_payments, pay_the_payer

Plan = Callable[[Mapping[str, int]], list[Transfer]]


def by_payer(balances: Mapping[str, int]) -> list[Transfer]:
    return pay_the_payer(balances, "run-1")


PLANS = pytest.mark.parametrize("plan", [by_payer, fewest_payments])


def evened(amounts: list[int]) -> dict[str, int]:
    """Balances of a, b, c … of which the last one evens out the others."""
    return {chr(ord("a") + place): amount for place, amount in enumerate([*amounts, -sum(amounts)])}


def balances(people: int, most: int = 10**8) -> st.SearchStrategy[dict[str, int]]:
    return st.lists(st.integers(-most, most), max_size=people - 1).map(evened)


# Small amounts cancel each other out often, large ones hardly ever.
some_balances = balances(8, 12) | balances(10) | balances(40, 60)


@pytest.mark.parametrize(
    ("owed", "lines"),
    [
        ({}, []),
        ({"a": 0, "b": 0}, []),
        ({"a": 5, "b": -5}, [("b", "a", 5)]),
        ({"A": 4, "B": 3, "C": -3, "D": -2, "E": -2}, [("C", "B", 3), ("D", "A", 2), ("E", "A", 2)]),
        # The first creditor with the last debtor.
        ({"a": 3, "b": 4, "c": -5, "d": -2}, [("c", "a", 1), ("c", "b", 4), ("d", "a", 2)]),
        # Of equal ones as well.
        ({"a": 5, "b": 5, "c": -5, "d": -5}, [("c", "b", 5), ("d", "a", 5)]),
        # Two groups of three instead of five payments.
        (
            {"a": 10, "b": 7, "c": -4, "d": -6, "e": -2, "f": -5},
            [("c", "a", 4), ("d", "a", 6), ("e", "b", 2), ("f", "b", 5)],
        ),
    ],
)
def test_the_fewest_payments(owed: dict[str, int], lines: list[tuple[str, str, int]]) -> None:
    assert fewest_payments(owed) == [Transfer(*line) for line in lines]


@pytest.mark.parametrize(
    ("owed", "lines"),
    [
        ({}, []),
        ({"ana": 700, "bojan": -300, "mila": -400}, [("bojan", "ana", 300), ("mila", "ana", 400)]),
        # Two payers: each debt is divided by what they are owed.
        (
            {"ana": 600, "bojan": 300, "mila": -300, "vera": -600},
            [("mila", "ana", 200), ("mila", "bojan", 100), ("vera", "ana", 400), ("vera", "bojan", 200)],
        ),
        # No creditor gets more than they are owed, however the odd units fall.
        ({"a": 1, "b": 1, "c": -1, "d": -1}, [("c", "b", 1), ("d", "a", 1)]),
    ],
)
def test_paying_the_payer(owed: dict[str, int], lines: list[tuple[str, str, int]]) -> None:
    assert pay_the_payer(owed, "run-1") == [Transfer(*line) for line in lines]


def test_the_odd_unit_wanders_from_run_to_run() -> None:
    owed = {"a": 150, "b": 150, "c": -101, "d": -199}

    odd = [pay_the_payer(owed, f"run-{n}")[0].amount for n in range(20)]

    assert {50, 51} == set(odd)


@PLANS
@given(st.data())
def test_paying_all_lines_in_any_order_ends_at_zero(plan: Plan, data: st.DataObject) -> None:
    owed = data.draw(some_balances)
    lines = data.draw(st.permutations(plan(owed)))

    left = owed
    for line in lines:
        assert line.amount > 0
        assert left[line.debtor] <= -line.amount
        assert left[line.creditor] >= line.amount
        left = after(left, [line])

    assert set(left.values()) <= {0}


@given(some_balances, st.randoms())
def test_paying_one_line_leaves_as_many_as_there_were_before_without_it(owed: dict[str, int], random: Random) -> None:
    lines = fewest_payments(owed)
    if not lines:
        return
    paid = random.choice(lines)

    rest = [line for line in lines if line != paid]

    assert set(after(after(owed, [paid]), rest).values()) <= {0}
    if len([amount for amount in owed.values() if amount]) <= 15:
        assert len(fewest_payments(after(owed, [paid]))) == len(rest)


@PLANS
@given(some_balances, st.randoms())
def test_the_order_of_the_people_makes_no_difference(plan: Plan, owed: dict[str, int], random: Random) -> None:
    shuffled = list(owed.items())
    random.shuffle(shuffled)

    assert plan(dict(shuffled)) == plan(owed)


@PLANS
@given(some_balances)
def test_who_is_even_pays_nothing_and_gets_nothing(plan: Plan, owed: dict[str, int]) -> None:
    lines = plan(owed)

    assert {line.debtor for line in lines} == {person for person, amount in owed.items() if amount < 0}
    assert {line.creditor for line in lines} == {person for person, amount in owed.items() if amount > 0}
    assert plan(owed | {"nobody": 0}) == lines


def most_groups(amounts: list[int]) -> int:
    """By trying all: the first person is in some group that is even, and the others are split the best way."""
    if not amounts:
        return 0
    first, others = amounts[0], amounts[1:]
    best = 0
    for size in range(len(others) + 1):
        for chosen in combinations(range(len(others)), size):
            if first + sum(others[place] for place in chosen) == 0:
                rest = [amount for place, amount in enumerate(others) if place not in chosen]
                best = max(best, 1 + most_groups(rest))
    return best


@given(balances(6, 6) | balances(6, 100))
def test_there_are_as_few_payments_as_can_be(owed: dict[str, int]) -> None:
    amounts = [amount for amount in owed.values() if amount]

    assert len(fewest_payments(owed)) == len(amounts) - most_groups(amounts)


@given(balances(60, 10**6))
def test_with_many_people_there_is_at_least_one_payment_less_than_people(owed: dict[str, int]) -> None:
    people = [amount for amount in owed.values() if amount]

    assert len(fewest_payments(owed)) <= max(0, len(people) - 1)


@PLANS
def test_balances_that_do_not_add_up_are_the_callers_error(plan: Plan) -> None:
    with pytest.raises(ValueError, match="add up"):
        plan({"a": 1})
