"""Phases lead where they should, and a run finds its next leader."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.domain.errors import Conflict
from bulq.domain.phases import BIDDING, FINAL, OPEN, Phase
from bulq.domain.runs import check_phase, next_after_shopping, next_leader


@pytest.mark.parametrize("allowed", [BIDDING, OPEN, FINAL, (Phase.SHOPPING,), ()])
@pytest.mark.parametrize("phase", Phase)
def test_a_phase_has_room_for_its_own_acts_only(phase: Phase, allowed: tuple[Phase, ...]):
    if phase in allowed:
        check_phase(phase, allowed)
        return
    with pytest.raises(Conflict) as refusal:
        check_phase(phase, allowed)
    assert (refusal.value.key, refusal.value.values) == ("wrong_phase", {"phase": phase.value})


@pytest.mark.parametrize(
    ("items", "phase"),
    [
        ([], Phase.COMPLETED),
        ([(5, 0), (3, 0)], Phase.COMPLETED),
        ([(5, 5), (3, 3)], Phase.DISTRIBUTING),
        ([(5, 5), (3, 0)], Phase.DISTRIBUTING),
        ([(5, 5), (3, 2)], Phase.ADJUSTING),
        ([(5, 6), (3, 3)], Phase.ADJUSTING),
        ([(5, 0), (3, 2)], Phase.ADJUSTING),
        ([(5, 4), (3, 4)], Phase.ADJUSTING),
        ([(0, 2)], Phase.ADJUSTING),
    ],
)
def test_shopping_leads_where_the_goods_say(items: list[tuple[int, int]], phase: Phase):
    assert next_after_shopping([(*item, 1) for item in items]) == phase


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9))), st.integers(1, 9))
def test_what_was_not_there_changes_nothing(items: list[tuple[int, int]], wanted: int):
    bought = [(*item, 1) for item in items]

    assert next_after_shopping([*bought, (wanted, 0, 1)]) == next_after_shopping(bought)


@pytest.mark.parametrize(
    ("bought", "phase"),
    [
        (3000, Phase.ADJUSTING),
        (3001, Phase.DISTRIBUTING),
        (3470, Phase.DISTRIBUTING),
        (3999, Phase.DISTRIBUTING),
        (4000, Phase.ADJUSTING),
    ],
)
def test_weighed_goods_match_within_less_than_a_step(bought: int, phase: Phase):
    """3.5 kg wanted in steps of 0.5."""
    assert next_after_shopping([(3500, bought, 500)]) == phase


MONDAY, TUESDAY = datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("helpers", "admins", "leader"),
    [
        ([(TUESDAY, "bojan"), (MONDAY, "mila")], [(MONDAY, "ana")], "mila"),
        ([(MONDAY, "mila"), (MONDAY, "bojan")], [], "bojan"),
        ([(TUESDAY, "bojan")], [(MONDAY, "ana")], "bojan"),
        ([], [(TUESDAY, "eva"), (MONDAY, "petar")], "petar"),
        ([], [], None),
    ],
)
def test_the_longest_serving_leads_next(
    helpers: list[tuple[datetime, str]], admins: list[tuple[datetime, str]], leader: str | None
):
    assert next_leader(helpers, admins) == leader
