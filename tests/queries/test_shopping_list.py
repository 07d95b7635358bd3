"""The facts of the list at the shop."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bulq.domain.phases import Phase
from bulq.queries.shopping import BidderNote, PriceSeen, ShoppingList, shopping_list
from bulq.services import bids, catalogue, groups, phases
from tests import seeing
from tests.cast import NOW, PACK, Cast, assemble, bring_to, item_of, plan


@pytest.fixture
def cast(session: Session) -> Cast:
    return assemble(session)


@pytest.fixture
def run(session: Session, cast: Cast) -> UUID:
    return bring_to(session, cast, Phase.SHOPPING)


def buy(session: Session, cast: Cast, run: UUID, product: UUID, quantity: int, total: int, **more: Any) -> None:
    seeing.buy(session, cast.ana, run, item_of(session, run, product), quantity, total, now=NOW, **more)
    session.flush()


def read(session: Session, cast: Cast, run: UUID) -> ShoppingList:
    return shopping_list(session, cast.bojan, run)


def test_it_says_what_to_buy_by_name(session: Session, cast: Cast, run: UUID) -> None:
    found = read(session, cast, run)

    assert [(item.name, item.wanted, item.bought, item.step) for item in found.items.values()] == [
        ("Basmati rice 5 kg", 10 * PACK, 0, 1000),
        ("Tomatoes", 1500, 0, 500),
    ]
    assert (found.paid, found.lines, found.phase, found.currency) == (0, {}, Phase.SHOPPING, "EUR")
    assert (found.leader_id, found.helpers) == (str(cast.ana.id), ())
    assert {found.names[each] for each in found.members} == {"Ana", "Bojan", "Mila"}


def test_it_says_what_bidders_want_one_to_know_in_the_order_of_bidding(session: Session, cast: Cast) -> None:
    run = plan(session, cast)
    bids.place_bid(session, cast.mila, run, cast.rice, PACK, note="the red bag", now=NOW)
    bids.place_bid(session, cast.bojan, run, cast.rice, PACK, note="not the old ones", now=NOW)
    bids.place_bid(session, cast.ana, run, cast.tomatoes, 500, now=NOW)
    bids.mark_interested(session, cast.mila, run, cast.tomatoes, now=NOW)
    bids.write_note(session, cast.mila, run, cast.tomatoes, "perhaps", now=NOW)
    session.flush()
    seeing.confirm_run(session, cast.ana, run, now=NOW)
    phases.start_shopping(session, cast.ana, run, now=NOW)
    session.flush()

    rice, tomatoes = read(session, cast, run).items.values()

    assert rice.notes == (BidderNote("Mila", "the red bag"), BidderNote("Bojan", "not the old ones"))
    assert tomatoes.notes == ()  # of somebody who is interested only


def test_what_the_scale_says_is_all_of_it_within_a_step(session: Session, cast: Cast, run: UUID) -> None:
    buy(session, cast, run, cast.tomatoes, 1470, 190)
    buy(session, cast, run, cast.rice, 7 * PACK, 5593, payer_id=cast.bojan.id)

    found = read(session, cast, run)

    assert {item.name: (item.bought, item.settled) for item in found.items.values()} == {
        "Basmati rice 5 kg": (7 * PACK, False),
        "Tomatoes": (1470, True),
    }
    assert [(line.quantity, line.total, found.names[line.payer_id]) for line in found.lines.values()] == [
        (1470, 190, "Ana"),
        (7 * PACK, 5593, "Bojan"),
    ]
    assert found.paid == 5783


def test_a_price_that_had_to_be_rounded_is_said_to_be_about(session: Session, cast: Cast, run: UUID) -> None:
    buy(session, cast, run, cast.rice, 3 * PACK, 500)
    buy(session, cast, run, cast.tomatoes, 2000, 258)

    lines = read(session, cast, run).lines.values()

    assert [(line.price, line.per, line.exact) for line in lines] == [(167, 1000, False), (129, 1000, True)]
    assert [(line.typed_price, line.typed_per) for line in lines] == [(500, 3000), (129, 1000)]


def test_the_next_purchase_begins_with_what_was_paid_last(session: Session, cast: Cast, run: UUID) -> None:
    catalogue.note_price(session, cast.ana, run, cast.rice, 799, now=NOW)
    session.flush()
    noted = next(iter(read(session, cast, run).items.values()))
    buy(session, cast, run, cast.rice, 2 * PACK, 1400)

    rice = next(iter(read(session, cast, run).items.values()))

    assert (noted.price, noted.per, noted.prices) == (799, 1000, (PriceSeen(799, 1000, True, 0, 0, NOW),))
    assert (rice.price, rice.per) == (700, 1000)


def test_a_payer_who_has_left_keeps_their_name(session: Session, cast: Cast, run: UUID) -> None:
    buy(session, cast, run, cast.rice, PACK, 799, payer_id=cast.mila.id)
    groups.leave_group(session, cast.mila, cast.group_id, now=NOW)
    session.flush()

    found = read(session, cast, run)

    assert found.names[str(cast.mila.id)] == "Mila" and str(cast.mila.id) not in found.members
