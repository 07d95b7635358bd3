"""Two entries for one thing become one: nothing is lost, and nobody owes something else unnoticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.merging import LONGEST_NOTE, changes_sums, joined_note, joined_quantity
from bulq.domain.statements import Purchase


@pytest.mark.parametrize(
    ("kept", "moved", "both"),
    [(None, None, None), (1000, None, 1000), (None, 500, 500), (1000, 500, 1500), (9_999_000, 1, 9_999_001)],
)
def test_quantities_are_added_up_and_interest_counts_nowhere(
    kept: int | None, moved: int | None, both: int | None
) -> None:
    assert joined_quantity(kept, moved) == both


@pytest.mark.parametrize(
    ("kept", "moved", "both"),
    [("", "", ""), ("Ripe", "", "Ripe"), ("", "Ripe", "Ripe"), ("Ripe", "Ripe", "Ripe"), ("Ripe", "Red", "Ripe\nRed")],
)
def test_notes_stand_below_each_other(kept: str, moved: str, both: str) -> None:
    assert joined_note(kept, moved) == both


@given(st.text(max_size=LONGEST_NOTE), st.text(max_size=LONGEST_NOTE))
def test_both_notes_fit_where_one_does(kept: str, moved: str) -> None:
    assert len(joined_note(kept, moved)) <= LONGEST_NOTE


def line(item: str, total: int, bought: int, **people: int) -> Purchase:
    return Purchase(item, total, bought, people)


@pytest.mark.parametrize(
    ("kept", "moved", "changes"),
    [
        (line("a", 1598, 2000, ana=2000), line("b", 2397, 3000, bojan=3000), False),  # at one price
        (line("a", 1000, 2000, ana=2000), line("b", 3000, 2000, bojan=2000), True),  # at two
        (line("a", 1000, 2000, ana=2000), line("b", 3000, 2000, ana=2000), False),  # at two, but for one person
        (line("a", 1000, 3000, ana=1000, bojan=2000), line("b", 1000, 3000, ana=1000, bojan=2000), True),  # a cent
        (line("a", 799, 1000, ana=1000), line("b", 0, 0), False),  # not there
        (line("a", 799, 1000), line("b", 799, 1000, ana=1000), False),  # one left over
        (line("a", 0, 1000, ana=1000), line("b", 0, 1000, bojan=1000), False),  # given for nothing
    ],
)
def test_it_shows_when_somebody_would_owe_something_else(kept: Purchase, moved: Purchase, changes: bool) -> None:
    assert changes_sums(kept, moved) is changes
