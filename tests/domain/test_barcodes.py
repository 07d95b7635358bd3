"""Barcodes: three kinds, known by their check digit; everything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.barcodes import barcode_in, parse_barcode
from bulq.domain.errors import Invalid


def check_digit(digits: str) -> str:
    """By the rule of GS1: from the right 3, 1, 3, 1 … times, up to the next ten."""
    weighed = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-weighed % 10)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("4006381333931", "4006381333931"),
        (" 4 006381 333931 ", "4006381333931"),
        ("40-06381-33393-1", "4006381333931"),
        ("96385074", "96385074"),
        ("036000291452", "0036000291452"),
        ("0036000291452", "0036000291452"),
    ],
)
def test_a_barcode_is_its_digits(typed: str, code: str) -> None:
    assert parse_barcode(typed) == barcode_in(typed) == code


@given(st.sampled_from([7, 11, 12]).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)))
def test_the_last_digit_follows_from_the_others(digits: str) -> None:
    code = digits + check_digit(digits)

    assert parse_barcode(code).endswith(code)
    for wrong in set("0123456789") - {code[-1]}:
        assert barcode_in(digits + wrong) is None


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(digits: str, place: int, off: int) -> None:
    code = digits + check_digit(digits)
    wrong = code[:place] + str((int(code[place]) + off) % 10) + code[place + 1 :]

    assert barcode_in(wrong) is None


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("", "barcode_missing"),
        ("  ", "barcode_missing"),
        (" - ", "barcode_missing"),
        ("1", "barcode_digits"),
        ("abc", "barcode_digits"),
        ("400638133393100", "barcode_digits"),
        ("-4006381333931.0", "barcode_digits"),
        ("４００６３８１３３３９３１", "barcode_digits"),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", "barcode_digits"),
        ("4006381333931\x00", "barcode_digits"),
        ("NaN", "barcode_digits"),
        ("1e309", "barcode_digits"),
        ("' OR 1=1 --", "barcode_digits"),
        ("9" * 10_000_000, "barcode_digits"),
        ("4006381333932", "barcode_check_digit"),
    ],
    ids=range(15),
)
def test_what_is_no_barcode_is_refused(typed: str, key: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_barcode(typed)

    assert (refusal.value.key, refusal.value.field) == (key, "barcode")
