"""What admins of the server do with accounts: M1, M4, and what stays when an account goes."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import passwords
from bulq.domain.errors import BulqError, Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from bulq.domain.phases import Phase
from bulq.models import (
    Allocation,
    AuditEntry,
    Bid,
    Membership,
    Notification,
    User,
    UserSession,
)  # fmt: skip
from bulq.queries.pick_up import pick_up
from bulq.services import accounts, groups
from bulq.services.users import delete_account, edit_user, lock_users, make_admins, unlock_users, unmake_admins
from tests.cast import LATER, NOW, Cast, bring_to, person, plan
from tests.cast import actor as as_actor
from tests.knowing import authenticate

PASSWORD = "correct horse battery"
STRANGE = ["", "\x00", "a\ufff9b", "x" * 5000, "<b>\u2800", "\ud800\ud800\ud800"]


def user(session: Session, who) -> User:
    return session.get_one(User, who.id)


def actions(session: Session) -> list[str]:
    """What the record holds of accounts and admins."""
    session.flush()
    found = session.scalars(select(AuditEntry.action).order_by(col(AuditEntry.id)))
    return [action for action in found if action.startswith(("user_", "admin_", "account_"))]


@pytest.fixture
def second(session: Session, cast: Cast):
    """Another admin."""
    made = person(session, "Vera")
    make_admins(session, cast.ada, [made.id], now=NOW)
    session.flush()
    return as_actor(user(session, made))


def test_a_locked_account_is_signed_out_and_stays_out(session: Session, cast: Cast) -> None:
    user(session, cast.bojan).password_hash = passwords.hash_password(PASSWORD)
    token = accounts.start_session(session, cast.bojan.id, "Firefox", now=NOW)

    lock_users(session, cast.ada, [cast.bojan.id], now=NOW)
    session.flush()

    with pytest.raises(NotSignedIn):
        accounts.actor_for(session, token, now=NOW)
    assert session.scalars(select(UserSession).where(UserSession.user_id == cast.bojan.id)).all() == []
    with pytest.raises(Forbidden) as told:
        authenticate(session, "bojan", PASSWORD)
    with pytest.raises(Invalid) as untold:
        authenticate(session, "bojan", "a guess of somebody")
    assert (told.value.key, untold.value.key) == ("account_locked", "wrong_login")
    assert (user(session, cast.bojan).locked_at, user(session, cast.bojan).locked_by) == (NOW, cast.ada.id)


def test_a_session_does_not_outlive_its_account(session: Session, cast: Cast) -> None:
    """Even one that was opened while the account was being deleted."""
    delete_account(session, cast.ada, cast.mila.id, now=NOW)
    session.flush()
    token = accounts.start_session(session, cast.mila.id, "Firefox", now=NOW)
    session.flush()

    with pytest.raises(NotSignedIn):
        accounts.actor_for(session, token, now=NOW)


def test_unlocking_lets_in_again_but_brings_no_session_back(session: Session, cast: Cast) -> None:
    user(session, cast.bojan).password_hash = passwords.hash_password(PASSWORD)
    token = accounts.start_session(session, cast.bojan.id, "Firefox", now=NOW)
    lock_users(session, cast.ada, [cast.bojan.id], now=NOW)
    session.flush()

    unlock_users(session, cast.ada, [cast.bojan.id], now=NOW)

    assert authenticate(session, "bojan", PASSWORD) == cast.bojan.id
    with pytest.raises(NotSignedIn):
        accounts.actor_for(session, token, now=NOW)
    assert actions(session) == ["user_locked", "user_unlocked"]


@pytest.mark.parametrize("do", [lock_users, unmake_admins], ids=lambda do: do.__name__)
def test_m4_no_admin_locks_or_demotes_themselves(session: Session, cast: Cast, second, do) -> None:
    """M4: No admin locks out themselves or another admin."""
    for together in ([cast.ada.id], [cast.bojan.id, cast.ada.id]):
        with pytest.raises(Conflict) as refusal:
            do(session, cast.ada, together, now=NOW)
        assert refusal.value.key == "not_to_yourself"
    assert user(session, cast.ada).is_admin and user(session, cast.ada).locked_at is None


def test_m4_no_admin_locks_renames_or_deletes_another(session: Session, cast: Cast, second) -> None:
    """M4, and what would come to the same: a name they don't know to sign in with."""
    for do in (
        lambda: lock_users(session, cast.ada, [cast.bojan.id, second.id], now=NOW),
        lambda: edit_user(session, cast.ada, second.id, "Vera", "vera2", now=NOW),
        lambda: delete_account(session, cast.ada, second.id, now=NOW),
    ):
        with pytest.raises(Forbidden) as refusal:
            do()
        assert refusal.value.key == "admin_protected"
    with pytest.raises(Conflict):
        delete_account(session, cast.ada, cast.ada.id, now=NOW)
    assert user(session, cast.bojan).locked_at is None


def test_m4_one_admin_is_always_left(session: Session, cast: Cast, second) -> None:
    """M4: another may be demoted, after which they have no say any more, also where they still seem to be one."""
    unmake_admins(session, cast.ada, [second.id], now=NOW)
    session.flush()

    with pytest.raises(NotFound):
        unmake_admins(session, second, [cast.ada.id], now=NOW)
    assert [row.id for row in session.scalars(select(User).where(col(User.is_admin)))] == [cast.ada.id]
    assert actions(session) == ["admin_made", "admin_unmade"]


def test_a_locked_account_is_made_no_admin(session: Session, cast: Cast) -> None:
    lock_users(session, cast.ada, [cast.bojan.id], now=NOW)

    with pytest.raises(Conflict) as refusal:
        make_admins(session, cast.ada, [cast.bojan.id], now=NOW)

    assert refusal.value.key == "unlock_first"


