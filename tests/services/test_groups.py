"""Groups: joining by link, its limits, and what stays fixed."""

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq.config import settings
from bulq.domain.errors import Conflict, Invalid, NotFound
from bulq.models import Group, Membership
from bulq.queries.groups import manage_page
from bulq.queries.invitations import invitation
from bulq.services import groups
from tests.cast import NOW, Cast


def group_of(session: Session, cast: Cast) -> Group:
    return session.get_one(Group, cast.group_id)


def edit(session: Session, cast: Cast, group_id, **changes: str) -> None:
    values = {"name": "Liman", "currency": "EUR", "time_zone": "Europe/Belgrade", "fair_rule": "proportional"}
    groups.edit_group(session, cast.ana, group_id, now=NOW, **values | changes)


def test_who_makes_a_group_looks_after_it(session: Session, cast: Cast) -> None:
    group = groups.create_group(session, cast.eva, "Друштво са Детелинаре", "RSD", "Europe/Belgrade", now=NOW)

    session.flush()
    view = manage_page(session, cast.eva, group.id)
    assert (view.name, view.currency, [each.is_admin for each in view.members]) == (
        "Друштво са Детелинаре",
        "RSD",
        [True],
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"currency": "XXX"}, "currency"),
        ({"currency": "eur"}, "currency"),
        ({"currency": ""}, "currency"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"time_zone": ""}, "time_zone"),
        ({"fair_rule": "loudest"}, "fair_rule"),
        ({"name": "x"}, "name"),
    ],
)
def test_settings_that_do_not_exist_are_refused(
    session: Session, cast: Cast, changes: dict[str, str], field: str
) -> None:
    group = groups.create_group(session, cast.ana, "New", "EUR", "UTC", now=NOW)
    session.flush()

    with pytest.raises(Invalid) as edited:
        edit(session, cast, group.id, **changes)
    assert edited.value.field == field
    if field != "fair_rule":
        with pytest.raises(Invalid) as made:
            values = {"name": "Liman", "currency": "EUR", "time_zone": "UTC"} | changes
            groups.create_group(session, cast.ana, **values, now=NOW)
        assert made.value.field == field


def test_the_currency_is_free_until_the_first_run(session: Session, cast: Cast) -> None:
    group = groups.create_group(session, cast.ana, "New", "EUR", "UTC", now=NOW)
    session.flush()

    edit(session, cast, group.id, currency="RSD")
    assert group.currency == "RSD"

    with pytest.raises(Conflict) as refusal:
        edit(session, cast, cast.group_id, currency="RSD")
    assert (refusal.value.key, refusal.value.field) == ("currency_fixed", "currency")
    edit(session, cast, cast.group_id, fair_rule="equal_first", name="Liman 4")
    assert group_of(session, cast).name == "Liman 4"


def test_a_renewed_link_kills_the_old_one(session: Session, cast: Cast) -> None:
    old = group_of(session, cast).invite_token

    groups.renew_invite(session, cast.ana, cast.group_id, now=NOW)

    session.flush()
    for visit in (lambda: groups.join_group(session, cast.eva, old, now=NOW), lambda: invitation(session, None, old)):
        with pytest.raises(NotFound) as refusal:
            visit()
        assert refusal.value.key == "invite_unknown"
    groups.join_group(session, cast.eva, group_of(session, cast).invite_token, now=NOW)


def test_closed_joining_lets_nobody_in_and_tells_nothing(session: Session, cast: Cast) -> None:
    token = group_of(session, cast).invite_token
    assert invitation(session, None, token).name == "Liman"

    groups.set_joining(session, cast.ana, cast.group_id, False, now=NOW)

    session.flush()
    with pytest.raises(Conflict) as refusal:
        groups.join_group(session, cast.eva, token, now=NOW)
    assert refusal.value.key == "joining_closed"
    with pytest.raises(NotFound):
        invitation(session, None, token)
    groups.set_joining(session, cast.ana, cast.group_id, True, now=NOW)
    session.flush()
    groups.join_group(session, cast.eva, token, now=NOW)


def test_nobody_joins_twice(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict) as refusal:
        groups.join_group(session, cast.bojan, group_of(session, cast).invite_token, now=NOW)

    assert refusal.value.key == "already_member"


def test_a_full_group_takes_nobody(session: Session, cast: Cast) -> None:
    settings.members_per_group = 3

    with pytest.raises(Conflict) as refusal:
        groups.join_group(session, cast.eva, group_of(session, cast).invite_token, now=NOW)

    assert (refusal.value.key, refusal.value.values) == ("group_full", {"maximum": 3})


def test_a_person_is_in_so_many_groups(session: Session, cast: Cast) -> None:
    settings.groups_per_user = 1

    with pytest.raises(Conflict) as joining:
        groups.join_group(session, cast.eva, group_of(session, cast).invite_token, now=NOW)
    with pytest.raises(Conflict) as making:
        groups.create_group(session, cast.bojan, "Another", "EUR", "UTC", now=NOW)

    assert joining.value.key == making.value.key == "groups_per_user"


def test_a_closed_group_takes_nobodys_room(session: Session, cast: Cast) -> None:
    settings.groups_per_user = 1
    session.get_one(Group, cast.group_id).closed_at = NOW
    session.flush()

    groups.create_group(session, cast.bojan, "Another", "EUR", "Europe/Belgrade", now=NOW)


@pytest.mark.parametrize("token", ["", "\x00", "\ud800", "é" * 20, "x" * 10_000_000, "' OR 1=1 --", "%"])
def test_a_link_that_never_was_leads_nowhere(session: Session, cast: Cast, token: str) -> None:
    join, visit = lambda: groups.join_group(session, cast.eva, token, now=NOW), lambda: invitation(session, None, token)
    for go in (join, visit):
        with pytest.raises(NotFound) as refusal:
            go()
        assert refusal.value.key == "invite_unknown"


def test_promoting_twice_and_demoting_a_member_change_nothing(session: Session, cast: Cast) -> None:
    for _ in range(2):
        groups.promote(session, cast.ana, cast.group_id, cast.bojan.id, now=NOW)
    groups.demote(session, cast.ana, cast.group_id, cast.mila.id, now=NOW)

    session.flush()
    query = select(Membership.user_id).where(Membership.group_id == cast.group_id, Membership.is_admin)
    assert set(session.scalars(query)) == {cast.ana.id, cast.bojan.id}
