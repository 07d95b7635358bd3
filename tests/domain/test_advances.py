"""How much somebody is asked for in advance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.advances import AdvanceShare, advance_of, still_asked

amounts = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("estimate", "share", "asked"),
    [(1540, "none", 0), (1540, "half", 770), (1541, "half", 771), (1, "half", 1), (1540, "all", 1540), (-5, "all", 0)],
)
def test_examples(estimate: int, share: str, asked: int) -> None:
    assert advance_of(estimate, AdvanceShare(share)) == asked


@given(amounts, st.sampled_from(list(AdvanceShare)), amounts)
def test_nobody_is_asked_for_more_than_the_estimate_or_for_what_they_said_they_paid(
    estimate: int, share: AdvanceShare, said: int
) -> None:
    rest = still_asked(estimate, share, said)

    assert 0 <= rest <= estimate
    assert rest == 0 or said + rest == advance_of(estimate, share)
    assert 2 * advance_of(estimate, AdvanceShare.HALF) >= estimate
