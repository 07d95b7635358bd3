"""Payment codes say exactly what their standards ask, whatever a group is called and however much is owed."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.errors import Invalid
from bulq.domain.payment_codes import EPC_BYTES, Code, code_for, epc, fits, nbs_ips, paypal, revolut, upi
from bulq.domain.payouts import LONGEST_NAME, Details, Kind, check_details, is_read_by_banks

SERBIAN = Details(Kind.SERBIAN, "165000000000005574", "Ana Marić")
GERMAN = Details(Kind.IBAN, "DE89370400440532013000", "Ana Marić")
IN_SERBIA = Details(Kind.IBAN, "RS35260005601001611379", "Ana Marić", "NBSRRSBG")
TURKISH = Details(Kind.IBAN, "TR330006100519786457841326", "Ana Marić")
UPI = Details(Kind.UPI, "ana@oksbi", "Ana Marić")
PAYPAL = Details(Kind.PAYPAL, "AnaMaric")
REVOLUT = Details(Kind.REVOLUT, "anamaric")
TEXT = Details(Kind.TEXT, "060 123", "Zelle")
ALL = (SERBIAN, GERMAN, IN_SERBIA, TURKISH, UPI, PAYPAL, REVOLUT, TEXT)
CURRENCIES = ("RSD", "EUR", "INR", "USD", "JPY", "KWD", "HUF", "RON")
purposes = st.text(max_size=300) | st.text("Ж|\n\u202e\ud800 a:é", max_size=4096)
amounts = st.integers(1, 10**11 - 1)


def test_the_code_of_the_national_bank_of_serbia() -> None:
    assert nbs_ips("165000000000005574", "Ana Marić", 123_456, "RSD", "Liman: Metro 2026-11-28") == (
        "K:PR|V:01|C:1|R:165000000000005574|N:Ana Marić|I:RSD1234,56|SF:289|S:Liman: Metro 2026-11-28"
    )
    assert nbs_ips("165000000000005574", "Ana", 100_000, "RSD").endswith("|I:RSD1000,00|SF:289")


def test_the_code_for_a_sepa_transfer() -> None:
    assert epc(GERMAN, 1250, "EUR", "Liman") == (
        "BCD\n002\n1\nSCT\n\nAna Marić\nDE89370400440532013000\nEUR12.50\n\n\nLiman"
    )
    assert epc(IN_SERBIA, 1, "EUR") == "BCD\n002\n1\nSCT\nNBSRRSBG\nAna Marić\nRS35260005601001611379\nEUR0.01"


def test_links() -> None:
    assert upi("ana@oksbi", "Ana Marić", 1250, "INR", "Liman & Metro") == (
        "upi://pay?pa=ana@oksbi&pn=Ana%20Mari%C4%87&am=12.50&cu=INR&tn=Liman%20%26%20Metro"
    )
    assert upi("ana@oksbi", "Ana", 5, "INR") == "upi://pay?pa=ana@oksbi&pn=Ana&am=0.05&cu=INR"
    assert paypal("AnaMaric", 1250, "EUR") == "https://paypal.me/AnaMaric/12.50EUR"
    assert revolut("anamaric", 1250, "EUR") == "https://revolut.me/anamaric?currency=EUR&amount=1250"


@pytest.mark.parametrize(
    ("details", "currencies"),
    [
        (SERBIAN, {"RSD"}),
        (GERMAN, {"EUR"}),
        (IN_SERBIA, {"EUR", "RSD"}),
        (TURKISH, {"EUR"}),
        (UPI, {"INR"}),
        (PAYPAL, {"EUR", "USD", "JPY", "HUF"}),
        (REVOLUT, {"EUR", "USD", "HUF", "RON"}),
        (TEXT, set(CURRENCIES)),
    ],
    ids=lambda value: value.kind if isinstance(value, Details) else "",
)
def test_what_fits_a_currency(details: Details, currencies: set[str]) -> None:
    assert {currency for currency in CURRENCIES if fits(details, currency)} == currencies


@pytest.mark.parametrize(
    ("amount", "currency", "link"),
    [
        (1250, "JPY", "https://paypal.me/AnaMaric/1250JPY"),
        (125_000, "HUF", "https://paypal.me/AnaMaric/1250HUF"),
        (125_050, "HUF", None),
        (125_000, "TWD", "https://paypal.me/AnaMaric/1250TWD"),
        (1250, "KWD", None),
        (1250, "RSD", None),
        (0, "EUR", None),
        (-5, "JPY", None),
    ],
)
def test_paypal_takes_amounts_as_each_currency_is_divided(amount: int, currency: str, link: str | None) -> None:
    assert code_for(PAYPAL, amount, currency, "Liman") == (Code(link, link) if link else None)


@pytest.mark.parametrize("currency", ["JPY", "KWD", "ISK", "RSD", "eur", ""])
def test_other_currencies_are_refused(currency: str) -> None:
    for make in (
        lambda: nbs_ips(SERBIAN.to, "Ana", 1, "EUR" if currency == "RSD" else currency),
        lambda: epc(GERMAN, 1, currency),
        lambda: upi("ana@oksbi", "Ana", 1, currency),
        lambda: revolut("ana", 1, currency),
    ):
        with pytest.raises(Invalid) as refusal:
            make()
        assert (refusal.value.key, refusal.value.field) == ("payment_code_currency", "currency")


@pytest.mark.parametrize("amount", [0, -1, -(10**20)])
def test_nothing_and_less_is_no_payment(amount: int) -> None:
    for details, currency in ((SERBIAN, "RSD"), (GERMAN, "EUR"), (UPI, "INR"), (PAYPAL, "JPY"), (REVOLUT, "EUR")):
        assert code_for(details, amount, currency, "Liman") is None
    with pytest.raises(Invalid) as refusal:
        epc(GERMAN, amount, "EUR")
    assert (refusal.value.key, refusal.value.field) == ("money_positive", "amount")


def test_amounts_end_where_the_standards_end() -> None:
    assert "\nEUR999999999.99" in epc(GERMAN, 10**11 - 1, "EUR")
    assert "|I:RSD999999999999,99|" in nbs_ips(SERBIAN.to, "Ana", 10**14 - 1, "RSD")
    for make in (lambda: epc(GERMAN, 10**11, "EUR"), lambda: nbs_ips(SERBIAN.to, "Ana", 10**14, "RSD")):
        with pytest.raises(Invalid) as refusal:
            make()
        assert (refusal.value.key, refusal.value.field) == ("payment_code_amount", "amount")


def test_outside_of_sepa_there_is_an_account_and_no_code() -> None:
    assert code_for(TURKISH, 1250, "EUR", "Liman") is None
    assert code_for(TEXT, 1250, "EUR", "Liman") is None


def test_a_serbian_iban_is_paid_in_dinars_as_the_account_that_it_is() -> None:
    assert code_for(IN_SERBIA, 100, "RSD", "") == Code(nbs_ips("260005601001611379", "Ana Marić", 100, "RSD"))


@pytest.mark.parametrize(
    ("purpose", "said"),
    [
        ("Liman|I:RSD1,00", "Liman I:RSD1,00"),
        ("Liman\nEUR1.00", "Liman EUR1.00"),
        ("\u202eLiman", "Liman"),
        ("Liman\ud800", "Liman"),
        ("Ⅷ Liman 😀 नमस्ते", "VIII Liman"),
        ("x" * 4096, "x" * 35),
        ("x" * 34 + " yz", "x" * 34),
        (" | \n", ""),
    ],
)
def test_what_it_is_for_is_fitted_to_the_format(purpose: str, said: str) -> None:
    code = nbs_ips(SERBIAN.to, "Ana", 100, "RSD", purpose)

    assert code.partition("|SF:289")[2] == (f"|S:{said}" if said else "")


@given(amounts, purposes)
def test_a_serbian_code_is_read_as_it_was_written(amount: int, purpose: str) -> None:
    code = code_for(SERBIAN, amount, "RSD", purpose)

    assert code
    tags = dict(part.split(":", 1) for part in code.text.split("|"))
    assert list(tags)[:7] == ["K", "V", "C", "R", "N", "I", "SF"] and all(tags.values())
    assert (tags["R"], tags["N"]) == (SERBIAN.to, SERBIAN.name)
    assert int(tags["I"].removeprefix("RSD").replace(",", "")) == amount and 5 <= len(tags["I"]) <= 18
    assert len(tags.get("S", "")) <= 35 and code.text == code.text.strip()
    code.text.encode()


@given(amounts, purposes, st.text("ЖAć'\u1e9e ", max_size=LONGEST_NAME))
def test_a_sepa_code_is_read_as_it_was_written(amount: int, purpose: str, name: str) -> None:
    details = check_details("iban", GERMAN.to, f"A{name}"[:LONGEST_NAME], "DEUTDEFF500")
    code = code_for(details, amount, "EUR", purpose)

    assert code
    lines = code.text.split("\n")
    assert lines[:7] == ["BCD", "002", "1", "SCT", details.bic, details.name, details.to] and lines[-1]
    assert int(lines[7].removeprefix("EUR").replace(".", "")) == amount
    assert len(lines) in (8, 11) and lines[8:10] in ([], ["", ""])
    assert len((lines[10:] and lines[10]) or "") <= 140 and all(map(is_read_by_banks, "".join(lines[10:])))
    assert len(code.text.encode()) <= EPC_BYTES


@given(amounts, purposes)
def test_a_upi_link_is_read_as_it_was_written(amount: int, purpose: str) -> None:
    code = code_for(UPI, amount, "INR", purpose)

    assert code and code.link.isascii() and " " not in code.link and "+" not in code.link
    asked = parse_qs(urlsplit(code.link).query, strict_parsing=True)
    assert (asked["pa"], asked["pn"], asked["cu"]) == ([UPI.to], [UPI.name], ["INR"])
    assert int(asked["am"][0].replace(".", "")) == amount and len(asked.get("tn", [""])[0]) <= 50


@given(st.sampled_from(ALL), st.integers(), st.sampled_from(CURRENCIES) | st.text(max_size=3), purposes)
def test_there_is_a_code_only_where_it_fits(details: Details, amount: int, currency: str, purpose: str) -> None:
    code = code_for(details, amount, currency, purpose)

    assert code is None or (amount > 0 and fits(details, currency))
