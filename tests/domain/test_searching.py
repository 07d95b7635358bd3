"""How names are looked for: any case, accent and script, and one typo."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bulq.domain.searching import (
    LONGEST,
    LONGEST_TERM,
    LONGEST_TYPED,
    as_held,
    distance,
    ends_of,
    halves_of,
    is_enough,
    may_be_misspelt,
    one_typo_apart,
    search_key,
    term_of,
    typed_key,
    words_of,
)
from bulq.domain.texts import name_key

WORDS = st.text("abcd", min_size=4, max_size=9)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Đački pasulj, 1 kg", "dacki pasulj 1 kg"),
        ("Ђачки пасуљ, 1 kg", "dacki pasulj 1 kg"),
        ("Djački pasulj 1 kg", "dacki pasulj 1 kg"),
        ("ЉУБИЧИЦА Њива џем", "ljubicica njiva dzem"),
        ("Ćevapčići žuti", "cevapcici zuti"),
        ("Ћевапчићи жути", "cevapcici zuti"),
        ("Crème brûlée", "creme brulee"),
        ("Coca-Cola 100% (zero)", "coca cola 100 zero"),
        ("Молоко цельное", "moloko celnoe"),
        ("Φέτα", "φετα"),
        ("🍚🍚", "🍚🍚"),
        ("%_%", "%_%"),
        ("", ""),
        ("Oil 2L", "oil 2 l"),
        ("7UP", "7 up"),
        ("12×1 л", "12 x 1 l"),
        ("12 х 1 l", "12 x 1 l"),
        ("Млеко 2,50 лит", "mleko 2.5 l"),
        ("½ l", "1/2 l"),
        ("1.000 g", "1.000 g"),
        ("1.234,50", "1.234.50"),
        ("500 gr.", "500 g"),
        ("B12", "b 12"),
        ("大米", "大 米"),
    ],
)
def test_a_name_is_looked_for_without_case_accents_marks_and_script(name: str, key: str) -> None:
    assert search_key(name) == key


@given(st.text())
def test_a_key_is_short_and_the_same_when_folded_again(text: str) -> None:
    key = search_key(text)

    assert len(key) <= LONGEST
    assert search_key(name_key(text)) == key
    assert "  " not in key == key.strip()


@given(st.text())
def test_whatever_is_typed_comes_to_a_text_a_database_can_compare(text: str) -> None:
    key = typed_key(text * 50)

    key.encode()
    assert "\x00" not in key
    assert len(words_of(text * 50)) <= 6


@pytest.mark.parametrize("typed", ["%", "_", "\\", "...", "😀", "\u202e", ""])
def test_marks_alone_are_no_words(typed: str) -> None:
    assert words_of(typed) == ()


def test_a_megabyte_is_cut_before_anything_is_done_with_it() -> None:
    assert len(typed_key("x" * 10_000_000)) == LONGEST_TYPED


def test_one_or_two_letters_and_numbers_have_to_begin_a_word() -> None:
    assert [as_held(word) for word in ("r", "ri", "ric", "米", "500", "2 l")] == [
        " r",
        " ri",
        "ric",
        " 米",
        " 500",
        " 2 l",
    ]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("oil 2l", ("oil", "2 l")),
        ("2 l oil", ("2 l", "oil")),
        ("7up", ("7 up",)),
        ("7 up", ("7", "up")),
        ("12 x 1 l", ("12 x 1 l",)),
        ("12×1l cola", ("12 x 1 l", "cola")),
        ("x 1 l", ("x", "1 l")),
        ("大米", ("大 米",)),
        ("2.5kg", ("2.5 kg",)),
    ],
)
def test_what_is_typed_as_one_word_or_as_a_size_is_looked_for_as_one(typed: str, words: tuple[str, ...]) -> None:
    assert words_of(typed) == words


@pytest.mark.parametrize(
    ("name", "brand", "content", "term"),
    [
        ("Rice", "Daawat", "5000g", " rice daawat 5000 g 5 kg"),
        ("Oats 500 g", "", "", " oats 500 g 0.5 kg"),
        ("Wine 75 cl", "", "", " wine 75 cl 750 ml 0.75 l"),
        ("Salt 1 g", "", "", " salt 1 g"),
        ("Coca-Cola", "M&M's", "", " coca cola m m s cocacola mms"),
        ("Eggs", "", "10piece", " eggs 10 piece"),
    ],
)
def test_a_term_holds_sizes_in_other_units_and_divided_words_as_one(
    name: str, brand: str, content: str, term: str
) -> None:
    assert term_of(name, brand, content) == term


@given(st.text(), st.text())
def test_a_term_fits_its_column_and_is_the_same_for_what_the_catalogue_keeps(name: str, brand: str) -> None:
    term = term_of(name, brand, "5000g")

    assert term == term_of(name_key(name), name_key(brand), "5000g")
    assert len(term) <= LONGEST_TERM and "  " not in term


@pytest.mark.parametrize(
    ("typed", "enough"),
    [("", False), ("a", False), (" 5 ", False), ("😀", False), ("ab", True), ("米", True), ("茶 ", True)],
)
def test_one_character_is_enough_where_it_may_be_a_word(typed: str, enough: bool) -> None:
    assert is_enough(typed) == enough


def test_one_word_may_be_two() -> None:
    assert halves_of("cocacola") == [("coc", "acola"), ("coca", "cola"), ("cocac", "ola")]
    assert halves_of("cola") == halves_of("coca2cola") == []


@given(WORDS, WORDS)
def test_a_typo_is_one_letter_more_less_or_other_or_two_swapped(one: str, other: str) -> None:
    assert one_typo_apart(one, other) == (OSA.distance(one, other) <= 1)


@given(WORDS, WORDS)
def test_a_typo_leaves_the_beginning_or_the_end_as_it_is(one: str, other: str) -> None:
    begin, end = ends_of(one)

    if one_typo_apart(one, other):
        assert other.startswith(begin) or other.endswith(end)


@pytest.mark.parametrize(
    ("typed", "word", "apart"),
    [
        ("rice", "rice", 0),
        ("rcie", "rice", 1),
        ("bsmati", "basmati", 1),
        ("basmatti", "basmati", 1),
        ("tomate", "tomatoes", 2),
        ("rise", "mice", None),
        ("rice", "oil", None),
        ("basm", "basmati", None),  # is found as the beginning of it
    ],
)
def test_nearer_words_are_told_from_others(typed: str, word: str, apart: int | None) -> None:
    assert distance(typed, word) == apart


@pytest.mark.parametrize("word", ["ric", "5000", "b12b", "x" * 41, "a-b-c"])
def test_short_words_and_numbers_are_taken_at_their_word(word: str) -> None:
    assert not may_be_misspelt(word)
