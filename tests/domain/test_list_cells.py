"""Cells of suppliers' lists: prices, units, days and barcodes mean what was meant, or are asked about."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.barcodes import listed_barcode
from bulq.domain.errors import Invalid
from bulq.domain.lists.amounts import Amount, Unreadable, read_amount
from bulq.domain.lists.days import read_days
from bulq.domain.lists.goods import Goods, Said, goods_of, thousands_perhaps
from bulq.domain.lists.headings import Field, read_heading
from bulq.domain.lists.units import Pack, read_pack
from bulq.domain.phases import Unit

CODES = frozenset({"EUR", "USD", "CAD", "CZK", "JPY", "RSD", "RUB", "GBP", "PLN", "INR"})


@pytest.mark.parametrize(
    ("cell", "minor", "currencies"),
    [
        ("7,20 €", 720, ("EUR",)),
        ("€7.20", 720, ("EUR",)),
        ("EUR 7,20", 720, ("EUR",)),
        ("RSD 1.250,00", 125_000, ("RSD",)),
        ("2 345,60 Kč", 234_560, ("CZK",)),
        ("2'345.60", 234_560, ()),
        ("1,23,456.70", 12_345_670, ()),
        ("1.234.567", 123_456_700, ()),
        (".75", 75, ()),
        ("7,-", 700, ()),
        ("7.--", 700, ()),
        ("18,– €", 1800, ("EUR",)),
        ("Rs. 120/-", 12_000, ("INR",)),
        ("899.00 руб.", 89_900, ("RUB",)),
        ("ab 7,20 €", 720, ("EUR",)),
        ("11.940000000000001", 1194, ()),
        ("$7", 700, ("USD", "CAD")),
    ],
)
def test_prices_with_signs_words_and_groups(cell: str, minor: int, currencies: tuple[str, ...]) -> None:
    found = read_amount(cell, CODES)

    assert isinstance(found, Amount) and not found.doubt
    assert (found.minor(2), found.named) == ((minor, 1), currencies)


@pytest.mark.parametrize("cell", ["", "-", "–", "n/a", "auf Anfrage", "по запросу", "sold out"])
def test_what_names_no_price_is_none(cell: str) -> None:
    assert read_amount(cell, CODES) is None


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("-7,20", "money_negative"),
        ("7,20-", "money_negative"),
        ("−7", "money_negative"),
        ("2 for 3,00", "money_not_a_number"),
        ("7 apples", "money_not_a_number"),
        ("1.2.3", "money_not_a_number"),
        ("9" * 5000, "money_not_a_number"),
    ],
)
def test_what_is_no_price_is_refused(cell: str, key: str) -> None:
    assert read_amount(cell, CODES) == Unreadable(key)


@pytest.mark.parametrize(
    ("cell", "doubt"),
    [
        ("7.205", True),
        ("1,000", True),
        ("123.456", True),
        ("1234.567", False),
        ("0,125", False),
        (".125", False),
        ("1.25", False),
        ("1.2345", False),
        ("1.234,50", False),
        ("12 345,678", False),
    ],
)
def test_three_decimals_may_be_thousands(cell: str, doubt: bool) -> None:
    found = read_amount(cell, CODES)

    assert isinstance(found, Amount) and found.doubt is doubt


def test_a_price_has_fifteen_digits_and_six_decimals_at_most() -> None:
    longest, finest = read_amount("9" * 15, CODES), read_amount("0.1234564", CODES)

    assert isinstance(longest, Amount) and longest.digits == 10**15 - 1
    assert isinstance(finest, Amount) and (finest.digits, finest.decimals) == (123456, 6)
    assert read_amount("1" + "9" * 15, CODES) == Unreadable("money_not_a_number")
    assert isinstance(read_amount("1".rjust(60), CODES), Amount)
    assert read_amount(f"EUR{'.' * 57}1", CODES) == Unreadable("money_not_a_number")


def test_more_decimals_than_the_currency_has_are_a_price_of_many() -> None:
    found = read_amount("0.0325", CODES)

    assert isinstance(found, Amount) and found.minor(2) == (325, 100)


def test_a_price_says_what_it_is_for() -> None:
    by_weight, by_hundred = read_amount("7,20 €/kg", CODES), read_amount("0,99/100 g", CODES)

    assert isinstance(by_weight, Amount) and by_weight.per == Pack(Unit.KG)
    assert isinstance(by_hundred, Amount) and by_hundred.per == Pack(Unit.PACK, 100_000, Unit.G, 1, 100_000)


@given(st.text(max_size=70))
def test_whatever_is_in_a_cell_it_is_read_or_refused(cell: str) -> None:
    read_amount(cell, CODES)
    read_pack(cell)
    read_days(cell)
    read_heading(cell, CODES)


@pytest.mark.parametrize(
    ("names", "unit"),
    [
        ("KG|Kg |kilogram|кг|kilo|kgs.", Unit.KG),
        ("g|g.|gr|Gramm|г", Unit.G),
        ("l|L|lt|ltr|Liter|литр|litro", Unit.L),
        ("Stk|Stück|St.|kom|ком.|pcs|pc|ea|each|шт.|szt|ks|ud|pz|Bund|bunch|veza|pęczek|svazek|manojo", Unit.PIECE),
        ("packs|Packung|pak|уп.|paquet|confezione|op.|balení", Unit.PACK),
        ("case|Karton|Kiste|crate|gajba|caja|colis|krabice kart", None),
        ("Karton|Kiste|crate|gajba|гајба|colis|ящик", Unit.CASE),
        ("Flasche|flaša|бутылка|bouteille|botella|bottiglia|butelka|láhev", Unit.BOTTLE),
        ("Glas|tegla|тегла|bocal|tarro|słoik|sklenice", Unit.JAR),
    ],
)
def test_units_by_their_common_names(names: str, unit: Unit | None) -> None:
    found = {read_pack(name) for name in names.split("|")}

    assert unit is None or found == {Pack(unit)}


@pytest.mark.parametrize(
    ("cell", "unit", "content", "content_unit"),
    [
        ("750 g", Unit.PACK, 750_000, Unit.G),
        ("2 kg", Unit.PACK, 2000, Unit.KG),
        ("250g", Unit.PACK, 250_000, Unit.G),
        ("0,75 l", Unit.PACK, 750, Unit.L),
        ("33 cl", Unit.PACK, 330_000, Unit.ML),
        ("6er", Unit.PACK, 6000, Unit.PIECE),
        ("dozen", Unit.PACK, 12_000, Unit.PIECE),
        ("12-pack", Unit.PACK, 12_000, Unit.PIECE),
        ("350G X 12", Unit.CASE, 4_200_000, Unit.G),
        ("6 x 1 l", Unit.CASE, 6000, Unit.L),
        ("24×0,33 l", Unit.CASE, 7920, Unit.L),
        ("case of 12", Unit.CASE, 12_000, Unit.PIECE),
        ("Karton à 6", Unit.CASE, 6000, Unit.PIECE),
        ("6/case", Unit.CASE, 6000, Unit.PIECE),
        ("5-kg-Sack", Unit.BAG, 5000, Unit.KG),
        ("Glas 370 ml", Unit.JAR, 370_000, Unit.ML),
        ("ca. 500 g", Unit.PACK, 500_000, Unit.G),
        ("24 x 1 kg", Unit.CASE, 24_000, Unit.KG),
    ],
)
def test_packs_and_cases(cell: str, unit: Unit, content: int, content_unit: Unit) -> None:
    found = read_pack(cell)

    assert found is not None
    assert (found.unit, found.content, found.content_unit) == (unit, content, content_unit)


@pytest.mark.parametrize("cell", ["", "1,000 g", "500-600 g", "barrel", "m²", "0 g", "2 kg + 1 l"])
def test_what_names_no_unit_is_not_known(cell: str) -> None:
    assert read_pack(cell) is None


@pytest.mark.parametrize(
    ("said", "goods"),
    [
        (
            Said("Oat drink 1 l", Pack(Unit.CASE), count=6, price_per="case"),
            Goods(Unit.CASE, 6000, Unit.L, parts="6 × 1 l"),
        ),
        (Said("Rye bread 1.5 kg", Pack(Unit.PIECE), count=1, price_per="case"), Goods(Unit.PIECE, 1500, Unit.KG, True)),
        (Said("Candles", None, count=12, price_per="case"), Goods(Unit.CASE, 12_000, Unit.PIECE)),
        (
            Said("Jam 370 g", Pack(Unit.JAR), count=6, price_per="piece"),
            Goods(Unit.JAR, 370_000, Unit.G, True, case_of=6),
        ),
        (Said("Cheese", Pack(Unit.PIECE), priced=Pack(Unit.KG)), Goods(Unit.KG)),
        (Said("Saffron", None, priced=read_pack("100 g")), Goods(Unit.G, per=100_000)),
        (Said("Kasha", Pack(Unit.G), size="500"), Goods(Unit.PACK, 500_000, Unit.G)),
        (Said("Rice", Pack(Unit.BAG), size="500", size_unit="g"), Goods(Unit.BAG, 500_000, Unit.G)),
        (Said("Carrots 1 kg", Pack(Unit.KG)), Goods(Unit.KG)),
        (Said("Oats", None), Goods(None)),
    ],
)
def test_what_goods_are_counted_in_and_hold(said: Said, goods: Goods) -> None:
    assert goods_of(said) == goods


def test_a_thousand_or_one_is_asked_about_but_not_what_scales_weigh() -> None:
    assert (
        thousands_perhaps("1,000", Unit.G) and thousands_perhaps("5.000", Unit.ML) and thousands_perhaps("1.000", None)
    )
    assert not any(thousands_perhaps(cell, Unit.G) for cell in ("1000", "0,500", "1,5", "12.50"))
    assert not thousands_perhaps("1.250", Unit.KG)


@pytest.mark.parametrize(
    "cell",
    [
        "3.11.2026", "2026-11-03", "2026-11-03 00:00:00", "2026-11-03T08:30:00", "20261103", "2026-W45-2", "46329",
        "3. Nov 2026", "3 novembar 2026.", "3 ноября 2026", "November 3, 2026", "3 listopada 2026", "03.11.26",
    ],
)  # fmt: skip
def test_days_as_people_and_spreadsheets_write_them(cell: str) -> None:
    assert read_days(cell) == {"": date(2026, 11, 3)}


def test_days_that_may_be_two() -> None:
    assert read_days("03/11/2026") == {"dmy": date(2026, 11, 3), "mdy": date(2026, 3, 11)}
    assert read_days("25-11-26") == {"dmy": date(2026, 11, 25), "ymd": date(2025, 11, 26)}
    assert read_days("25/11/2026") == {"": date(2026, 11, 25)}
    assert read_days("31.02.2026") is None and read_days("soon") is None


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("'4006381333931", "4006381333931"),
        ('="4006381333931"', "4006381333931"),
        ("4006381333931.0", "4006381333931"),
        ("12345678905", "0012345678905"),
        ("012345678905", "0012345678905"),
        ("14006381333938", "14006381333938"),
        ("04006381333931", "4006381333931"),
        ("10234563", "10234563"),
        ("50123452", "50123452"),
        ("0112345678902", "0112345678902"),
        ("0312345678906", "0312345678906"),
        ("1912345678907", "1912345678907"),
        ("3012345678902", "3012345678902"),
        ("", None),
    ],
)
def test_barcodes_that_went_through_a_spreadsheet(cell: str, code: str | None) -> None:
    assert listed_barcode(cell) == code


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("4,00638E+12", "barcode_rounded"),
        ("4.00638E+12", "barcode_rounded"),
        ("20000004", "barcode_of_shop"),
        ("01234565", "barcode_of_shop"),
        ("20123451", "barcode_of_shop"),
        ("2000000000015", "barcode_of_shop"),
        ("2912345678906", "barcode_of_shop"),
        ("0212345678909", "barcode_of_shop"),
        ("0412345678903", "barcode_of_shop"),
        ("4006381333932", "barcode_check_digit"),
        ("0", "barcode_digits"),
        ("N/A", "barcode_digits"),
    ],
)
def test_broken_barcodes_are_named(cell: str, key: str) -> None:
    with pytest.raises(Invalid) as refusal:
        listed_barcode(cell)
    assert refusal.value.key == key


@pytest.mark.parametrize(
    ("field", "headings"),
    [
        (Field.NAME, "Product name|Ware|Naziv artikla|Назив артикла|Наименование|Désignation|Nombre|Descrizione|Nazwa|"
                     "Název zboží|Artikelbezeichnung / Sorte"),
        (Field.UNIT, "Unit|je|JM|Јед. мере|Ед. изм.|Unidad|U.M.|J.m.|MJ|Einheit|Unité"),
        (Field.BARCODE, "EAN|Barkod|Штрихкод|Code EAN|Kod kreskowy|Čárový kód|Código de barras|Codice a barre"),
        (Field.ORDER_NO, "Order no.|Artikel-Nr.|Šifra|Артикул|Code|Kod produktu|Codice|Référence|Obj. číslo"),
        (Field.PRICE, "Price (EUR)|Preis|Cena sa PDV|Цена, руб.|Prix TTC|Precio|Prezzo|Cena netto|€/kg|ab 6 Stk|10+"),
        (Field.TAGS, "Category|Warengruppe|Grupa|Категория|Catégorie|Categoría|Kategoria|Kategorie zboží"),
        (Field.ORIGIN, "Origin|Herkunft|Poreklo|Страна|Origine|Origen|Pochodzenie|Původ"),
        (Field.DEPOSIT, "Deposit|Pfand|Kaucija|Consigne|Kaucja|Záloha"),
        (Field.COUNT, "Pieces per case|Stück pro Karton|Kom u kartonu|Шт. в коробке|Szt. w kartonie|Ks v kartonu"),
        (Field.VAT, "VAT %|MwSt.|PDV %|НДС|TVA|IVA|DPH"),
        (Field.IGNORED, "y/n|Bestellmenge|Količina|Кол-во|Quantité"),
    ],
)  # fmt: skip
def test_headings_in_nine_languages(field: Field, headings: str) -> None:
    found = {heading: read_heading(heading, CODES) for heading in headings.split("|")}

    assert {heading: each and each.field for heading, each in found.items()} == dict.fromkeys(found, field)


def test_a_heading_of_prices_says_what_they_are() -> None:
    net, gross = read_heading("Cena bez PDV", CODES), read_heading("Prezzo (IVA incl.)", CODES)
    case, kilo, tier = (read_heading(each, CODES) for each in ("Price per case", "Precio/kg", "Price from 6"))

    assert net and gross and case and kilo and tier
    assert (net.tax, gross.tax, case.per, kilo.per, tier.minimum) == ("net", "gross", "case", "kg", 6)
    assert (read_heading("Cena (RSD)", CODES) or net).currency == "RSD"
