"""Who hears of what, and several changes of one run within five minutes as one entry."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.domain.actor import Actor
from bulq.domain.notices import Concern
from bulq.domain.phases import Phase
from bulq.models import Group, Notification, Run
from bulq.queries.accounts import me
from bulq.queries.notices import notifications
from bulq.services import accounts, bids, groups, leading, notices, phases, runs, users
from tests import seeing
from tests.cast import LATER, NOW, Cast, actor, bring_to, person, plan, remove

MINUTE = timedelta(minutes=1)


def heard(session: Session, who: Actor, run_id) -> list[tuple[str, int]]:
    session.flush()
    query = select(Notification).where(Notification.user_id == who.id, Notification.run_id == run_id)
    return [(row.kind, row.count) for row in session.scalars(query.order_by(Notification.id))]  # type: ignore[arg-type]


def test_a_new_run_is_told_to_the_group_but_not_to_who_started_it(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)

    assert heard(session, cast.ana, run_id) == []
    assert heard(session, cast.bojan, run_id) == heard(session, cast.mila, run_id) == [("new_run", 1)]


def test_each_phase_change_is_told_to_participants_but_the_actor(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)
    notices.read_all(session, cast.bojan, now=NOW)
    bids.place_bid(session, cast.bojan, run_id, cast.rice, 1000, now=NOW)

    seeing.confirm_run(session, cast.ana, run_id, now=LATER)

    assert heard(session, cast.ana, run_id) == [("phase_active", 1)]
    assert heard(session, cast.bojan, run_id) == [("new_run", 1), ("phase_confirmed", 1)]
    assert heard(session, cast.mila, run_id) == [("new_run", 1)]


def test_what_happened_by_itself_is_told_to_all_participants(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast, bids_close_at=LATER)
    bids.place_bid(session, cast.ana, run_id, cast.rice, 1000, now=NOW)
    session.flush()

    phases.close_bidding(session, run_id, now=LATER)

    assert heard(session, cast.ana, run_id) == [("by_itself_confirmed", 1)]


def test_a_deadline_without_bids_is_told_to_the_leader(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast, bids_close_at=LATER)

    phases.close_bidding(session, run_id, now=LATER)

    assert heard(session, cast.ana, run_id) == [("deadline_without_bids", 1)]


def test_becoming_helper_and_hand_over_are_told(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.SHOPPING)
    steps = [
        (
            cast.bojan,
            "made_helper",
            lambda now: runs.set_helper(session, cast.ana, run_id, cast.bojan.id, True, now=now),
        ),
        (cast.bojan, "lead_offered", lambda now: leading.offer_lead(session, cast.ana, run_id, cast.bojan.id, now=now)),
        (cast.bojan, "lead_withdrawn", lambda now: leading.withdraw_lead(session, cast.ana, run_id, now=now)),
        (cast.bojan, "lead_offered", lambda now: leading.offer_lead(session, cast.ana, run_id, cast.bojan.id, now=now)),
        (cast.ana, "lead_declined", lambda now: leading.decline_lead(session, cast.bojan, run_id, now=now)),
        (cast.bojan, "lead_offered", lambda now: leading.offer_lead(session, cast.ana, run_id, cast.bojan.id, now=now)),
        (cast.ana, "lead_accepted", lambda now: leading.accept_lead(session, cast.bojan, run_id, now=now)),
    ]

    for turn, (who, kind, act) in enumerate(steps, start=1):
        act(NOW + turn * 10 * MINUTE)

        assert heard(session, who, run_id)[-1] == (kind, 1)


@pytest.mark.parametrize(
    ("minutes", "entries"),
    [
        ([0, 1, 2, 3], [("phase_active", 4)]),
        ([0, 4, 8, 12], [("phase_active", 4)]),
        ([0, 5], [("phase_confirmed", 1), ("phase_active", 1)]),
        ([0, 1, 10, 11], [("phase_active", 2), ("phase_active", 2)]),
    ],
)
def test_changes_within_five_minutes_are_one_entry_with_a_count(
    session: Session, cast: Cast, minutes: list[int], entries: list[tuple[str, int]]
) -> None:
    run_id = bring_to(session, cast, Phase.ACTIVE)
    before = len(heard(session, cast.bojan, run_id))
    start = NOW + timedelta(hours=2)

    for turn, minute in enumerate(minutes):
        change = phases.reopen_bidding if turn % 2 else seeing.confirm_run
        change(session, cast.ana, run_id, now=start + minute * MINUTE)
        session.flush()

    assert heard(session, cast.bojan, run_id)[before:] == entries


def test_runs_are_not_mixed(session: Session, cast: Cast) -> None:
    first, second = plan(session, cast), plan(session, cast)

    assert heard(session, cast.bojan, first) == heard(session, cast.bojan, second) == [("new_run", 1)]


def test_what_was_read_is_not_counted_into(session: Session, cast: Cast) -> None:
    run_id = bring_to(session, cast, Phase.ACTIVE)
    notices.read_all(session, cast.bojan, now=NOW)
    session.expire_all()
    before = len(heard(session, cast.bojan, run_id))

    seeing.confirm_run(session, cast.ana, run_id, now=NOW + MINUTE)

    assert heard(session, cast.bojan, run_id)[before:] == [("phase_confirmed", 1)]
    assert me(session, cast.bojan).unread == 1


def test_reading_one_and_all(session: Session, cast: Cast) -> None:
    plan(session, cast)
    session.flush()
    unread = me(session, cast.bojan).unread
    newest = next(iter(notifications(session, cast.bojan).lines.values()))

    first = notices.read_one(session, cast.bojan, newest.id, now=NOW).read_at
    again = notices.read_one(session, cast.bojan, newest.id, now=LATER).read_at
    session.flush()

    assert first == again == NOW
    assert me(session, cast.bojan).unread == unread - 1
    notices.read_all(session, cast.bojan, now=LATER)
    assert me(session, cast.bojan).unread == 0
    assert me(session, cast.mila).unread > 0


@pytest.mark.parametrize("page", [-5, 0, 1, 2, 3, 10**9])
def test_the_list_comes_in_pages_newest_first(session: Session, cast: Cast, page: int) -> None:
    zora = person(session, "Zora")
    for turn in range(30):
        notices.tell(session, [zora.id], "removed", now=NOW + turn * MINUTE, group_id=cast.group_id)
    session.flush()

    view = notifications(session, zora, page=page)

    times: list[datetime] = [line.updated_at for line in view.lines.values()]
    assert times == sorted(times, reverse=True)
    assert (view.pages, view.page) == (2, min(max(page, 1), 2))
    assert len(view.lines) == (25 if view.page == 1 else 5)


@pytest.mark.parametrize(
    ("concern", "kinds"),
    [
        (None, {"phase_active", "bid_edited", "removed"}),
        (Concern.NEEDS_ME, {"phase_active"}),
        (Concern.MY_GOODS, {"bid_edited"}),
        (Concern.NEWS, {"removed"}),
    ],
)
def test_the_list_may_be_of_one_kind(session: Session, cast: Cast, concern: Concern | None, kinds: set[str]) -> None:
    zora = person(session, "Zora")
    for kind in ("phase_active", "bid_edited", "removed"):
        notices.tell(session, [zora.id], kind, now=NOW)
    session.flush()

    view = notifications(session, zora, concern=concern)

    assert {line.kind for line in view.lines.values()} == kinds
    assert (view.concern, view.unread, view.pages) == (concern, 3, 1)


def test_notices_forget_who_left_the_server_and_nobody_else(session: Session, cast: Cast) -> None:
    namesake = actor(accounts.create_user(session, "Mila", "mila2", "unusable", now=NOW))
    for who in (cast.mila, namesake):
        notices.tell(session, [cast.ana.id], "made_admin", now=NOW, group_id=cast.group_id, by=who, group="Liman")

    users.delete_account(session, cast.ada, cast.mila.id, now=LATER)
    session.flush()

    said = [
        line.details["who"] for line in notifications(session, cast.ana).lines.values() if line.kind == "made_admin"
    ]
    assert sorted(said) == ["Former member", "Mila"]


def _leaves_but_is_a_neighbour(session: Session, cast: Cast, who: Actor) -> None:
    """Out of the group, and still in another one with Ana."""
    other = groups.create_group(session, cast.ana, "Other", "EUR", "UTC", now=NOW)
    groups.join_group(session, who, other.invite_token, now=NOW)
    remove(session, cast, who)
    notices.read_all(session, who, now=LATER)
    session.flush()


@pytest.mark.parametrize("phase", [Phase.SHOPPING, Phase.ADJUSTING, Phase.DISTRIBUTING])
def test_who_has_left_hears_of_nothing_even_beside_them_in_another_group(
    session: Session, cast: Cast, phase: Phase
) -> None:
    run_id = bring_to(session, cast, phase)
    _leaves_but_is_a_neighbour(session, cast, cast.mila)
    before = heard(session, cast.mila, run_id)

    notices.tell(session, [cast.mila.id, cast.bojan.id], "made_helper", now=LATER, run=session.get_one(Run, run_id))
    phases.cancel_run(session, cast.ana, run_id, "", now=LATER + 10 * MINUTE)
    runs.start_run(session, cast.ana, cast.group_id, cast.store_id, now=LATER)
    session.flush()

    assert heard(session, cast.mila, run_id) == before
    assert heard(session, cast.bojan, run_id)[-1][0] == "phase_cancelled"
    assert me(session, cast.mila).unread == 0


def test_old_notices_say_nothing_new_of_a_group_one_has_left(session: Session, cast: Cast) -> None:
    run_id = plan(session, cast)
    remove(session, cast, cast.mila)
    session.get_one(Group, cast.group_id).name = "Renamed"
    session.get_one(Run, run_id).shopping_day = NOW.date()
    session.flush()

    lines = list(notifications(session, cast.mila).lines.values())
    others = list(notifications(session, cast.bojan).lines.values())

    assert {"removed", "new_run"} <= {line.kind for line in lines}
    assert {(line.group, line.shopping_day, line.left) for line in lines} == {(None, None, True)}
    assert [line.details["group"] for line in lines if line.kind == "removed"] == ["Liman"]
    assert {(line.group, line.left) for line in others} == {("Renamed", False)}
