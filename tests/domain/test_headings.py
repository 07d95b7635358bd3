"""Headings of lists that hold the name of a field among other words."""

import pytest

from bulq.domain.lists.headings import Field, read_heading

CODES = frozenset({"EUR"})


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Item of the week", Field.NAME),  # a name of four letters
        ("All VAT in percent", None),  # three letters are too few
        ("Our items", None),  # part of another word
        ("Our item no 3", Field.ORDER_NO),  # "item no" is longer than "item"
        ("No 3 is our item no", Field.ORDER_NO),
        ("Size of a unit", Field.UNIT),  # as long as "size", which is less often meant
        ("Name of the item as sold here", None),  # seven words are a sentence
        ("Name of the item as sold", Field.NAME),
        ("Наша роба", Field.NAME),  # "roba" in the other script
        ("Our EAN", Field.BARCODE),
        ("Our EAN of the article", Field.BARCODE),
    ],
)
def test_the_longest_name_within_a_heading_tells_the_field(heading: str, field: Field | None) -> None:
    found = read_heading(heading, CODES)

    assert (found and found.field) == field


def test_a_name_within_a_heading_counts_less_than_one_that_is_the_heading() -> None:
    alone, within = read_heading("Item", CODES), read_heading("Item of the week", CODES)

    assert alone and within and alone.rank < within.rank
