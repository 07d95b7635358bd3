"""A link for a new password: who gets one, and that it works once and for a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from sqlmodel import select

from bulq import passwords, sessions
from bulq.domain.errors import Conflict, Forbidden, NotFound, NotSignedIn
from bulq.models import AuditEntry, PasswordReset, User
from bulq.queries.resets import reset_view
from bulq.services import accounts
from bulq.services.password_resets import VALID, offer_reset, renew_access, use_reset
from bulq.services.users import delete_account, lock_users, make_admins
from tests.cast import LATER, NOW, Cast
from tests.knowing import authenticate, proof


def test_the_link_sets_a_new_password_and_ends_all_sessions(session: Session, cast: Cast) -> None:
    cookie = accounts.start_session(session, cast.mila.id, "Firefox", now=NOW)
    token = offer_reset(session, cast.ada, cast.mila.id, now=NOW)
    session.flush()
    assert reset_view(session, token, now=LATER).username == "mila"

    use_reset(session, token, "new hash", address="192.0.2.7", now=LATER)
    session.flush()

    assert session.get_one(User, cast.mila.id).password_hash == "new hash"
    with pytest.raises(NotSignedIn):
        accounts.actor_for(session, cookie, now=LATER)
    entries = session.execute(select(AuditEntry.action, AuditEntry.actor_name, AuditEntry.address)).all()
    written = [entry for entry in entries if entry[0] in ("reset_offered", "password_reset")]
    assert written == [("reset_offered", "Ada", ""), ("password_reset", "Mila", "192.0.2.7")]


def test_only_the_hash_of_the_link_is_kept(session: Session, cast: Cast) -> None:
    token = offer_reset(session, cast.ada, cast.mila.id, now=NOW)
    session.flush()

    assert session.scalars(select(PasswordReset.token_hash)).one() == sessions.token_hash(token)


def test_a_link_works_once_for_a_day_and_until_there_is_a_newer(session: Session, cast: Cast) -> None:
    used, replaced = (offer_reset(session, cast.ada, who.id, now=NOW) for who in (cast.mila, cast.bojan))
    use_reset(session, used, "new hash", now=NOW)
    newest = offer_reset(session, cast.ada, cast.bojan.id, now=NOW)
    session.flush()

    for token, at in ((used, NOW), (replaced, NOW), (newest, NOW + VALID), ("", NOW), ("\x00", NOW), ("x" * 9999, NOW)):
        with pytest.raises(NotFound) as refusal:
            use_reset(session, token, "other hash", now=at)
        assert refusal.value.key == "reset_unknown"
    use_reset(session, newest, "other hash", now=NOW + VALID - timedelta(seconds=1))


def test_a_link_ends_when_its_owner_changes_the_password(session: Session, cast: Cast) -> None:
    session.get_one(User, cast.mila.id).password_hash = passwords.hash_password("seven green apples")
    token = offer_reset(session, cast.ada, cast.mila.id, now=NOW)
    session.flush()

    proven = proof(session, cast.mila.id, "seven green apples")
    accounts.change_password(session, cast.mila, proven, "new hash", now=NOW)
    session.flush()

    with pytest.raises(NotFound):
        use_reset(session, token, "hash of a stranger", now=NOW)


def test_m4_a_link_is_no_way_to_take_over_an_admin(session: Session, cast: Cast) -> None:
    """M4: No admin locks out themselves or another admin."""
    make_admins(session, cast.ada, [cast.mila.id], now=NOW)

    with pytest.raises(Forbidden):
        offer_reset(session, cast.ada, cast.mila.id, now=NOW)
    with pytest.raises(Conflict):
        offer_reset(session, cast.ada, cast.ada.id, now=NOW)


def test_m4_a_link_from_before_somebody_became_an_admin_ends(session: Session, cast: Cast) -> None:
    token = offer_reset(session, cast.ada, cast.mila.id, now=NOW)
    session.flush()

    make_admins(session, cast.ada, [cast.mila.id], now=NOW)
    session.flush()

    with pytest.raises(NotFound):
        use_reset(session, token, "new hash", now=NOW)


def test_an_admin_who_forgot_it_gets_one_at_the_terminal(session: Session, cast: Cast) -> None:
    token = renew_access(session, "ada", now=NOW)

    assert use_reset(session, token, "new hash", now=NOW) == cast.ada.id
    with pytest.raises(NotFound):
        renew_access(session, "nobody", now=NOW)


def test_nobody_comes_back_from_a_deleted_account(session: Session, cast: Cast) -> None:
    token = offer_reset(session, cast.ada, cast.mila.id, now=NOW)
    session.flush()

    delete_account(session, cast.ada, cast.mila.id, now=NOW)
    session.flush()

    with pytest.raises(NotFound):
        use_reset(session, token, "new hash", now=NOW)
    with pytest.raises(NotFound):
        offer_reset(session, cast.ada, cast.mila.id, now=NOW)
    for key in ("mila", session.get_one(User, cast.mila.id).username_key):
        with pytest.raises(NotFound):
            renew_access(session, key, now=NOW)


def test_a_locked_account_stays_locked_whatever_link_there_is(session: Session, cast: Cast) -> None:
    token = offer_reset(session, cast.ada, cast.mila.id, now=NOW)
    lock_users(session, cast.ada, [cast.mila.id], now=NOW)
    session.flush()

    use_reset(session, token, passwords.hash_password("a new password"), now=NOW)
    session.flush()

    with pytest.raises(Forbidden) as refusal:
        authenticate(session, "mila", "a new password")
    assert refusal.value.key == "account_locked"
    assert session.get_one(User, cast.mila.id).locked_at == NOW
