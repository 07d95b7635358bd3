"""Pages and files stand beside each other: what browsers write in English is what the server writes."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bulq import i18n
from bulq.domain.errors import Invalid
from bulq.domain.phases import Unit
from bulq.domain.prices import Offer, Price, content_in, shown_price
from bulq.domain.times import check_year
from tests.assets.node import for_each

DRAW = random.Random(20261130)
FORMAT = 'const own = (await assets("format.js")).format("en");'
ZONES = ("Europe/Belgrade", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns", "UTC")


def test_money_of_every_currency_is_the_same() -> None:
    currencies = [*(code for code, _name in i18n.currencies()), *i18n._WHOLE, *i18n._THOUSAND]
    amounts = [0, 1, -1, 5, 99, 100, 12_345, -123_456, 1_234_567, 99_999_999]
    rows: list[Any] = [(minor, currency, symbol) for currency in currencies for minor in amounts for symbol in (1, 0)]

    shown = for_each(f"{FORMAT} return own.money;", rows)

    for (minor, currency, symbol), found in zip(rows, shown, strict=True):
        assert found == i18n.money(minor, currency, symbol=bool(symbol)), (minor, currency, symbol)


def test_quantities_and_prices_are_the_same() -> None:
    amounts = [1, 10, 250, 500, 999, 1000, 1001, 1250, 1500, 2000, 3000, 9000, 21_000, 1_234_567, 9_999_000]
    quantities = [(amount, str(unit)) for unit in Unit for amount in amounts]
    prices = [
        (amount, per, minimum, pack, str(unit))
        for unit in Unit
        for amount in (1, 799, 1001, 123_456)
        for per in (1000, 3000, 250_000, 7000, 1_000_000)
        for minimum, pack in ((0, 0), (6000, 0), (6000, 6000), (18_000, 6000))
    ]

    both = "(amount, unit) => [own.quantity(amount, unit), own.number(amount)]"
    written = for_each(f"{FORMAT} return {both};", quantities)
    priced = for_each(
        f"{FORMAT} return (amount, per, exact, minimum, pack, unit) => "
        'own.price({ amount, per, exact, minimum, pack }, unit, "EUR");',
        [shown_as(*each) for each in prices],
    )

    for (amount, unit), found in zip(quantities, written, strict=True):
        assert found == [i18n.quantity(amount, unit), i18n.number(amount)], (amount, unit)
    for (amount, per, minimum, pack, unit), found in zip(prices, priced, strict=True):
        offer = Offer(Price(amount, per), minimum, pack)
        assert found == i18n.price(offer, unit, "EUR"), (offer, unit)


def shown_as(amount: int, per: int, minimum: int, pack: int, unit: str) -> tuple[int, int, bool, int, int, str]:
    """A price as facts hold it."""
    shown, exact = shown_price(Price(amount, per), Unit(unit))
    return shown.amount, shown.per, exact, minimum, pack, unit


def test_names_of_products_are_the_same() -> None:
    named = [("Rice", "5000g"), ("Rice", ""), ("Oil", "750ml"), ("Пасуљ", "12500g"), ("Eggs", "10piece")]

    shown = for_each(f"{FORMAT} return own.product;", [(name, content_in(key)) for name, key in named])

    assert shown == [i18n.product_name(name, key) for name, key in named]


def test_days_and_moments_are_the_same() -> None:
    """But for September, which browsers in Britain shorten to "Sept"."""
    days = [date(2026, 1, 1) + timedelta(days=11 * many) for many in range(80)]
    moments = [datetime(2026, 3, 28, 22, 15, tzinfo=UTC) + timedelta(hours=7 * many) for many in range(900)]
    rows: list[Any] = [(day.isoformat(), None) for day in days]
    rows += [(moment.isoformat(), zone) for moment in moments for zone in ZONES[:3]]

    shown = for_each(
        f"{FORMAT} return (iso, zone) => zone ? [own.moment(iso, zone)] : [own.day(iso), own.fullDay(iso)];",
        rows,
        TZ="Pacific/Auckland",
    )

    for (iso, zone), found in zip(rows, shown, strict=True):
        wanted = (
            [i18n.moment(datetime.fromisoformat(iso), zone)]
            if zone
            else [i18n.day(date.fromisoformat(iso)), i18n.full_day(date.fromisoformat(iso))]
        )
        assert [text.replace("Sept", "Sep") for text in found] == wanted, (iso, zone)


def changes_of(zone: str) -> list[datetime]:
    """Local times around which clocks of the zone are put forward or back, in a few years."""
    hours = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=many) for year in (2026, 2031) for many in range(8760)]
    offsets = [hour.astimezone(ZoneInfo(zone)).utcoffset() for hour in hours]
    return [
        hour.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        for hour, before, after in zip(hours, offsets, offsets[1:], strict=False)
        if before != after
    ]


def parse_moment(text: str, time_zone: str, *, field: str) -> datetime:
    """An ISO local time such as "2026-11-27T18:00" in `time_zone`, as aware UTC."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("moment", field=field) from None
    if local.tzinfo is not None:
        raise Invalid("moment", field=field)
    check_year(local, "moment", field=field)
    return local.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


@pytest.mark.parametrize("zone", ZONES)
def test_a_local_time_is_the_same_moment_also_when_clocks_change(zone: str) -> None:
    around = [at + timedelta(minutes=15 * many) for at in changes_of(zone) for many in range(-16, 17)]
    days = [datetime(2026, 1, 1, 18, 0) + timedelta(days=many, minutes=37 * many) for many in range(365)]
    locals_ = [at.isoformat(timespec="minutes") for at in around + days]

    instant = 'return (await assets("format.js")).instant;'
    shown = for_each(instant, [(at, zone) for at in locals_], TZ="America/Chicago")

    for local, found in zip(locals_, shown, strict=True):
        assert datetime.fromisoformat(found) == parse_moment(local, zone, field="at"), (local, zone)


def test_what_is_no_time_goes_to_the_server_as_it_is() -> None:
    wrong = ["", "x", "2026-13-01T00:00", "2026-11-30", "2026-11-30T25:00", "now"]

    shown = for_each('return (await assets("format.js")).instant;', [(text, "Europe/Belgrade") for text in wrong])

    for text, found in zip(wrong, shown, strict=True):
        if found != text:  # what both read as a time is the same time
            assert datetime.fromisoformat(found) == parse_moment(text, "Europe/Belgrade", field="at")
        elif text:
            with pytest.raises(Invalid):
                parse_moment(text, "Europe/Belgrade", field="at")
