"""Prices of ordinary shops are evidence: noted by anybody, withdrawn for good, and by them a run says what it saved."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Forbidden, Invalid, NotFound
from bulq.domain.phases import Phase
from bulq.models import OrdinaryPrice
from bulq.models.base import new_id
from bulq.queries.product import product_facts
from bulq.queries.run_facts import run_facts
from bulq.queries.savings import savings_view
from bulq.queries.statement import statement_view
from bulq.services import catalogue, deleting, merging, ordinary
from tests.cast import NOW, Cast, World


def note(session: Session, cast: Cast, price: int = 999, who: Actor | None = None, **more: object) -> bool:
    is_new = ordinary.note_ordinary_price(session, who or cast.eva, cast.rice, price, "EUR", now=NOW, **more)  # type: ignore[arg-type]
    session.flush()
    return is_new


@pytest.fixture
def done(world: World) -> UUID:
    """A completed run in which 7 packs of rice were got for 55.93: 4 by Ana, 2 by Bojan, 1 by Mila."""
    return world.runs[Phase.COMPLETED]


def test_without_evidence_what_was_saved_is_unknown(session: Session, cast: Cast, done: UUID) -> None:
    facts = run_facts(session, cast.ana, done)
    view = savings_view(session, cast.ana, cast.group_id)

    assert (facts.saved, facts.saved_known, facts.saved_of) == (None, 0, 1)
    assert [(run.saved, run.mine, run.known, run.products) for run in view.runs] == [(None, None, 0, 1)]
    assert (view.saved, view.mine) == (0, 0)


def test_the_run_each_person_and_the_group_say_what_was_saved(session: Session, cast: Cast, done: UUID) -> None:
    for price in (1500, 999, 899):
        note(session, cast, price)

    facts = run_facts(session, cast.mila, done)
    of_each = [statement_view(session, cast.mila, done, who.id).saved for who in (cast.ana, cast.bojan, cast.mila)]
    view = savings_view(session, cast.bojan, cast.group_id)

    assert (facts.saved, facts.saved_known, facts.saved_of) == (1400, 1, 1)  # 7 for 9.99 less 55.93
    assert of_each == [800, 400, 200]
    assert (view.saved, view.mine, view.currency) == (1400, 400, "EUR")
    assert [(run.saved, run.mine) for run in view.runs] == [(1400, 400)]
    stranger = run_facts(session, cast.mila, done)
    assert stranger.saved == facts.saved


def test_another_currency_is_no_evidence(session: Session, cast: Cast, done: UUID) -> None:
    ordinary.note_ordinary_price(session, cast.eva, cast.rice, 99_900, "RSD", now=NOW)

    assert run_facts(session, cast.ana, done).saved is None


def test_a_withdrawn_one_counts_nowhere(session: Session, cast: Cast, done: UUID) -> None:
    note(session, cast)
    price_id = session.scalars(select(OrdinaryPrice.id)).one()

    for key, refusal in ((price_id, Forbidden), (new_id(), NotFound)):
        with pytest.raises(refusal):
            ordinary.withdraw_ordinary_price(session, cast.bojan, key, now=NOW)
    ordinary.withdraw_ordinary_price(session, cast.eva, price_id, now=NOW)
    ordinary.withdraw_ordinary_price(session, cast.ada, price_id, now=NOW)
    session.flush()

    assert run_facts(session, cast.ana, done).saved is None
    assert product_facts(session, cast.ana, cast.rice).usual is None


def test_the_product_shows_the_middle_one_with_count_and_age(session: Session, cast: Cast) -> None:
    for days, price in enumerate((1500, 999, 899)):
        note(session, cast, price, day=NOW.date() - timedelta(days=days), shop="Idea")

    facts = product_facts(session, cast.mila, cast.rice, currency="EUR")

    assert facts.usual is not None
    assert (facts.usual.price.amount, facts.usual.count, facts.usual.newest) == (999, 3, date(2026, 11, 24))
    assert [(each.price.amount, each.shop, each.seen_by_name) for each in facts.ordinary] == [
        (1500, "Idea", "Eva"),
        (999, "Idea", "Eva"),
        (899, "Idea", "Eva"),
    ]


def test_saying_the_same_twice_adds_nothing(session: Session, cast: Cast) -> None:
    assert note(session, cast)
    assert not note(session, cast)
    assert note(session, cast, who=cast.bojan)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"price": 0}, "price"),
        ({"price": -1}, "price"),
        ({"price": 10**12}, "price"),
        ({"per": 0}, "per"),
        ({"day": NOW.date() + timedelta(days=2)}, "day"),
        ({"day": NOW.date() - timedelta(days=400)}, "day"),
        ({"shop": "x" * 101}, "shop"),
    ],
)
def test_bad_prices_are_refused_at_their_field(
    session: Session, cast: Cast, more: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        note(session, cast, **({"price": 999} | more))  # type: ignore[arg-type]

    assert refusal.value.field == field


def test_a_merge_keeps_the_evidence_and_a_product_with_evidence_stays(session: Session, cast: Cast, done: UUID) -> None:
    twin = catalogue.add_product(session, cast.ana, "Rice of Basmati", "", "pack", 1000, now=NOW).id
    session.flush()
    ordinary.note_ordinary_price(session, cast.eva, twin, 999, "EUR", now=NOW)
    session.flush()
    with pytest.raises(Conflict):
        deleting.delete_product(session, cast.ada, twin, now=NOW)

    merging.merge_products(session, cast.ada, twin, cast.rice, now=NOW)
    session.flush()

    assert run_facts(session, cast.ana, done).saved == 1400
