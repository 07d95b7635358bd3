"""Which page is shown, whatever is wished for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.paging import page_of


@pytest.mark.parametrize(
    ("wanted", "count", "page"),
    [(1, 0, (1, 1)), (5, 0, (1, 1)), (1, 25, (1, 1)), (2, 26, (2, 2)), (10**12, 51, (3, 3)), (-7, 51, (1, 3))],
)
def test_there_is_always_a_page(wanted: int, count: int, page: tuple[int, int]) -> None:
    assert page_of(wanted, count, 25) == page


@given(st.integers(), st.integers(0, 10**6), st.integers(1, 500))
def test_pages_hold_everything_and_none_but_the_first_is_empty(wanted: int, count: int, size: int) -> None:
    page, pages = page_of(wanted, count, size)

    assert 1 <= page <= pages
    assert (pages - 1) * size < max(count, 1) <= pages * size
