"""The list of notifications: every kind has words, and opening one marks it read."""

from __future__ import annotations

import pytest

from bulq import db
from bulq.domain.errors import NotFound
from bulq.domain.phases import Phase
from bulq.services import groups, runs
from bulq.services.notices import tell
from bulq.state.notifications import NOTIFICATIONS, NotificationsState, words
from tests import seeing
from tests.cast import LATER, NOW, PACK, Cast, assemble, bring_to
from tests.conftest import Scene
from tests.states.tabs import do, open_tab

PHASES = [f"phase_{phase}" for phase in Phase if phase is not Phase.PLANNING]
BY_ITSELF = ["by_itself_confirmed", "by_itself_cancelled", "deadline_without_bids"]
LEAD = ["lead_offered", "lead_withdrawn", "lead_accepted", "lead_declined", "leader_left"]
OTHERS = ["new_run", "made_helper", "made_admin", "removed"]


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


@pytest.mark.parametrize("kind", [*PHASES, *BY_ITSELF, *LEAD, *OTHERS])
def test_every_kind_has_words(kind: str) -> None:
    said = words(kind, {"who": "Ana"}, "Liman")

    assert said and "{{" not in said


async def test_a_changed_bid_is_told_with_both_amounts(cast: Cast) -> None:
    with db.transaction() as session:
        run_id = bring_to(session, cast, Phase.CONFIRMED)
        seeing.edit_bid_of(session, cast.ana, run_id, cast.bojan.id, cast.rice, 2 * PACK, now=LATER)
    page = await open_tab(NotificationsState, cast.bojan)

    await do(page, "open")

    row = page.rows[0]
    assert row.words == "Ana changed your bid on Basmati rice 5 kg from 3 packs to 2 packs"
    assert (row.href, row.about, row.group, row.unread) == (f"/runs/{run_id}", "Metro", "Liman", True)


async def test_reading_one_leaves_the_others(cast: Cast) -> None:
    with db.transaction() as session:
        for _ in range(2):
            runs.start_run(session, cast.ana, cast.group_id, cast.store_id, now=NOW)
    page = await open_tab(NotificationsState, cast.bojan)
    await do(page, "open")

    await do(page, "read", page.rows[0].id)

    assert sorted(row.unread for row in page.rows) == [False, True] and page.unread == 1


async def test_reading_all_leaves_none(cast: Cast) -> None:
    with db.transaction() as session:
        for _ in range(2):
            runs.start_run(session, cast.ana, cast.group_id, cast.store_id, now=NOW)
    page = await open_tab(NotificationsState, cast.bojan)
    await do(page, "open")

    await do(page, "read_all")

    assert page.unread == 0 and not any(row.unread for row in page.rows)


async def test_nobody_reads_what_was_sent_to_others(cast: Cast) -> None:
    with db.transaction() as session:
        runs.start_run(session, cast.ana, cast.group_id, cast.store_id, now=NOW)
    page = await open_tab(NotificationsState, cast.bojan)
    await do(page, "open")
    other = await open_tab(NotificationsState, cast.mila)
    await do(other, "open")

    for notification_id in (other.rows[0].id, "nonsense"):
        with pytest.raises(NotFound):
            await do(page, "read", notification_id)

    await do(other, "catch_up")
    assert other.rows[0].unread


async def test_several_changes_are_counted(cast: Cast) -> None:
    with db.transaction() as session:
        bring_to(session, cast, Phase.SHOPPING)
    page = await open_tab(NotificationsState, cast.bojan)

    await do(page, "open")

    assert [row.words for row in page.rows] == ["Ana is going shopping"]
    assert page.rows[0].more > 0


async def test_a_removal_leads_nowhere(cast: Cast) -> None:
    with db.transaction() as session:
        groups.remove_member(session, cast.ana, cast.group_id, cast.bojan.id, now=NOW)
    page = await open_tab(NotificationsState, cast.bojan)

    await do(page, "open")

    assert (page.rows[0].words, page.rows[0].href) == ("Ana removed you from Liman", "")


async def test_the_list_comes_in_pages(cast: Cast) -> None:
    with db.transaction() as session:
        for _ in range(26):
            tell(session, [cast.bojan.id], "made_admin", now=NOW, group_id=cast.group_id, who="Ana")
    page = await open_tab(NotificationsState, cast.bojan)
    await do(page, "open")

    await do(page, "turn", 1)
    await do(page, "turn", 1)

    assert (page.page, page.pages, len(page.rows)) == (2, 2, 1)


async def test_new_ones_appear_by_themselves_only_for_their_owner(cast: Cast) -> None:
    page = await open_tab(NotificationsState, cast.bojan)
    await do(page, "open")
    with db.transaction() as session:
        runs.start_run(session, cast.ana, cast.group_id, cast.store_id, now=NOW)

    with db.reading() as session:
        theirs = NOTIFICATIONS.read(session, f"{cast.bojan.id}/1", [cast.mila])
        view = NOTIFICATIONS.read(session, f"{cast.bojan.id}/1", [cast.mila, cast.bojan])
    NOTIFICATIONS.show(page, view, cast.bojan)

    assert theirs is None
    assert [row.words for row in page.rows] == ["Ana plans a run"]
