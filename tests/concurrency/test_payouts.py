"""Where somebody wants to be paid, changed in two windows at the same moment, or while the keys change."""

from __future__ import annotations

from functools import partial

import pytest

from bulq import db
from bulq.domain.payouts import MOST
from bulq.queries.payouts import payouts
from bulq.services.payouts import add_payout, edit_payout, prefer_payout, seal_anew
from tests.cast import NOW, Cast, person
from tests.concurrency.rounds import ROUNDS, at_once, cast_of_this_test, refusals
from tests.test_sealed import NEW, OLD, use

pytestmark = pytest.mark.only("postgresql")


@pytest.fixture
def cast(database: str) -> Cast:
    return cast_of_this_test()


def test_two_windows_never_keep_more_than_there_is_room_for(cast: Cast) -> None:
    for turn in range(ROUNDS):
        who = db.write_now(person, f"Member{turn}")
        for number in range(MOST - 1):
            db.write_now(add_payout, who, "paypal", f"name{number}", now=NOW)

        results = at_once(*(partial(add_payout, actor=who, kind="paypal", to=each, now=NOW) for each in ("one", "two")))

        assert refusals(results) == ["too_many_payouts"]
        assert len(db.read_now(payouts, who).payouts) == MOST


def test_one_change_of_the_order_does_not_mix_with_another(cast: Cast) -> None:
    rows = [db.write_now(add_payout, cast.ana, "paypal", f"name{number}", now=NOW).id for number in range(MOST)]
    for turn in range(ROUNDS):
        first, second = rows[turn % MOST], rows[(turn + 2) % MOST]

        at_once(*(partial(prefer_payout, actor=cast.ana, payout_id=each, now=NOW) for each in (first, second)))

        order = list(db.read_now(payouts, cast.ana).payouts)
        assert len(order) == MOST and {order[0], order[1]} == {str(first), str(second)}


def test_what_somebody_writes_while_the_keys_change_stays(cast: Cast) -> None:
    row = db.write_now(add_payout, cast.ana, "paypal", "first", now=NOW).id
    for turn in range(ROUNDS):
        use(OLD)
        db.write_now(edit_payout, cast.ana, row, f"before{turn}", now=NOW)
        use(NEW, OLD)

        edit = partial(edit_payout, actor=cast.ana, payout_id=row, to=f"after{turn}", now=NOW)
        at_once(edit, partial(seal_anew, after=None, most=10))

        use(NEW)
        (line,) = db.read_now(payouts, cast.ana).payouts.values()
        assert line.account == f"after{turn}"
