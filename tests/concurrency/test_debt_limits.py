"""Two bids of one person in two runs of a group at once: together they stay within what the group allows."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bulq import db
from bulq.domain.errors import BulqError
from bulq.models import Group
from bulq.queries.expected import expected_balance
from bulq.services import bids, groups, prices
from tests.cast import NOW, PACK, Cast, plan
from tests.concurrency.rounds import at_once, cast_of_this_test, looking, refusals
from tests.owing import new_group

pytestmark = pytest.mark.only("postgresql")
ROUNDS = 8


@pytest.fixture
def cast(database: str) -> Cast:
    cast = cast_of_this_test()
    db.write_now(prices.see_price, cast.ana, cast.rice, cast.store_id, 799, "EUR", now=NOW)
    return cast


def two_runs(session: Session, cast: Cast) -> tuple[UUID, UUID, UUID]:
    group_id = new_group(session, cast)
    groups.set_debt_limit(session, cast.ana, group_id, 1000, now=NOW)
    one, other = (plan(session, replace(cast, group_id=group_id)) for _ in range(2))
    return group_id, one, other


@pytest.mark.parametrize("standing", [False, True])
def test_only_one_of_them_passes(cast: Cast, standing: bool) -> None:
    """As first bids, and as bids that were there before."""
    for _ in range(ROUNDS):
        group_id, one, other = db.write_now(two_runs, cast)
        if standing:
            for run_id in (one, other):
                db.write_now(bids.mark_interested, cast.bojan, run_id, cast.rice, now=NOW)

        results = at_once(
            *(lambda s, r=run_id: bids.place_bid(s, cast.bojan, r, cast.rice, PACK, now=NOW) for run_id in (one, other))
        )

        assert refusals(results) == ["debt_limit"]
        with looking() as session:
            assert expected_balance(session, cast.bojan, session.get_one(Group, group_id)) == -799


def test_others_of_the_group_do_not_wait_for_each_other(cast: Cast) -> None:
    for _ in range(ROUNDS):
        _, one, other = db.write_now(two_runs, cast)

        results = at_once(
            lambda s, r=one: bids.place_bid(s, cast.bojan, r, cast.rice, PACK, now=NOW),
            lambda s, r=other: bids.place_bid(s, cast.mila, r, cast.rice, PACK, now=NOW),
        )

        assert not [each for each in results if isinstance(each, BulqError)]
