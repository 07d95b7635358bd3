"""What is read for a page is of one moment, whatever others commit while it is read."""

from __future__ import annotations

import pytest

from bulq import db
from bulq.queries.run_facts import run_facts
from bulq.services import bids, runs
from tests.cast import NOW, PACK, Cast, plan
from tests.concurrency.rounds import cast_of_this_test


@pytest.fixture
def cast(database: str) -> Cast:
    return cast_of_this_test()


def test_what_others_commit_meanwhile_is_not_in_it(cast: Cast) -> None:
    run_id = db.write_now(plan, cast)
    db.write_now(bids.place_bid, cast.bojan, run_id, cast.rice, PACK, now=NOW)

    with db.reading() as session:
        before = run_facts(session, cast.ana, run_id)
        session.expire_all()
        db.write_now(bids.place_bid, cast.mila, run_id, cast.rice, 2 * PACK, now=NOW)
        db.write_now(runs.set_helper, cast.ana, run_id, cast.mila.id, True, now=NOW)
        assert run_facts(session, cast.ana, run_id) == before

    with db.reading() as session:
        rice = run_facts(session, cast.ana, run_id).products[str(cast.rice)]
    assert rice.wanted == 3 * PACK
