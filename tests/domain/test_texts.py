"""Texts are tidied or refused; names that look the same are the same."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.errors import Invalid
from bulq.domain.texts import check_password, check_username, clean_text, name_key, username_key


def refusal(text: str, **options: int | bool) -> Invalid:
    with pytest.raises(Invalid) as refused:
        clean_text(text, field="note", **{"maximum": 20, **options})  # type: ignore[arg-type]
    assert refused.value.field == "note"
    return refused.value


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("", ""),
        ("  \u00a0 ", ""),
        (" Ana  \t Marija\n", "Ana Marija"),
        ("Cafe\u0301", "Café"),
        ("मध्य बाज़ार", unicodedata.normalize("NFC", "मध्य बाज़ार")),
        ("<b>'; DROP TABLE", "<b>'; DROP TABLE"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("x" * 20, "x" * 20),
    ],
)
def test_a_text_is_tidied(text: str, clean: str):
    assert clean_text(text, field="note", maximum=20) == clean


def test_lines_stay_where_they_may():
    text = " one \r\n\r\n\r\n\r\n  two  \u2028three\t\n"

    assert clean_text(text, field="note", maximum=50, multiline=True) == "one\n\ntwo\nthree"
    assert clean_text(text, field="note", maximum=50) == "one two three"


@pytest.mark.parametrize(
    "character",
    [chr(code) for code in (0, 1, 7, 8, 11, 12, 27, 0x7F, 0x85, 0x9F, 0xD800, 0xDFFF)]
    + [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)]
    + list("\u061c\u200b\u2060\ufeff\u3164"),
)
def test_marks_that_hide_or_turn_writing_are_refused(character: str):
    for multiline in (False, True):
        assert refusal(f"a{character}b", multiline=multiline).key == "text_characters"
    assert refusal(character, minimum=1).key == "text_characters"


@pytest.mark.parametrize(
    ("text", "minimum", "key", "values"),
    [
        ("", 1, "text_missing", {}),
        (" \u00a0\n", 2, "text_missing", {}),
        ("\u200d", 1, "text_missing", {}),
        ("\u0301\u0301", 1, "text_missing", {}),
        ("a", 2, "text_too_short", {"minimum": 2}),
        (" a ", 2, "text_too_short", {"minimum": 2}),
        ("x" * 21, 0, "text_too_long", {"maximum": 20}),
    ],
)
def test_the_length_counts_after_tidying(text: str, minimum: int, key: str, values: dict[str, int]):
    refused = refusal(text, minimum=minimum)

    assert (refused.key, refused.values) == (key, values)


def test_a_megabyte_of_accents_is_refused_at_once():
    started = time.perf_counter()

    assert refusal("a" + "\u0301\u0323" * 5_000_000).key == "text_too_long"
    with pytest.raises(Invalid):
        check_username("a" + "\u0301\u0323" * 5_000_000)

    assert time.perf_counter() - started < 1


@given(st.text(st.characters()), st.booleans())
def test_a_clean_text_stays_as_it_is(text: str, multiline: bool):
    try:
        clean = clean_text(text, field="note", maximum=30, minimum=1, multiline=multiline)
    except Invalid as refused:
        assert refused.key.startswith("text_")
        return
    assert clean_text(clean, field="note", maximum=30, minimum=1, multiline=multiline) == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert 1 <= len(clean) <= 30
    assert clean == clean.strip()
    assert multiline or "\n" not in clean
    clean.encode()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café", "CAFE"),
        ("Cafe\u0301", "café"),
        ("Đorđe", "dorde"),
        ("Łódź", "lodz"),
        ("Smørrebrød", "smorrebrod"),
        ("Straße", "STRASSE"),
        ("  Rice   5 kg ", "rice 5 KG"),
        ("İstanbul ılık", "istanbul ilik"),
        ("Ёлка", "елка"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("ﬁne", "FINE"),
        ("a\u00a0b", "A B"),
    ],
)
def test_names_differing_in_case_and_accents_are_the_same(one: str, other: str):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Rice", "Ryce"), ("Rice 1", "Rice 2"), ("ab", "a b"), ("か", "が"), ("कमल", "कमला"), ("क", "क्"), ("лук", "luk")],
)
def test_other_names_stay_apart(one: str, other: str):
    assert name_key(one) != name_key(other)


@given(st.text())
def test_a_key_is_its_own_key(text: str):
    key = name_key(text)

    assert name_key(key) == key
    assert name_key(f"  {text} ") == key


@given(st.text("aábcčćdđeéëilłoøößuüžŽÀÉŠ ", max_size=20))
def test_case_never_makes_another_name(text: str):
    assert name_key(text) == name_key(text.upper()) == name_key(text.lower())
    assert name_key(text).isascii()


@pytest.mark.parametrize(
    "text", ["ana", "Bojan_2", "e-v-a", "---", "Žana", "бојан", "कमल_देवी", "x" * 50, " ana ", "Jose\u0301"]
)
def test_a_username_is_letters_digits_and_two_marks(text: str):
    assert check_username(text) == unicodedata.normalize("NFC", text.strip())


@pytest.mark.parametrize("text", ["", "ab", "  ab  ", "x" * 51, pytest.param("x" * 10_000_000, id="ten megabytes")])
def test_a_username_has_its_length(text: str):
    with pytest.raises(Invalid) as refused:
        check_username(text)

    assert (refused.value.key, refused.value.field) == ("username_length", "username")
    assert refused.value.values == {"minimum": 3, "maximum": 50}


@pytest.mark.parametrize(
    "text",
    [
        *("a b c", "ana@x", "ana.b", "ana\x00", "ana\u200b", "\u202eana", "ana½", "ana²", "ana👋", "\u0301ana"),
        *("ana\ud800", "an\u3164a", "a'--b", "<ana>"),
    ],
)
def test_a_username_has_nothing_else(text: str):
    with pytest.raises(Invalid) as refused:
        check_username(text)

    assert (refused.value.key, refused.value.field) == ("username_characters", "username")


@given(st.text(st.characters(), max_size=60))
def test_any_username_is_fine_or_refused(text: str):
    try:
        username = check_username(text)
    except Invalid as refused:
        assert refused.field == "username"
        return
    assert check_username(username) == username
    assert username_key(username) == username_key(username_key(username))


def test_usernames_are_compared_without_case_but_with_accents():
    assert username_key("Ana") == username_key("aNA")
    assert username_key("Žana") == username_key("žANA") != username_key("Zana")
    assert username_key("ａｎａ") == username_key("ana")


@pytest.mark.parametrize("text", ["x" * 10, " " * 10, "pässwörd \u202e!", "x" * 128])
def test_a_password_stays_untouched(text: str):
    assert check_password(text) == text


@pytest.mark.parametrize("text", ["", "x" * 9, "x" * 129, pytest.param("x" * 10_000_000, id="ten megabytes")])
def test_a_password_has_its_length(text: str):
    with pytest.raises(Invalid) as refused:
        check_password(text)

    assert (refused.value.key, refused.value.field) == ("password_length", "password")
    assert refused.value.values == {"minimum": 10, "maximum": 128}


def test_a_password_that_cannot_be_encoded_is_refused():
    with pytest.raises(Invalid) as refused:
        check_password("\ud800" * 12)

    assert (refused.value.key, refused.value.field) == ("text_characters", "password")
