"""Texts are tidied or refused; names that look the same are the same."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.errors import Invalid
from bulq.domain.texts import IGNORABLE, check_password, check_username, clean_text, name_key, readable, username_key


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
    [chr(code) for code in (0, 1, 7, 8, 11, 12, 27, 0x7F, 0x85, 0x9F, 0xD800, 0xDFFF)] + list("\ufff9\ufffb\u2800"),
)
def test_control_characters_are_refused(character: str):
    for multiline in (False, True):
        assert refusal(f"a{character}b", multiline=multiline).key == "text_characters"
    assert refusal(character, minimum=1).key == "text_characters"


def test_ignorables_are_all_of_unicodes():
    assert sum(IGNORABLE.match(chr(code)) is not None for code in range(0x110000)) == 4174  # as the standard counts


@pytest.mark.parametrize(
    "ignorable",
    list("\u00ad\u034f\u061c\u115f\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u202e\u2060\u2065\u2066\u206f\u3164")
    + list(
        "\ufe00\ufe0e\ufe0f\ufeff\uffa0\ufff0\U0001bca0\U0001d173\U000e0001\U000e0061\U000e0100\U000e01ef\U000e0fff"
    ),
)
def test_ignorables_are_dropped_from_names_and_keys(ignorable: str):
    for name in ("an{}a", "{}ana", "ana{}", "a{0}n{0}{0}a"):
        hidden = name.format(ignorable)
        assert clean_text(hidden, field="name", maximum=20) == "ana"
        assert check_username(hidden) == "ana"
        assert name_key(hidden) == username_key(hidden) == "ana"
    assert name_key(f"Š{ignorable}ećer 🍚{ignorable}") == name_key("Šećer 🍚")
    assert refusal(ignorable, minimum=1).key == "text_missing"


NEEDED = {
    "family": "👨\u200d👩\u200d👧",
    "heart on fire": "❤\ufe0f\u200d🔥",
    "skin": "👩🏽\u200d🌾",
    "coffee": "☕\ufe0f",
    "keycap": "1\ufe0f\u20e3",
    "Scotland": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "Persian": "نیم\u200cفاصله",
    "Sinhala": "ශ\u0dca\u200dරී",
    "Malayalam": "അവന\u0d4d\u200d",
    "Bengali": "র\u200d\u09cdযাব",
    "Japanese": "葛\U000e0100城",
    "Mongolian": "\u1828\u180c",
}


@pytest.mark.parametrize("name", NEEDED.values(), ids=NEEDED.keys())
def test_ignorables_that_readers_need_stay_in_the_name_alone(name: str):
    name = unicodedata.normalize("NFC", name)

    assert clean_text(name, field="name", maximum=20) == name
    assert IGNORABLE.search(name_key(name)) is None
    assert name_key(name) == name_key(IGNORABLE.sub("", name))


@pytest.mark.parametrize(
    "text", ["rice\ufe0f", "1\ufe0f", "a\u200db", "ب\u200c", "🍚\u200d", "🏴\U000e0067", "🍚\U000e0100", "م\u200ca"]
)
def test_ignorables_elsewhere_change_nothing_a_reader_sees(text: str):
    assert readable(text) == IGNORABLE.sub("", text)


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


@given(
    st.text(st.characters())
    | st.text("a1☕❤👩🏽🏴⃣नर্്්بسᠨ葛\u0653\u093c\u200b\u200c\u200d\u180b\ufe0f\U000e0067\U000e0100\U000e007f"),
    st.booleans(),
)
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
        ("L\u2019Oréal", "l'oreal"),
        ("Ben \u02bcn\u00b4 Jerry`s", "ben 'n' jerry's"),
        ("\u201eX\u201c \u2033", '"x" "'),
        ("Coca\u2011Cola 1\u20132", "coca-cola 1-2"),
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
        *("a b c", "ana@x", "ana.b", "ana\x00", "ana½", "ana²", "ana👋", "\u0301ana", "ana\ud800", "a'--b", "<ana>"),
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
