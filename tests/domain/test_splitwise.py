"""What a Splitwise export says, in whatever language, and what is refused of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.errors import Invalid
from bulq.domain.splitwise import Expenses, minor, read_expenses

HEAD = ["Date", "Description", "Category", "Cost", "Currency", "Ana", "Bojan", "Mila"]


def read(*rows: list[str], currency: str = "EUR", exponent: int = 2) -> Expenses:
    return read_expenses(list(enumerate([HEAD, [], *rows], 1)), currency, exponent)


def line(*shares: str, cost: str = "30.00", currency: str = "EUR", day: str = "2026-05-01") -> list[str]:
    return [day, "Dinner", "General", cost, currency, *shares]


def test_an_expense_has_what_it_changed_for_each_person() -> None:
    found = read(
        line("20.00", "-10.00", "-10.00"), ["2026-06-01", "Total balance", " ", " ", "EUR", "20", "-10", "-10"]
    )

    assert found.names == ("Ana", "Bojan", "Mila")
    (expense,) = found.expenses
    assert (expense.line, expense.description, expense.amounts) == (3, "Dinner", {0: 2000, 1: -1000, 2: -1000})
    assert found.balances == [2000, -1000, -1000]


def test_who_has_no_part_is_not_in_it() -> None:
    assert read(line("5.00", "-5.00", "0.00")).expenses[0].amounts == {0: 500, 1: -500}
    assert read(line("5.00", "-5.00", "")).expenses[0].amounts == {0: 500, 1: -500}


def test_a_cent_off_is_borne_by_whoever_paid_most_and_told() -> None:
    expense = read(line("6.67", "-3.33", "-3.33", cost="10.00")).expenses[0]

    assert (expense.amounts, expense.off) == ({0: 666, 1: -333, 2: -333}, 1)


def test_more_than_cents_off_is_refused_with_its_line() -> None:
    with pytest.raises(Invalid, match="expenses_off") as refusal:
        read(line("20.00", "-10.00", "-9.00"))

    assert refusal.value.values == {"line": 3}


def test_other_currencies_are_left_out_and_named() -> None:
    found = read(line("1", "-1", "0", currency="USD"), line("2", "-2", "0"))

    assert (len(found.expenses), found.left_out) == (1, ((3, "USD"),))


@pytest.mark.parametrize(
    "row",
    [
        line("x", "-1", "0"),
        line("1", "-1", "0", day="01/05/2026"),
        line("1e3", "-1000", "0"),
        line("0.001", "-0.001", "0"),
        line("9" * 14, "-1", "0"),
        ["2026-05-01", "a\0b", "", "1", "EUR", "1", "-1", "0"],
        ["2026-05-01", "\ud800", "", "1", "EUR", "1", "-1", "0"],
    ],
    ids=["letters", "day", "exponent", "fraction", "huge", "nul", "surrogate"],
)
def test_what_cannot_be_read_is_refused_with_its_line(row: list[str]) -> None:
    with pytest.raises(Invalid, match="expenses_line") as refusal:
        read(row)

    assert refusal.value.values == {"line": 3}


@pytest.mark.parametrize("head", [[], ["Date"], HEAD[:6], [*HEAD, "Ana"]])
def test_what_is_no_such_file_is_refused(head: list[str]) -> None:
    with pytest.raises(Invalid, match="expenses_not_these"):
        read_expenses([(1, head)], "EUR", 2)


@pytest.mark.parametrize(
    ("text", "exponent", "amount"),
    [
        ("12.34", 2, 1234),
        ("-12,34", 2, -1234),
        ("1,234.50", 2, 123450),
        ("1.234,50", 2, 123450),
        ("1 234,5", 2, 123450),
        ("1,234", 2, 123400),
        ("5", 2, 500),
        ("", 2, 0),
        ("1200", 0, 1200),
        ("1200.00", 0, 1200),
        ("1.234", 3, 1234),
        (".5", 2, 50),
    ],
)
def test_numbers_are_read_as_any_language_writes_them(text: str, exponent: int, amount: int) -> None:
    assert minor(text, exponent) == amount


@given(st.lists(st.lists(st.integers(-99_999, 99_999), min_size=2, max_size=2), max_size=20))
def test_whatever_is_read_sums_to_zero(shares: list[list[int]]) -> None:
    def written(amount: int) -> str:
        return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02}"

    rows = [line(*map(written, [*two, -sum(two)])) for two in shares]

    found = read(*rows)

    assert sum(found.balances) == 0
    assert found.balances == [sum(two[0] for two in shares), sum(two[1] for two in shares), -sum(map(sum, shares))]
