"""Texts, money and times on the server."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bulq import i18n
from bulq.config import Environment, settings

GAP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("minor", "currency", "language", "shown"),
    [
        (1945200, "RSD", "en", f"RSD{GAP}19,452.00"),
        (1945200, "RSD", "sr", f"19.452,00{GAP}RSD"),
        (-1999, "EUR", "en", "-€19.99"),
        (1500, "JPY", "en", "¥1,500"),
        (1234567, "KWD", "de", f"1.234,567{GAP}KWD"),
        (0, "USD", "en", "$0.00"),
        (5, "EUR", "en", "€0.05"),
        (99999999999999, "EUR", "en", "€999,999,999,999.99"),
    ],
)
def test_money_shows_every_minor_unit(minor: int, currency: str, language: str, shown: str) -> None:
    assert i18n.money(minor, currency, language) == shown


def test_money_without_its_symbol_is_only_the_figure() -> None:
    assert i18n.money(1999, "EUR", symbol=False) == "19.99"
    assert i18n.money(1500, "JPY", symbol=False) == "1,500"


@pytest.mark.parametrize(
    ("thousandths", "shown"),
    [(1000, "1"), (2500, "2.5"), (1250, "1.25"), (1, "0.001"), (10_000_000, "10,000"), (0, "0")],
)
def test_quantities_have_no_needless_zeros(thousandths: int, shown: str) -> None:
    assert i18n.number(thousandths) == shown


def test_units_follow_the_number() -> None:
    assert i18n.quantity(1000, "pack") == "1 pack"
    assert i18n.quantity(9000, "pack") == "9 packs"
    assert i18n.quantity(2500, "kg") == "2.5 kg"
    assert i18n.unit_name("piece") == "piece"


def test_texts_fill_in_values_and_choose_the_plural() -> None:
    assert i18n.text("kit.one_more", name="Rice") == "One more Rice"
    assert i18n.text("frame.unread", count=1) == "1 unread"
    assert i18n.text("frame.unread", count=0) == "0 unread"


def test_an_unknown_language_reads_like_english() -> None:
    assert i18n.text("kit.close", "xx") == "Close"
    assert i18n.money(100, "EUR", "not a language") == "€1.00"


def test_a_missing_text_stops_us_while_we_build() -> None:
    with pytest.raises(i18n.MissingText):
        i18n.text("kit.no_such_text")


def test_a_missing_text_never_stops_a_person(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(i18n, "settings", settings.model_copy(update={"env": Environment.PRODUCTION}))

    assert i18n.text("kit.no_such_text") == "no such text"
    assert "kit.no_such_text" in caplog.text


def test_times_are_those_of_the_groups_clock() -> None:
    evening = datetime(2026, 11, 28, 22, 30, tzinfo=UTC)

    assert i18n.day(date(2026, 11, 28)) == "Sat 28 Nov"
    assert i18n.moment(evening, "Europe/Belgrade") == "Sat 28 Nov, 23:30"
    assert i18n.moment(evening, "Asia/Tokyo") == "Sun 29 Nov, 07:30"


def test_currencies_are_those_in_use() -> None:
    codes = [code for code, _name in i18n.currencies()]

    assert {"EUR", "RSD", "INR", "USD", "JPY"} <= set(codes)
    assert not {"DEM", "YUN", "HRK"} & set(codes)
    assert len(codes) > 140


def test_time_zones_are_places() -> None:
    assert {"UTC", "Europe/Belgrade", "Asia/Kolkata"} <= set(i18n.time_zones())
    assert not {"CET", "Etc/GMT+3"} & set(i18n.time_zones())


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [
        ("Rice", "5000g", "Rice, 5 kg"),
        ("Rice", "500g", "Rice, 500 g"),
        ("Rice 5kg", "5000g", "Rice 5kg"),
        ("Rice 0,5 kg", "500g", "Rice 0,5 kg"),
        ("Rice 15 kg", "5000g", "Rice 15 kg, 5 kg"),
        ("Eggs", "10piece", "Eggs, 10 pieces"),
        ("Rice", "", "Rice"),
    ],
)
def test_a_product_is_called_by_its_content_unless_its_name_says_so(name: str, content: str, shown: str) -> None:
    assert i18n.product_name(name, content) == shown
