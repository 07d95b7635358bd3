"""Accounts and handles: what people type, in its shortest form, and what is wrong with it at the field."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.errors import Invalid
from bulq.domain.payouts import (
    EEA,
    LONGEST_NAME,
    Details,
    Kind,
    account_control,
    check_details,
    iban,
    is_read_by_banks,
    serbian_account,
)

GERMAN = "DE89370400440532013000"
HOSTILE = {
    "4 kB": "9" * 4096,
    "4 kB of letters": "Ж" * 4096,
    "a lone surrogate": "165-55-74\ud800",
    "a pipe": "Ana|I:RSD1,00",
    "a line break": "Ana\nEUR1",
    "a mark from right to left": "\u202eAna",
    "digits of another script": "١٦٥-٥٥-٧٤",
    "nothing": "",
    "blanks": " \u00a0 ",
    "a null": "\x00",
    "an emoji": "😀",
}


@pytest.mark.parametrize(
    ("typed", "account"),
    [
        ("165-55-74", "165000000000005574"),
        ("310-1234567891211-86", "310123456789121186"),
        ("310123456789121186", "310123456789121186"),
        (" 165 – 0000000000055 – 74 ", "165000000000005574"),
        ("rs35 2600 0560 1001 6113 79", "260005601001611379"),
        ("840-955845-10", "840000000095584510"),
    ],
)
def test_a_serbian_account_has_18_digits(typed: str, account: str) -> None:
    assert serbian_account(typed) == account


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("165-55-75", "account_control"),
        ("310-1234567891211-87", "account_control"),
        ("16555-74", "account_parts"),
        ("165-55", "account_parts"),
        ("16-555-74", "account_parts"),
        ("165-55-7", "account_parts"),
        ("165--74", "account_parts"),
        ("1650000000000055740", "account_digits"),
        ("abc-55-74", "account_digits"),
        ("RS36260005601001611379", "iban_check"),
        ("", "account_digits"),
    ],
)
def test_what_is_no_serbian_account_is_refused_at_the_field(typed: str, why: str) -> None:
    with pytest.raises(Invalid) as refusal:
        serbian_account(typed)

    assert (refusal.value.key, refusal.value.field) == (why, "to")


@given(bank=st.integers(100, 999), number=st.integers(0, 10**13 - 1))
def test_what_is_shown_of_an_account_is_that_account(bank: int, number: int) -> None:
    first = f"{bank}{number:013}"
    account = f"{first}{account_control(first):02}"

    details = check_details("serbian", account, "Ana")

    assert details.to == account and int(account) % 97 == 1
    assert check_details("serbian", details.shown, "Ana") == details


@given(number=st.integers(10**9, 10**15), at=st.integers(0, 15), digit=st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: int, at: int, digit: int) -> None:
    first = f"{number:016}"
    wrong = first[:at] + str((int(first[at]) + digit) % 10) + first[at + 1 :]

    assert account_control(wrong) != account_control(first)


@pytest.mark.parametrize("typed", [GERMAN, "de89 3704 0044 0532 0130 00", "DE89-3704-0044-0532-0130-00"])
def test_an_iban_is_kept_without_blanks(typed: str) -> None:
    details = check_details("iban", typed, "Ana Marić")

    assert details == Details(Kind.IBAN, GERMAN, "Ana Marić")
    assert details.shown == "DE89 3704 0044 0532 0130 00"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("DE88370400440532013000", "iban_check"),
        ("DE8937040044053201300", "iban_check"),
        ("XX89370400440532013000", "iban_check"),
        ("RS35260005601001611380", "iban_check"),
        ("370400440532013000", "iban_form"),
        ("DE89", "iban_form"),
        ("ДЕ89370400440532013000", "iban_form"),
    ],
)
def test_what_is_no_iban_is_refused(typed: str, why: str) -> None:
    with pytest.raises(Invalid) as refusal:
        iban(typed)

    assert (refusal.value.key, refusal.value.field) == (why, "to")


@pytest.mark.parametrize(
    ("account", "typed", "bic"),
    [
        (GERMAN, "", ""),
        (GERMAN, "deut de ff", "DEUTDEFF"),
        ("RS35260005601001611379", "NBSRRSBG", "NBSRRSBG"),
        ("RS35260005601001611379", "", "bic_missing"),
        ("CH9300762011623852957", " ", "bic_missing"),
        (GERMAN, "DEUT", "bic_form"),
        (GERMAN, "ДEUTDEFF", "bic_form"),
        (GERMAN, "DEUTDEFF\nEUR9", "bic_form"),
    ],
)
def test_the_bic_is_needed_beyond_the_economic_area(account: str, typed: str, bic: str) -> None:
    if bic.islower():
        with pytest.raises(Invalid) as refusal:
            check_details("iban", account, "Ana", typed)
        assert (refusal.value.key, refusal.value.field) == (bic, "bic")
    else:
        assert check_details("iban", account, "Ana", typed).bic == bic
        assert bool(bic) or account[:2] in EEA


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("upi", "ana.m-1@oksbi", "ana.m-1@oksbi"),
        ("upi", "ana", "upi_form"),
        ("upi", "ana&am=9@oksbi", "upi_form"),
        ("upi", "ana@ok sbi", "upi_form"),
        ("paypal", "AnaMaric", "AnaMaric"),
        ("paypal", "https://www.paypal.me/AnaMaric", "AnaMaric"),
        ("paypal", "paypal.com/paypalme/AnaMaric/", "AnaMaric"),
        ("paypal", "@AnaMaric", "AnaMaric"),
        ("paypal", "ana/9999", "paypal_form"),
        ("paypal", "ana@example.org", "paypal_form"),
        ("paypal", "https://evil.example/ana", "paypal_form"),
        ("paypal", "x" * 21, "paypal_form"),
        ("revolut", "@AnaMaric", "anamaric"),
        ("revolut", "https://revolut.me/ana_m1", "ana_m1"),
        ("revolut", "ana?amount=1", "revolut_form"),
        ("revolut", "ab", "revolut_form"),
        ("revolut", "ſamuel", "revolut_form"),
    ],
)
def test_ids_and_handles_are_names_and_nothing_else(kind: str, typed: str, kept: str) -> None:
    if kept.endswith("_form"):
        with pytest.raises(Invalid) as refusal:
            check_details(kind, typed, "Ana")
        assert (refusal.value.key, refusal.value.field) == (kept, "to")
    else:
        assert check_details(kind, typed, "Ana").to == kept


def test_free_text_has_the_name_of_its_app() -> None:
    assert check_details("text", "phone  060 123", " Zelle ") == Details(Kind.TEXT, "phone 060 123", "Zelle")
    with pytest.raises(Invalid) as refusal:
        check_details("text", "060 123", "")
    assert (refusal.value.key, refusal.value.field) == ("text_missing", "name")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        check_details("cheque", "x", "x")
    assert (refusal.value.key, refusal.value.field) == ("choice", "kind")


@pytest.mark.parametrize("name", ["Ana Marić", "Ђорђе Шљивић", "Szabó Ödön", "O'Neil & Co. (Liman)", "Ø. Łukasz"])
def test_names_that_banks_read(name: str) -> None:
    assert check_details("serbian", "165-55-74", name).name == name


def test_a_name_says_which_characters_banks_do_not_read() -> None:
    with pytest.raises(Invalid) as refusal:
        check_details("serbian", "165-55-74", "Ana|Marić 😀 |")
    assert (refusal.value.key, refusal.value.field, refusal.value.values) == (
        "payee_characters",
        "name",
        {"characters": "|😀"},
    )


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("field", ["to", "name", "bic"])
def test_hostile_texts_are_refused_at_their_field_or_harmless(kind: Kind, field: str, text: str) -> None:
    right = {
        Kind.SERBIAN: ("165-55-74", "Ana"),
        Kind.IBAN: (GERMAN, "Ana"),
        Kind.UPI: ("ana@oksbi", "Ana"),
        Kind.PAYPAL: ("ana", ""),
        Kind.REVOLUT: ("ana", ""),
        Kind.TEXT: ("060 123", "Zelle"),
    }[kind]
    given_ = {"to": right[0], "name": right[1], "bic": ""} | {field: text}
    try:
        kept = check_details(kind, **given_)
    except Invalid as refusal:
        assert refusal.field == field
        return
    for value in (kept.to, kept.name, kept.bic):
        assert len(value) <= 200
        assert not any(unicodedata.category(each) in ("Cc", "Cs", "Cf") for each in value)
        value.encode()
    assert kind is Kind.TEXT or "|" not in kept.to + kept.name + kept.bic


@given(st.sampled_from(Kind), st.text(max_size=60), st.text(max_size=80), st.text(max_size=20))
def test_whatever_is_kept_is_kept_again_as_it_is(kind: Kind, to: str, name: str, bic: str) -> None:
    try:
        kept = check_details(kind, to, name, bic)
    except Invalid as refusal:
        assert refusal.field in ("to", "name", "bic")
        return
    assert check_details(kind, kept.to, kept.name, kept.bic) == kept
    assert check_details(kind, kept.shown, kept.name, kept.bic) == kept
    if kind in (Kind.SERBIAN, Kind.IBAN, Kind.UPI):
        assert len(kept.name) <= LONGEST_NAME and all(map(is_read_by_banks, kept.name))
