"""Numbers as people type them: quantities in thousandths of a unit, money in minor units."""

from __future__ import annotations

import re

from bulq.domain.errors import Invalid
from bulq.domain.phases import Unit

WEIGHED = (Unit.KG, Unit.G, Unit.L, Unit.ML)
FINE = (Unit.KG, Unit.L, Unit.M)  # of these a scale shows thousandths
MAX_QUANTITY = 9_999_000
MAX_LINE_UNITS = 1_000_000  # a line total stays below this many units of its currency
MAX_CHARACTERS = 20  # also keeps int() away from texts of a megabyte
BLANKS = " \u00a0\u2009\u202f"
GROUP_MARKS = f".,'\u2019{BLANKS}"

PLAIN = re.compile(r"(?P<whole>[0-9]*)(?:[.,](?P<fraction>[0-9]+))?")
GROUPED = re.compile(
    rf"(?P<whole>[0-9]{{1,3}}(?P<mark>[{GROUP_MARKS}])[0-9]{{3}}(?:(?P=mark)[0-9]{{3}})*"
    rf"|[0-9]{{1,2}}(?P<lakh>[{GROUP_MARKS}])(?:[0-9]{{2}}(?P=lakh))+[0-9]{{3}})"
    r"(?:(?P<point>[.,])(?P<fraction>[0-9]+))?"
)


def scale_step(unit: Unit, step: int) -> int:
    """The smallest part that can be bought, in thousandths: for weighed goods the step binds bids, never the scale."""
    return 1 if unit in WEIGHED else step


def parse_quantity(text: str, step: int, *, unit: str, field: str = "quantity") -> int:
    """Thousandths from a typed quantity; comma and point are both decimal, digits are never grouped.

    "1,000" g is a thousand to some and one to others: it is refused with both. Scales show 1.250 kg, so of kg, l and m
    that come in parts it is a decimal.
    """
    number = _unsigned(text, "quantity", field, negative="quantity_positive")
    match = PLAIN.fullmatch(number)
    if match is None:
        raise Invalid("quantity_not_a_number", field=field)
    fraction = match["fraction"] or ""
    grouped_perhaps = len(fraction) == 3 and (step % 1000 == 0 or unit not in FINE)
    if grouped_perhaps and 1 <= len(match["whole"]) <= 3 and not match["whole"].startswith("0"):
        thousand = int(match["whole"] + fraction)
        raise Invalid("quantity_thousands", field=field, thousand=thousand, one=plain(thousand, 3))
    if len(fraction.rstrip("0")) > 3:
        raise _off_step(step, field)
    quantity = int(match["whole"] or "0") * 1000 + int(fraction[:3].ljust(3, "0"))
    check_quantity(quantity, step, field=field)
    return quantity


def check_quantity(quantity: int, step: int, *, maximum: int = MAX_QUANTITY, field: str = "quantity") -> None:
    """Refuse what is not above 0, beyond the limit, or not a whole number of steps."""
    if step <= 0:
        raise ValueError("a step is above 0")
    if quantity <= 0:
        raise Invalid("quantity_positive", field=field)
    if quantity > maximum:
        raise Invalid("quantity_too_large", field=field, max=maximum // 1000)
    if quantity % step:
        raise _off_step(step, field)


def parse_money(text: str, exponent: int, *, field: str, maximum_units: int = 999_999, allow_zero: bool = False) -> int:
    """Minor units from a typed amount of a currency with `exponent` decimals.

    A single comma or point is always the decimal separator, so "1.234" has too many decimals rather than a guess at a
    thousand. Groups are understood where nothing else fits: "1.234,56", "1 234,56", "1,234,567", "1,23,456.70".
    """
    number = _unsigned(text, "money", field, negative="money_negative")
    whole, fraction = _money_parts(number, field)
    if len(fraction) > exponent:
        raise Invalid("money_decimals", field=field, decimals=exponent)
    amount = int(whole or "0") * 10**exponent + int(fraction.ljust(exponent, "0") or "0")
    maximum = (maximum_units + 1) * 10**exponent - 1
    if amount > maximum:
        raise Invalid("money_too_large", field=field, max=plain(maximum, exponent, padded=True))
    if amount == 0 and not allow_zero:
        raise Invalid("money_positive", field=field)
    return amount


def check_line_total(total: int, exponent: int, *, field: str = "total") -> None:
    """Refuse a negative line total or one beyond 999,999.99 in units of a currency with `exponent` decimals."""
    if total < 0:
        raise Invalid("money_negative", field=field)
    maximum = MAX_LINE_UNITS * 10**exponent - 1
    if total > maximum:
        raise Invalid("money_too_large", field=field, max=plain(maximum, exponent, padded=True))


def _unsigned(text: str, kind: str, field: str, *, negative: str) -> str:
    """The text without surrounding blanks and plus; `negative` is the key for a number below 0."""
    number = text.strip(BLANKS)
    if not number:
        raise Invalid(f"{kind}_missing", field=field)
    if len(number) > MAX_CHARACTERS:
        raise Invalid(f"{kind}_not_a_number", field=field)
    if re.fullmatch(r"[-\u2212][0-9.,]*[0-9]", number):
        raise Invalid(negative, field=field)
    number = number.removeprefix("+")
    if not number:
        raise Invalid(f"{kind}_not_a_number", field=field)
    return number


def _money_parts(number: str, field: str) -> tuple[str, str]:
    """Digits before and after the decimal separator."""
    if match := PLAIN.fullmatch(number):
        return match["whole"], match["fraction"] or ""
    match = GROUPED.fullmatch(number)
    if match is None or match["point"] == (match["mark"] or match["lakh"]):
        raise Invalid("money_not_a_number", field=field)
    return re.sub("[^0-9]", "", match["whole"]), match["fraction"] or ""


def _off_step(step: int, field: str) -> Invalid:
    return Invalid("quantity_step", field=field, step=plain(step, 3))


def plain(number: int, decimals: int, *, padded: bool = False, point: str = ".") -> str:
    """An integer of 10**-decimals in digits without groups: "2.5", or padded "2.50"."""
    sign, digits = "-" if number < 0 else "", str(abs(number)).rjust(decimals + 1, "0")
    whole, fraction = (digits[:-decimals], digits[-decimals:]) if decimals else (digits, "")
    fraction = fraction if padded else fraction.rstrip("0")
    return f"{sign}{whole}{point}{fraction}" if fraction else f"{sign}{whole}"
