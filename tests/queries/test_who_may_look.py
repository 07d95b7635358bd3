"""Views show nothing to outsiders and to who was removed, and are the same for those inside."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.domain.phases import OPEN, Phase
from bulq.models import Group
from bulq.models.base import new_id
from bulq.queries.access import group_for, run_for
from bulq.queries.accounts import me, profile
from bulq.queries.catalogue import find_products
from bulq.queries.export import run_export
from bulq.queries.groups import group_page, home, manage_page
from bulq.queries.notices import notifications
from bulq.queries.pick_up import pick_up
from bulq.queries.product import product_facts
from bulq.queries.receipts import receipts_view
from bulq.queries.run_facts import run_facts
from bulq.queries.runs import run_view
from bulq.queries.search import results
from bulq.queries.shopping import shopping_list
from bulq.queries.spoilage import spoiled_view
from bulq.queries.stores import store_page
from bulq.services import bids, groups, phases
from tests.cast import LATER, NOW, PACK, World, assemble, bring_to, plan, remove

View = Callable[[Session, Actor, UUID], object]

VIEWS: dict[str, tuple[View, Phase]] = {
    "run_view": (run_view, Phase.ACTIVE),
    "run_facts": (run_facts, Phase.ACTIVE),
    "pick_up": (pick_up, Phase.DISTRIBUTING),
    "receipts": (receipts_view, Phase.COMPLETED),
    "spoiled": (spoiled_view, Phase.COMPLETED),
    "shopping": (shopping_list, Phase.SHOPPING),
    "run_export": (run_export, Phase.COMPLETED),
    "find_products": (lambda s, who, run_id: find_products(s, who, run_id, ""), Phase.ACTIVE),
    "run_for": (run_for, Phase.ACTIVE),
    "group_page": (group_page, Phase.ACTIVE),
    "manage_page": (manage_page, Phase.ACTIVE),
    "group_for": (group_for, Phase.ACTIVE),
}


def place(name: str, world: World) -> UUID:
    """The group or run the view is of."""
    return world.cast.group_id if name in ("group_page", "manage_page", "group_for") else world.runs[VIEWS[name][1]]


@pytest.mark.parametrize("name", VIEWS)
def test_an_outsider_sees_nothing_a_member_does(world_session: Session, world: World, name: str) -> None:
    view, cast = VIEWS[name][0], world.cast

    for member in (cast.ana, cast.bojan, cast.mila):
        view(world_session, member, place(name, world))
    with pytest.raises(NotFound) as outside:
        view(world_session, cast.eva, place(name, world))
    with pytest.raises(NotFound) as nowhere:
        view(world_session, cast.ana, new_id())

    assert str(outside.value) == str(nowhere.value) == "not_found"


@pytest.mark.parametrize("name", VIEWS)
def test_who_was_removed_sees_nothing_any_more(world_session: Session, world: World, name: str) -> None:
    remove(world_session, world.cast, world.cast.mila)

    with pytest.raises(NotFound):
        VIEWS[name][0](world_session, world.cast.mila, place(name, world))


@pytest.mark.parametrize("name", VIEWS)
def test_a_closed_group_shows_nothing(world_session: Session, world: World, name: str) -> None:
    world_session.get_one(Group, world.cast.group_id).closed_at = NOW
    world_session.flush()

    with pytest.raises(NotFound):
        VIEWS[name][0](world_session, world.cast.ana, place(name, world))


def _mine(session: Session, world: World) -> tuple[int, tuple[str, ...], int]:
    """What of the group pages of the catalogue show Mila: its open runs to the store, its currency, itself."""
    cast = world.cast
    return (
        len(store_page(session, cast.mila, cast.store_id).runs),
        product_facts(session, cast.mila, cast.rice).mine,
        len(results(session, cast.mila, "liman").groups),
    )


def test_the_catalogue_shows_nothing_of_a_group_to_who_was_removed(world_session: Session, world: World) -> None:
    assert _mine(world_session, world) == (len(OPEN), ("EUR",), 1)

    remove(world_session, world.cast, world.cast.mila)

    assert _mine(world_session, world) == (0, (), 0)


def test_the_catalogue_shows_nothing_of_a_closed_group(world_session: Session, world: World) -> None:
    world_session.get_one(Group, world.cast.group_id).closed_at = NOW
    world_session.flush()

    assert _mine(world_session, world) == (0, (), 0)


def test_home_shows_my_groups_only(session: Session) -> None:
    cast = assemble(session)
    plan(session, cast)
    mine = groups.create_group(session, cast.eva, "Evas", "EUR", "UTC", now=NOW)
    session.flush()

    view = home(session, cast.eva)

    assert list(view.groups) == [str(mine.id)]
    assert view.needs == ()


@pytest.mark.parametrize(
    ("phase", "anas", "milas"),
    [
        (Phase.PLANNING, "bid", "bid"),
        (Phase.ACTIVE, "ready", "ready"),
        (Phase.CONFIRMED, "start", None),
        (Phase.SHOPPING, "shop", None),
        (Phase.ADJUSTING, "adjust", "adjust"),
        (Phase.DISTRIBUTING, "hand_out", "pick_up"),
        (Phase.COMPLETED, None, None),
        (Phase.CANCELLED, None, None),
    ],
)
def test_home_says_what_waits_for_me(session: Session, phase: Phase, anas: str | None, milas: str | None) -> None:
    cast = assemble(session)
    bring_to(session, cast, phase)

    for who, kind in ((cast.ana, anas), (cast.mila, milas)):
        assert [need.kind for need in home(session, who).needs] == ([kind] if kind else [])


def test_people_hear_and_see_their_own_only(session: Session) -> None:
    cast = assemble(session)
    plan(session, cast)
    session.flush()

    assert me(session, cast.eva).unread == 0 < me(session, cast.bojan).unread
    assert notifications(session, cast.eva).lines == {}
    assert profile(session, cast.eva, now=NOW).username == "eva"


@pytest.mark.parametrize("page", [-1, 0, 1, 2, 3, 10**12])
def test_ended_runs_come_in_pages_newest_first(session: Session, page: int) -> None:
    cast = assemble(session)
    for _ in range(21):
        phases.cancel_run(session, cast.ana, plan(session, cast), "", now=LATER)
    open_run = plan(session, cast)

    view = group_page(session, cast.bojan, cast.group_id, page=page)

    assert list(view.open_runs) == [str(open_run)]
    assert (view.page, view.pages, view.ended_count) == (min(max(page, 1), 2), 2, 21)
    ended = [line.id for line in view.ended_runs]
    assert len(ended) == (20 if view.page == 1 else 1)
    assert ended == sorted(ended, reverse=True)


def test_what_was_spent_stands_beside_who_paid(session: Session) -> None:
    cast = assemble(session)
    run_id = bring_to(session, cast, Phase.DISTRIBUTING)

    view = run_view(session, cast.mila, run_id)

    assert {person.username: person.spent for person in view.people} == {"ana": 5593, "bojan": 0, "mila": 0}


def test_estimates_follow_the_newest_price(session: Session) -> None:
    cast = assemble(session)
    bring_to(session, cast, Phase.ADJUSTING)  # feeds the price history: 7.99
    run_id = plan(session, cast)
    bids.place_bid(session, cast.bojan, run_id, cast.rice, 3 * PACK, now=NOW)
    bids.place_bid(session, cast.bojan, run_id, cast.tomatoes, 500, now=NOW)
    session.flush()

    view = run_view(session, cast.ana, run_id)

    assert (view.parts.total, view.parts.unpriced) == (3 * 799, 1)
