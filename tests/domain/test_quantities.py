"""What people type as a number is understood or refused, never guessed and never an accident."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.errors import Invalid
from bulq.domain.phases import Unit
from bulq.domain.quantities import MAX_QUANTITY, check_quantity, parse_money, parse_quantity

HOSTILE = [
    "NaN",
    "nan",
    "inf",
    "-inf",
    "1e309",
    "1e3",
    "0x10",
    "1_000",
    "++1",
    "+",
    "+ 1",
    "--1",
    "1-",
    "1.2.3,",
    ".",
    ",",
    "1.",
    "1,",
    "\x001",
    "1\x00",
    "1\n",
    "\t1",
    "\u200f1",
    "\u202e12",
    "12\u200b",
    "\u0661\u0662",
    "\u00b2",
    "\uff11",
    "\u5341",
    "1' OR 1=1",
    "<b>1</b>",
    "{{7*7}}",
    "1 kg",
    "\u20ac5",
    "\ud800",
    "1" * 21,
    pytest.param("0" * 10_000_000, id="ten megabytes"),
]


def refusal_of_quantity(text: str, step: int = 1000) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        parse_quantity(text, step, unit="kg")
    assert refusal.value.field == "quantity"
    return refusal.value


def refusal_of_money(text: str, exponent: int = 2, **options: bool | int) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        parse_money(text, exponent, field="total", **options)  # type: ignore[arg-type]
    assert refusal.value.field == "total"
    return refusal.value


@pytest.mark.parametrize(
    ("text", "step", "quantity"),
    [
        ("1", 1000, 1000),
        (" 12 ", 1000, 12_000),
        ("\u00a03\u202f", 1000, 3000),
        ("+3", 1000, 3000),
        ("007", 1000, 7000),
        ("2,5", 100, 2500),
        ("2.5", 100, 2500),
        (".5", 500, 500),
        ("1.250", 50, 1250),
        ("1,25", 50, 1250),
        ("2.0", 1000, 2000),
        ("0.5000", 500, 500),
        ("0,001", 1, 1),
        ("9999", 1000, MAX_QUANTITY),
        ("9999.000", 1, MAX_QUANTITY),
    ],
)
def test_a_quantity_is_read_with_comma_or_point(text: str, step: int, quantity: int):
    assert parse_quantity(text, step, unit="kg") == quantity


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_number_is_no_quantity(text: str):
    assert refusal_of_quantity(text).key == "quantity_not_a_number"


@pytest.mark.parametrize(
    ("text", "step", "key", "values"),
    [
        ("", 1000, "quantity_missing", {}),
        (" \u00a0 ", 1000, "quantity_missing", {}),
        ("0", 1000, "quantity_positive", {}),
        ("0,0", 100, "quantity_positive", {}),
        ("-1", 1000, "quantity_positive", {}),
        ("\u22122,5", 100, "quantity_positive", {}),
        ("9999.001", 1, "quantity_too_large", {"max": 9999}),
        ("10000", 1000, "quantity_too_large", {"max": 9999}),
        ("99999999999999999999", 1000, "quantity_too_large", {"max": 9999}),
        ("1.5", 1000, "quantity_step", {"step": "1"}),
        ("0.25", 100, "quantity_step", {"step": "0.1"}),
        ("0.0001", 1, "quantity_step", {"step": "0.001"}),
        ("30", 20_000, "quantity_step", {"step": "20"}),
        ("1,000", 1000, "quantity_thousands", {"thousand": 1000, "one": "1"}),
        ("1.000", 1000, "quantity_thousands", {"thousand": 1000, "one": "1"}),
        ("1 000", 1000, "quantity_not_a_number", {}),
        ("1.000,5", 100, "quantity_not_a_number", {}),
    ],
)
def test_a_wrong_quantity_is_refused_with_the_reason(text: str, step: int, key: str, values: dict[str, object]):
    refusal = refusal_of_quantity(text, step)

    assert (refusal.key, refusal.values) == (key, values)


@pytest.mark.parametrize(
    ("quantity", "step", "key"),
    [
        (0, 1, "quantity_positive"),
        (-1000, 1000, "quantity_positive"),
        (MAX_QUANTITY + 1, 1, "quantity_too_large"),
        (10**400, 1, "quantity_too_large"),
        (1500, 1000, "quantity_step"),
    ],
)
def test_a_quantity_that_comes_as_a_number_is_checked_alike(quantity: int, step: int, key: str):
    with pytest.raises(Invalid) as refusal:
        check_quantity(quantity, step)

    assert refusal.value.key == key


@pytest.mark.parametrize("step", [0, -1])
def test_there_is_no_step_of_nothing(step: int):
    with pytest.raises(ValueError, match="step"):
        check_quantity(1000, step)


@given(st.integers(1, MAX_QUANTITY), st.sampled_from(".,"), st.sampled_from(["", " ", "\u00a0", "+"]))
def test_a_written_quantity_reads_back(quantity: int, point: str, before: str):
    text = f"{before}{quantity // 1000}{point}{quantity % 1000:03}"

    assert parse_quantity(text, 1, unit="kg") == quantity


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_only_whole_steps_pass(count: int, step: int):
    if count % step:
        assert refusal_of_quantity(str(count), step * 1000).key == "quantity_step"
    else:
        assert parse_quantity(str(count), step * 1000, unit="piece") == count * 1000


@given(st.one_of(st.text(), st.text("0123456789.,+- '\u00a0e", max_size=24)))
def test_hostile_text_is_a_valid_number_or_refused(text: str):
    for read in (
        lambda: parse_quantity(text, 100, unit="kg"),
        lambda: parse_money(text, 2, field="total", allow_zero=True),
    ):
        try:
            assert 0 <= read() < 10**8
        except Invalid as refusal:
            assert refusal.field in ("quantity", "total")


def test_ten_megabytes_are_refused_at_once():
    started = time.perf_counter()

    refusal_of_quantity("9" * 10_000_000)
    refusal_of_money("9" * 10_000_000)

    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    ("text", "exponent", "amount"),
    [
        ("1", 2, 100),
        ("1.5", 2, 150),
        ("1,50", 2, 150),
        (",99", 2, 99),
        ("+4.20", 2, 420),
        ("\u00a01234,56 ", 2, 123_456),
        ("1.234,56", 2, 123_456),
        ("1,234.56", 2, 123_456),
        ("1 234,56", 2, 123_456),
        ("1\u202f234,56", 2, 123_456),
        ("1\u00a0234", 2, 123_400),
        ("1'234.50", 2, 123_450),
        ("1,234,567", 0, 1_234_567),
        ("123.456,7", 2, 12_345_670),
        ("1,23,456.70", 2, 12_345_670),
        ("1.234", 3, 1234),
        ("1234", 0, 1234),
        ("999999.99", 2, 99_999_999),
        ("999,999.999", 3, 999_999_999),
    ],
)
def test_an_amount_is_read_as_it_is_written_anywhere(text: str, exponent: int, amount: int):
    assert parse_money(text, exponent, field="total", maximum_units=9_999_999) == amount


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_number_is_no_amount(text: str):
    assert refusal_of_money(text).key == "money_not_a_number"


@pytest.mark.parametrize(
    ("text", "exponent", "key", "values"),
    [
        ("", 2, "money_missing", {}),
        ("\u00a0", 2, "money_missing", {}),
        ("-5", 2, "money_negative", {}),
        ("\u22120,01", 2, "money_negative", {}),
        ("0", 2, "money_positive", {}),
        ("0.00", 2, "money_positive", {}),
        ("1.234", 2, "money_decimals", {"decimals": 2}),
        ("1,5", 0, "money_decimals", {"decimals": 0}),
        ("1000000", 2, "money_too_large", {"max": "999999.99"}),
        ("1,000,000.00", 2, "money_too_large", {"max": "999999.99"}),
        ("1000000", 0, "money_too_large", {"max": "999999"}),
        ("1000000", 3, "money_too_large", {"max": "999999.999"}),
        ("12,34", 1, "money_decimals", {"decimals": 1}),
        ("1.234.56", 2, "money_not_a_number", {}),
        ("1.234.567.89", 2, "money_not_a_number", {}),
        ("1,234 567", 2, "money_not_a_number", {}),
        ("1234,567.00", 2, "money_not_a_number", {}),
        ("1,234,56", 2, "money_not_a_number", {}),
    ],
)
def test_a_wrong_amount_is_refused_with_the_reason(text: str, exponent: int, key: str, values: dict[str, object]):
    refusal = refusal_of_money(text, exponent)

    assert (refusal.key, refusal.values) == (key, values)


def test_zero_passes_where_it_is_allowed():
    assert parse_money("0,00", 2, field="price", allow_zero=True) == 0
    assert refusal_of_money("-0", allow_zero=True).key == "money_negative"


@given(
    st.integers(0, 3).flatmap(lambda exponent: st.tuples(st.just(exponent), st.integers(1, 10 ** (6 + exponent) - 1))),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("\u202f", ","), ("'", "."), ("", "."), ("", ",")]),
)
def test_a_written_amount_reads_back(case: tuple[int, int], marks: tuple[str, str]):
    (exponent, amount), (group, point) = case, marks
    units, rest = divmod(amount, 10**exponent)
    whole = f"{units:,}".replace(",", group) if exponent or group not in ".," else str(units)
    text = f"{whole}{point}{rest:0{exponent}}" if exponent else whole

    assert parse_money(text, exponent, field="total") == amount


@pytest.mark.parametrize(
    ("text", "unit", "quantity"),
    [
        ("3,470", Unit.KG, 3470),
        ("3.47", Unit.KG, 3470),
        ("1,000", Unit.L, 1000),
        ("437", Unit.G, 437_000),
        ("437,5", Unit.G, 437_500),
        ("1,000", Unit.G, None),
        ("1.000", Unit.ML, None),
        ("1,000", Unit.PACK, None),
    ],
)
def test_a_thousand_grams_is_asked_about(text: str, unit: Unit, quantity: int | None) -> None:
    """A scale shows kilograms to the thousandth, so "3,470" kg is clear; "1,000" g may be one or a thousand."""
    if quantity is not None:
        assert parse_quantity(text, 1, unit=unit) == quantity
        return
    with pytest.raises(Invalid) as refusal:
        parse_quantity(text, 1, unit=unit)
    assert (refusal.value.key, refusal.value.values) == ("quantity_thousands", {"thousand": 1000, "one": "1"})


@pytest.mark.parametrize(
    ("text", "step", "unit"), [("1,000", 1, "g"), ("5.000", 1, "ml"), ("1.250", 500, "piece"), ("2,500", 1000, "kg")]
)
def test_a_thousand_or_one_is_asked_about_wherever_a_quantity_is_typed(text: str, step: int, unit: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_quantity(text, step, unit=unit)

    assert (refusal.value.key, refusal.value.values["thousand"]) == (
        "quantity_thousands",
        int(re.sub("[.,]", "", text)),
    )


@pytest.mark.parametrize(
    ("text", "unit", "quantity"), [("1.250", "kg", 1250), ("0,500", "g", 500), ("1000", "g", 1_000_000)]
)
def test_what_scales_show_and_what_can_only_be_a_part_is_read(text: str, unit: str, quantity: int) -> None:
    assert parse_quantity(text, 1, unit=unit) == quantity
