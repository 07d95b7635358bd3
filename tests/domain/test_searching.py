"""How names are looked for: any case, accent and script, and one typo."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bulq.domain.searching import (
    LONGEST,
    LONGEST_TYPED,
    as_held,
    distance,
    ends_of,
    may_be_misspelt,
    one_typo_apart,
    search_key,
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
    assert len(words_of(key)) <= 6


@pytest.mark.parametrize("typed", ["%", "_", "\\", "...", "😀", "\u202e", ""])
def test_marks_alone_are_no_words(typed: str) -> None:
    assert words_of(typed_key(typed)) == ()


def test_a_megabyte_is_cut_before_anything_is_done_with_it() -> None:
    assert len(typed_key("x" * 10_000_000)) == LONGEST_TYPED


def test_one_or_two_letters_have_to_begin_a_word() -> None:
    assert [as_held(word) for word in ("r", "ri", "ric")] == [" r", " ri", "ric"]


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
