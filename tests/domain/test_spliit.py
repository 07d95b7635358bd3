"""What a Spliit export says, and what is refused of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.errors import Invalid
from bulq.domain.spliit import read_group
from bulq.domain.splitwise import Expenses

PEOPLE = [{"id": "a1", "name": "Ana"}, {"id": "b2", "name": "Bojan"}, {"id": "m3", "name": "Mila"}]
SIGNS = frozenset({"EUR", "€"})


def group(*expenses: Any, **changes: Any) -> dict[str, Any]:
    whole = {"id": "g", "name": "Flat", "currency": "€", "currencyCode": "EUR", "participants": PEOPLE}
    return {**whole, "expenses": list(expenses), "activities": [], **changes}


def expense(mode: str = "EVENLY", shares: Any = (100, 100, 100), amount: Any = 3000, **changes: Any) -> dict[str, Any]:
    paid_for = [{"participantId": who["id"], "shares": share} for who, share in zip(PEOPLE, shares, strict=False)]
    about = {"id": "e1", "expenseDate": "2026-05-01T00:00:00.000Z", "title": "Dinner", "isReimbursement": False}
    return {**about, "amount": amount, "paidById": "a1", "paidFor": paid_for, "splitMode": mode, **changes}


def read(*expenses: Any, currency: str = "EUR", exponent: int = 2, **changes: Any) -> Expenses:
    return read_group(group(*expenses, **changes), currency, exponent, SIGNS)


@pytest.mark.parametrize(
    ("entry", "amounts"),
    [
        (expense(), {0: 2000, 1: -1000, 2: -1000}),
        (expense(shares=(100, 100)), {0: 1500, 1: -1500}),
        (expense("EVENLY", (1, 500, 9)), {0: 2000, 1: -1000, 2: -1000}),
        (expense("BY_SHARES", (100, 150, 50)), {0: 2000, 1: -1500, 2: -500}),
        (expense("BY_SHARES", (1, 1, 0)), {0: 1500, 1: -1500}),
        (expense("BY_PERCENTAGE", (5000, 2500, 2500)), {0: 1500, 1: -750, 2: -750}),
        (expense("BY_AMOUNT", (1000, 1999, 1)), {0: 2000, 1: -1999, 2: -1}),
        (expense("BY_AMOUNT", (-1000, -2000), -3000), {0: -2000, 1: 2000}),
        (expense(amount=-3000), {0: -2000, 1: 1000, 2: 1000}),
        (expense(shares=(1,)), {}),
        (expense(paidFor=[{"participantId": "b2", "shares": 1}], isReimbursement=True), {0: 3000, 1: -3000}),
    ],
)
def test_an_expense_has_what_it_changed_for_each_person(entry: dict[str, Any], amounts: dict[int, int]) -> None:
    found = read(entry)

    assert found.names == ("Ana", "Bojan", "Mila")
    (one,) = found.expenses
    assert (one.line, one.day.isoformat(), one.description, one.off) == (1, "2026-05-01", "Dinner", 0)
    assert one.amounts == amounts


def test_the_odd_cent_wanders_with_the_expense_and_not_with_the_order_of_people() -> None:
    there = [read(expense(id=f"e{number}", amount=1000)).expenses[0].amounts for number in range(9)]
    turned = [
        read(expense(id=f"e{number}", amount=1000, paidFor=expense()["paidFor"][::-1])).expenses[0].amounts
        for number in range(9)
    ]

    assert there == turned
    assert {frozenset(amounts.items()) for amounts in there} == {
        frozenset({0: 666, 1: -333, 2: -333}.items()),
        frozenset({0: 667, 1: -334, 2: -333}.items()),
        frozenset({0: 667, 1: -333, 2: -334}.items()),
    }


def test_a_cent_off_is_borne_by_whoever_paid_most_and_told() -> None:
    (one,) = read(expense("BY_AMOUNT", (1000, 1000, 999))).expenses

    assert (one.amounts, one.off) == ({0: 1999, 1: -1000, 2: -999}, 1)


def test_more_than_cents_off_is_refused_with_its_number() -> None:
    with pytest.raises(Invalid, match="expenses_entry_off") as refusal:
        read(expense(), expense("BY_AMOUNT", (1000, 1000, 900)))

    assert refusal.value.values == {"number": 2}


@pytest.mark.parametrize(
    ("changes", "left_out"),
    [
        ({}, ()),
        ({"currencyCode": None}, ()),
        ({"currencyCode": ""}, ()),
        ({"currencyCode": "eur"}, ()),
        ({"currencyCode": "USD"}, ((1, "USD"),)),
        ({"currencyCode": None, "currency": "$"}, ((1, "$"),)),
    ],
)
def test_a_group_in_another_currency_is_left_out(changes: dict[str, Any], left_out: tuple[Any, ...]) -> None:
    found = read_group(group(expense(), **changes), "EUR", 2, SIGNS)

    assert (len(found.expenses), found.left_out) == (0 if left_out else 1, left_out)


def test_units_that_spliit_counts_otherwise_are_turned() -> None:
    forints = read(expense(amount=1000), currency="HUF", currencyCode="HUF").expenses[0].amounts
    assert sum(forints.values()) == 0
    assert sorted(forints.values()) in ([-33400, -33300, 66700], [-33300, -33300, 66600])
    assert read(expense(), currency="JPY", exponent=0, currencyCode="JPY").expenses[0].amounts[0] == 2000
    assert read(expense(), currency="CLP", exponent=0, currencyCode="CLP").expenses[0].amounts[0] == 20
    assert read(expense(), currency="KWD", exponent=3, currencyCode="KWD").expenses[0].amounts[0] == 20000
    with pytest.raises(Invalid, match="expenses_entry"):
        read(expense(amount=3050), currency="CLP", exponent=0, currencyCode="CLP")


DEEP: list[Any] = []
for _ in range(50_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        "x",
        expense(amount="3000"),
        expense(amount=30.5),
        expense(amount=True),
        expense(amount=None),
        expense(amount=10**30),
        expense("BY_SHARES", (10**30, 1)),
        expense("BY_SHARES", (0, 0, 0)),
        expense("BY_SHARES", (-1, 2)),
        expense("BY_SHARES", (1.5, 1)),
        expense("BY_PERCENTAGE", (5000, 2500)),
        expense("BY_PERCENTAGE", (20000, -10000)),
        expense("BY_MOON"),
        expense(splitMode=["EVENLY"]),
        expense(splitMode=None),
        expense(paidById="x9"),
        expense(paidById=None),
        expense(paidById={}),
        expense(paidFor=[]),
        expense(paidFor={}),
        expense(paidFor=[None]),
        expense(paidFor=[{"participantId": "x9", "shares": 1}]),
        expense(paidFor=[{"participantId": "a1", "shares": 1}] * 2),
        expense(paidFor=DEEP),
        expense(expenseDate="01/05/2026"),
        expense(expenseDate="0001-01-01T00:00:00.000Z"),
        expense(expenseDate="9999-12-31"),
        expense(expenseDate=5),
        expense(title="a\0b"),
        expense(title="\ud800"),
        expense(title="x" * 501),
        expense(title=None),
        expense(id="\ud800", amount=1000),
        expense(id=None),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_number(entry: Any) -> None:
    with pytest.raises(Invalid, match="expenses_entry") as refusal:
        read(expense(), entry)

    assert refusal.value.values == {"number": 2}


@pytest.mark.parametrize(
    "changes",
    [
        {"participants": None},
        {"participants": []},
        {"participants": [None]},
        {"participants": [{"id": "a1"}]},
        {"participants": [{"id": "a1", "name": " "}]},
        {"participants": [{"id": "a1", "name": "\ud800"}]},
        {"participants": [{"id": "a1", "name": "Ana"}, {"id": "a1", "name": "Eva"}]},
        {"participants": [{"id": "a1", "name": "Ana"}, {"id": "b2", "name": "Ana"}]},
        {"participants": [{"id": f"p{number}", "name": f"N{number}"} for number in range(101)]},
        {"expenses": None},
        {"expenses": {}},
        {"currencyCode": 5},
        {"currencyCode": "\ud800"},
        {"currencyCode": None, "currency": None},
    ],
)
def test_what_is_no_such_group_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="expenses_not_spliit"):
        read_group(group(**changes), "EUR", 2, SIGNS)


@pytest.mark.parametrize("content", [None, [], "x", 1, {}])
def test_what_is_no_group_is_refused(content: object) -> None:
    with pytest.raises(Invalid, match="expenses_not_spliit"):
        read_group(content, "EUR", 2, SIGNS)


def test_too_many_expenses_are_refused() -> None:
    with pytest.raises(Invalid, match="group_file_rows"):
        read(*[expense()] * 100_000)


MODES = st.sampled_from(["EVENLY", "BY_SHARES"])
SHARES = st.lists(st.integers(0, 99_999), min_size=1, max_size=3).filter(any)


@given(st.lists(st.tuples(MODES, SHARES, st.integers(-(10**9), 10**9), st.sampled_from("abm")), max_size=20))
def test_whatever_is_read_sums_to_zero(entries: list[tuple[str, list[int], int, str]]) -> None:
    payers = {"a": "a1", "b": "b2", "m": "m3"}
    found = read(
        *[
            expense(mode, shares, amount, id=f"e{number}", paidById=payers[payer])
            for number, (mode, shares, amount, payer) in enumerate(entries)
        ]
    )

    assert sum(found.balances) == 0
    assert all(sum(one.amounts.values()) == 0 and one.off == 0 for one in found.expenses)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=3, max_size=3), st.integers(-5, 5))
def test_amounts_are_taken_as_they_are_or_refused(shares: list[int], off: int) -> None:
    entry = expense("BY_AMOUNT", shares, sum(shares) + off)
    if abs(off) > 3:
        with pytest.raises(Invalid, match="expenses_entry_off"):
            read(entry)
        return
    (one,) = read(entry).expenses
    assert sum(one.amounts.values()) == 0
    assert one.off == off
