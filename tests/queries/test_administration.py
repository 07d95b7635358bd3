"""What admins of the server look at: lists that are searched, filtered, sorted and paged, and nobody else sees."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from bulq.domain.errors import NotFound
from bulq.domain.phases import Phase
from bulq.models import Group, JobRun, PriceObservation
from bulq.models.base import new_id
from bulq.queries import listing
from bulq.queries.admin_groups import group_inside, groups_list
from bulq.queries.dashboard import WEEKS, dashboard
from bulq.queries.listing import Wish
from bulq.queries.server import server_facts
from bulq.queries.users import users_list
from bulq.services import accounts
from bulq.services.users import delete_account, lock_users
from tests.cast import LATER, NOW, Cast, assemble, bring_to
from tests.conftest import Scene
from tests.queries.counting import statements

VIEWS = {
    "users_list": lambda s, who: users_list(s, who, Wish(), now=LATER),
    "groups_list": lambda s, who: groups_list(s, who, Wish()),
    "server_facts": lambda s, who: server_facts(s, who),
    "dashboard": lambda s, who: dashboard(s, who, now=LATER),
}
STRANGE = ["%", "_", "\\", ".*", "' OR '1'='1", "<script>", "\x00", "\ud800", "\u202e", "ž" * 5000, "(", "NaN", "1e309"]


@pytest.fixture
def cast(scene: Scene) -> Cast:
    return scene(assemble)


def names(session: Session, cast: Cast, typed: str = "", sort: str = "", **filters: str) -> list[str]:
    return [row.name for row in users_list(session, cast.ada, Wish(typed, sort, 1, filters), now=LATER).rows]


@pytest.mark.parametrize("view", VIEWS)
def test_m1_only_admins_look(session: Session, cast: Cast, view: str) -> None:
    """M1: Only admins get in, page and action."""
    VIEWS[view](session, cast.ada)

    for who in (cast.ana, cast.eva):
        with pytest.raises(NotFound):
            VIEWS[view](session, who)
    with pytest.raises(NotFound):
        group_inside(session, cast.ana, cast.group_id)


def test_m2_users_are_found_by_name_and_username_without_case_and_accents(session: Session, cast: Cast) -> None:
    """M2: Search, filter, page users, products, stores, groups."""
    accounts.create_user(session, "Željko Đurić", "zeko", "x", now=NOW)
    accounts.create_user(session, "Жика Ђурић", "ZIKA", "x", now=NOW)
    session.flush()

    assert names(session, cast, "durić ZELJ") == ["Željko Đurić"]
    assert names(session, cast, "жика") == names(session, cast, "zika") == ["Жика Ђурић"]
    assert names(session, cast, "eko") == ["Željko Đurić"]
    assert names(session, cast, "nobody of this name") == []


@pytest.mark.parametrize("typed", STRANGE)
def test_strange_words_find_nothing_and_break_nothing(session: Session, cast: Cast, typed: str) -> None:
    found = users_list(session, cast.ada, Wish(typed, typed, -5, {"who": typed, typed: typed}), now=LATER)
    groups = groups_list(session, cast.ada, Wish(typed, typed, 10**9, {"state": typed}))

    assert len(found.rows) in (0, 5) and found.page == groups.page == 1
    assert found.sort == groups.sort == "name"


def test_wildcards_are_letters(session: Session, cast: Cast) -> None:
    assert names(session, cast, "_na") == names(session, cast, "%") == names(session, cast, "a%") == []


def test_users_are_filtered(session: Session, cast: Cast) -> None:
    lock_users(session, cast.ada, [cast.mila.id], now=NOW)
    session.flush()

    assert names(session, cast, who="admins") == ["Ada"]
    assert names(session, cast, who="locked") == ["Mila"]
    assert len(names(session, cast, who="active")) == 5
    late = users_list(session, cast.ada, Wish(filters={"who": "active"}), now=NOW + timedelta(days=31))
    assert late.rows == ()


def test_users_are_sorted_both_ways(session: Session, cast: Cast) -> None:
    accounts.start_session(session, cast.eva.id, "Firefox", now=LATER)
    session.flush()

    assert names(session, cast) == names(session, cast, sort="name") == ["Ada", "Ana", "Bojan", "Eva", "Mila"]
    assert names(session, cast, sort="-username")[0] == "Mila"
    assert names(session, cast, sort="-seen")[0] == "Eva"
    assert names(session, cast, sort="joined") == names(session, cast, sort="-joined")[::-1]


def test_deleted_accounts_are_not_listed(session: Session, cast: Cast) -> None:
    delete_account(session, cast.ada, cast.mila.id, now=NOW)
    session.flush()

    assert names(session, cast) == ["Ada", "Ana", "Bojan", "Eva"]
    assert names(session, cast, "former") == []


def test_pages_are_bounded_and_follow_each_other(session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    pages = [users_list(session, cast.ada, Wish(page=page), now=LATER) for page in (1, 2, 3, 4)]

    assert [[row.name for row in page.rows] for page in pages] == [["Ada", "Ana"], ["Bojan", "Eva"], ["Mila"], ["Mila"]]
    assert {(page.pages, page.total, page.more) for page in pages} == {(3, 5, False)}
    monkeypatch.setattr(listing, "COUNTED", 3)
    capped = users_list(session, cast.ada, Wish(page=9), now=LATER)
    assert (capped.page, capped.pages, capped.total, capped.more) == (2, 2, 3, True)


def test_groups_are_searched_filtered_and_looked_at_without_money(session: Session, cast: Cast) -> None:
    for phase in (Phase.ACTIVE, Phase.COMPLETED):
        bring_to(session, cast, phase)
    closed = Group(
        name="Old", name_key="old", currency="EUR", time_zone="UTC", invite_token="t", created_by=cast.eva.id,
        created_at=NOW, closed_at=LATER,
    )  # fmt: skip
    session.add(closed)
    session.flush()

    (liman,) = groups_list(session, cast.ada, Wish("LIM", filters={"state": "open"})).rows
    assert (liman.name, liman.members, liman.open_runs) == ("Liman", 3, 1)
    assert [row.name for row in groups_list(session, cast.ada, Wish(filters={"state": "closed"})).rows] == ["Old"]
    inside = group_inside(session, cast.ada, cast.group_id)
    assert inside.phases == {Phase.ACTIVE: 1, Phase.COMPLETED: 1}
    assert [run.leader for run in inside.open_runs] == ["Ana"]
    told = re.sub(r"UUID\('[^']*'\)", "", str(inside))  # in an id there may be any figures
    assert not any(word in told for word in ("Basmati", "799", "5593", "quantity"))
    with pytest.raises(NotFound):
        group_inside(session, cast.ada, new_id())


def test_the_dashboard_counts(session: Session, cast: Cast) -> None:
    bring_to(session, cast, Phase.ACTIVE)
    for days, withdrawn in ((1, None), (2, None), (8, None), (1, NOW), (100, None)):
        session.add(
            PriceObservation(
                product_id=cast.rice, store_id=cast.store_id, currency="EUR", price=days, day=NOW.date(),
                seen_by=cast.ana.id, seen_at=LATER - timedelta(days=days), withdrawn_at=withdrawn,
            )
        )  # fmt: skip
    session.add_all([JobRun(name="a"), JobRun(name="b", error="no room")])
    session.flush()

    view = dashboard(session, cast.ada, now=LATER)

    assert view.phases[Phase.ACTIVE] == sum(view.phases.values()) == 1
    assert (view.active, view.users, view.groups, view.products, view.stores) == (5, 5, 1, 2, 1)
    assert [week.prices for week in view.weeks] == [0] * (WEEKS - 2) + [1, 2]
    assert [week.users for week in view.weeks] == [0] * (WEEKS - 1) + [5]
    assert view.storage > 10_000
    assert [job.name for job in view.jobs] == ["b", "a"]


@pytest.mark.parametrize(
    ("view", "most"), [("users_list", 2), ("groups_list", 2), ("server_facts", 2), ("dashboard", 9)]
)
def test_they_need_few_statements(session: Session, cast: Cast, view: str, most: int) -> None:
    counts: list[int] = []
    for size in (3, 60):
        for n in range(size):
            accounts.create_user(session, f"P{n}", f"p-{size}-{n}", "x", now=NOW)
        with statements(session) as sent:
            VIEWS[view](session, cast.ada)
        counts.append(len(sent))

    assert counts[0] == counts[1] <= most