def test_many_are_locked_together_or_not_at_all(session: Session, cast: Cast) -> None:
    lock_users(session, cast.ada, [cast.bojan.id, cast.mila.id, cast.bojan.id], now=NOW)
    session.flush()

    locked = session.scalars(select(User.name).where(col(User.locked_at).is_not(None)).order_by(col(User.name))).all()
    assert locked == ["Bojan", "Mila"] and actions(session) == ["user_locked", "user_locked"]
    with pytest.raises(Conflict):
        lock_users(session, cast.ada, [plan(session, cast) for _ in range(101)], now=NOW)


def test_renaming_follows_the_rules_for_new_accounts(session: Session, cast: Cast) -> None:
    edit_user(session, cast.ada, cast.bojan.id, " Бојан  Ђ. ", "Bojan_2", now=NOW)

    found = user(session, cast.bojan)
    assert (found.name, found.username, found.username_key) == ("Бојан Ђ.", "Bojan_2", "bojan_2")
    assert "bojan_2" in found.search_key
    edit_user(session, cast.ada, cast.bojan.id, "Bojan", "BOJAN_2", now=NOW)  # only its case
    with pytest.raises(Conflict) as taken:
        edit_user(session, cast.ada, cast.bojan.id, "Bojan", "MILA", now=NOW)
    assert (taken.value.key, taken.value.field) == ("username_taken", "username")


@pytest.mark.parametrize("text", STRANGE)
def test_no_strange_name_is_stored(session: Session, cast: Cast, text: str) -> None:
    for name, username, field in ((text, "bojan", "name"), ("Bojan", text, "username")):
        with pytest.raises(BulqError) as refusal:
            edit_user(session, cast.ada, cast.bojan.id, name, username, now=NOW)
        assert refusal.value.field == field
    assert (user(session, cast.bojan).name, user(session, cast.bojan).username) == ("Bojan", "bojan")


def test_an_account_is_not_deleted_while_it_leads(session: Session, cast: Cast) -> None:
    plan(session, cast)

    with pytest.raises(Conflict) as refusal:
        delete_account(session, cast.ada, cast.ana.id, now=NOW)

    assert (refusal.value.key, user(session, cast.ana).name) == ("leads_open_run", "Ana")


def test_what_a_former_member_bought_and_owes_stays(session: Session, cast: Cast) -> None:
    done = bring_to(session, cast, Phase.COMPLETED)
    handing_out = bring_to(session, cast, Phase.DISTRIBUTING)
    bidding = bring_to(session, cast, Phase.ACTIVE)
    accounts.start_session(session, cast.bojan.id, "Firefox", now=NOW)
    before = {run: pick_up(session, cast.ana, run).total for run in (done, handing_out)}

    delete_account(session, cast.ada, cast.bojan.id, now=LATER)
    session.flush()
    session.expire_all()

    gone = user(session, cast.bojan)
    assert (gone.name, gone.is_admin, gone.deleted_at) == ("Former member", False, LATER)
    assert {run: pick_up(session, cast.ana, run).total for run in before} == before
    assert session.scalars(select(Allocation).where(Allocation.user_id == gone.id)).all()
    assert session.scalars(select(Bid).where(Bid.run_id == bidding, Bid.user_id == gone.id)).all() == []
    for table in (UserSession, Notification, Membership):
        assert session.scalars(select(table).where(col(table.user_id) == gone.id)).all() == []


def test_the_username_is_free_again_and_the_old_account_nobodys(session: Session, cast: Cast) -> None:
    user(session, cast.mila).password_hash = passwords.hash_password(PASSWORD)
    delete_account(session, cast.ada, cast.mila.id, now=NOW)
    session.flush()

    with pytest.raises(Invalid):
        authenticate(session, "mila", PASSWORD)
    with pytest.raises(Invalid):
        accounts.check_username(user(session, cast.mila).username)
    assert accounts.register(session, "Mila", "mila", "hash", now=NOW).id != cast.mila.id
    for do in (lock_users, make_admins):
        with pytest.raises(NotFound):
            do(session, cast.ada, [cast.mila.id], now=NOW)


def test_groups_outlive_who_looked_after_them(session: Session, cast: Cast) -> None:
    """The longest-serving member looks after it now; a group with nobody else is closed."""
    vera = person(session, "Vera")
    alone, shared = (groups.create_group(session, vera, name, "EUR", "UTC", now=NOW) for name in ("Alone", "Shared"))
    session.flush()
    for who, at in ((cast.mila, NOW), (cast.bojan, LATER)):
        groups.join_group(session, who, shared.invite_token, now=at)
        session.flush()

    delete_account(session, cast.ada, vera.id, now=LATER)
    session.flush()

    left = session.execute(select(Membership.user_id, Membership.is_admin).where(Membership.group_id == shared.id))
    assert dict(left.all()) == {cast.mila.id: True, cast.bojan.id: False}
    assert (alone.closed_at, shared.closed_at) == (LATER, None)


def test_two_can_be_former_members(session: Session, cast: Cast) -> None:
    for who in (cast.bojan, cast.mila):
        delete_account(session, cast.ada, who.id, now=NOW)
    session.flush()

    assert user(session, cast.bojan).username != user(session, cast.mila).username


def test_m1_only_admins_do_any_of_this(session: Session, cast: Cast) -> None:
    """M1: Only admins get in, page and action; see test_every_use_case.py for each of them."""
    for do in (lock_users, unlock_users, make_admins, unmake_admins):
        with pytest.raises(NotFound):
            do(session, cast.ana, [cast.bojan.id], now=NOW)
