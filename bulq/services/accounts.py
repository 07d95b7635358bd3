"""Making accounts, signing in and out, and what people set for themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam, delete, update
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes, sessions
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from bulq.domain.texts import check_username, clean_text, name_key, username_key
from bulq.lookalikes import check_one_script, look_of
from bulq.models import PasswordReset, User, UserSession
from bulq.queries.registration import need_registration_open
from bulq.queries.shown import topics_naming
from bulq.services.audit import record
from bulq.services.uniqueness import add_unique, only_once

TOUCH = timedelta(hours=1)  # a session's last sight is kept to the hour, so that looking rarely writes
KEY_LENGTH = 100
THEMES = ("light", "dark", "system")


def _by_username(session: Session, username: str) -> User | None:
    return session.scalars(select(User).where(User.username_key == username_key(username))).first()


def _known(session: Session, typed: str) -> User | None:
    """Whose username was typed. What could be nobody's is not asked for: some texts a database can't even compare."""
    try:
        return _by_username(session, check_username(typed))
    except Invalid:
        return None


def register(
    session: Session,
    name: str,
    username: str,
    password_hash: str,
    *,
    now: datetime,
    invite: str | None = None,
    address: str = "",
) -> User:
    """Make an account. While registration is by invitation, `invite` must be the token of a group open to join."""
    need_registration_open(session, invite)
    user = create_user(session, name, username, password_hash, now=now)
    _record(session, _as_themselves(user, address), "user_registered", user, now=now)
    return user


def create_admin(session: Session, name: str, username: str, password_hash: str, *, now: datetime) -> User:
    """Somebody who looks after the server: made by its command, which asks for no account."""
    user = create_user(session, name, username, password_hash, now=now, is_admin=True)
    _record(session, None, "admin_created", user, now=now)
    return user


def _as_themselves(user: User, address: str) -> Actor:
    return Actor(user.id, user.name, user.username, user.is_admin, user.language, address=address)


def _record(session: Session, who: Actor | None, action: str, user: User, *, now: datetime, **details: Any) -> None:
    about: dict[str, Any] = {"subject": user.id, "name": user.name, "username": user.username}
    record(session, who, action, kind="user", now=now, **about, **details)


def create_user(
    session: Session, name: str, username: str, password_hash: str, *, now: datetime, is_admin: bool = False
) -> User:
    user = User(
        **_names(session, name, username),
        password_hash=password_hash,
        is_admin=is_admin,
        created_at=now,
        seen_at=now,
    )
    add_unique(session, user, Conflict("username_taken", field="username"))
    return user


def rename(session: Session, user: User, name: str, username: str) -> None:
    """Give an account another name and username, by the rules for new ones."""
    names = _names(session, name, username, but=user.id)
    with only_once(session, Conflict("username_taken", field="username")):
        for field, value in names.items():
            setattr(user, field, value)
    changes.note(session, changes.user(user.id), *topics_naming(session, user.id))


def _names(session: Session, name: str, username: str, but: UUID | None = None) -> dict[str, Any]:
    """The columns that follow from both; `but` is whose username it may be already."""
    username = check_username(username)
    name = clean_text(name, field="name", minimum=1, maximum=100)
    if len(key := username_key(username)) > KEY_LENGTH:  # a few letters stand for so many others
        raise Invalid("username_characters", field="username")
    holder = _by_username(session, username)
    if holder is not None and holder.id != but:
        raise Conflict("username_taken", field="username")
    names = {"name": name, "username": username, "username_key": key, "search_key": name_key(f"{name} {username}")}
    if holder is not None and holder.username == username:  # it may be older than the rules for new ones
        return names
    look = look_of(check_one_script(username))
    if session.scalars(select(User.id).where(User.look == look, col(User.id).is_distinct_from(but))).first():
        raise Conflict("username_taken", field="username")
    return names | {"look": look}


@dataclass(frozen=True, slots=True)
class Login:
    """What decides whether somebody is let in."""

    user_id: UUID
    password_hash: str
    is_locked: bool


def login_of(session: Session, username: str) -> Login | None:
    """Of the account with this username; None when there is none."""
    user = _known(session, username)
    return Login(user.id, user.password_hash, user.locked_at is not None) if user else None


def let_in(login: Login | None, knows_password: bool) -> Login:
    """The account itself, to whoever knows its password. An unknown name and a wrong password look the same.

    That an account is locked is told only to who knows its password.
    """
    if login is None or not knows_password:
        raise Invalid("wrong_login")
    if login.is_locked:
        raise Forbidden("account_locked")
    return login


def note_refusal(session: Session, username: str, *, locked: bool = False, address: str = "", now: datetime) -> None:
    """Somebody was not let in with a username there is. What else was typed is nobody's business."""
    if (user := _known(session, username)) is not None:
        action = "sign_in_locked" if locked else "sign_in_refused"
        record(session, None, action, kind="user", subject=user.id, name=user.name, address=address, now=now)


def start_session(session: Session, user_id: UUID, user_agent: str, *, address: str = "", now: datetime) -> str:
    """Sign the user in and return the token for the cookie; the token is stored nowhere else."""
    token = sessions.new_token()
    session.add(
        UserSession(
            user_id=user_id,
            token_hash=sessions.token_hash(token),
            created_at=now,
            seen_at=now,
            user_agent="".join(character for character in user_agent[:200] if character.isprintable()),
        )
    )
    user = session.get_one(User, user_id)
    user.seen_at = now
    changes.note(session, changes.user(user_id))
    _record(session, _as_themselves(user, address), "signed_in", user, now=now)
    return token


# Every event and every look asks this: putting the statement together would cost more than the answer.
_HOLDERS = (
    sa.select(
        col(UserSession.token_hash),
        col(User.id),
        col(User.name),
        col(User.username),
        col(User.is_admin),
        col(User.language),
        col(UserSession.id),
        col(UserSession.seen_at),
    )
    .join(User, col(User.id) == col(UserSession.user_id))
    .where(
        col(UserSession.token_hash).in_(bindparam("token_hashes", expanding=True)),
        col(User.locked_at).is_(None),
        col(User.deleted_at).is_(None),
        col(UserSession.seen_at) > bindparam("seen_since"),
        col(UserSession.created_at) > bindparam("made_since"),
    )
)


def actors_for(session: Session, token_hashes: Collection[str], *, now: datetime) -> dict[str, Actor]:
    """Who holds these sessions, by the hash of their tokens; ended and unknown ones are left out."""
    return {token_hash: actor for token_hash, (actor, _seen_at) in _holders(session, token_hashes, now).items()}


def _holders(session: Session, token_hashes: Collection[str], now: datetime) -> dict[str, tuple[Actor, datetime]]:
    """Who holds each session, and when it was used last, to the hour."""
    values = {
        "token_hashes": list(token_hashes),
        "seen_since": now - timedelta(days=settings.session_days),
        "made_since": now - timedelta(days=settings.session_days_absolute),
    }
    return {
        token_hash: (Actor(user_id, name, username, is_admin, language, session_id), seen_at)
        for token_hash, user_id, name, username, is_admin, language, session_id, seen_at in session.execute(
            _HOLDERS, values
        )
    }


def actor_for(session: Session, token: str | None, *, address: str = "", now: datetime) -> Actor:
    """Who holds this session token and asks from `address`. Raises NotSignedIn when it is unknown, ended or too old.

    Whatever asks this is a use of the session, by which it lives on (see `slide_sessions`).
    """
    if not token or not token.isascii():
        raise NotSignedIn()
    token_hash = sessions.token_hash(token)
    found = _holders(session, [token_hash], now).get(token_hash)
    if found is None:
        raise NotSignedIn()
    actor, seen_at = found
    if actor.session_id is not None and seen_at < now - TOUCH:
        sessions.note_use(actor.session_id, now)
    return replace(actor, address=address)


def slide_sessions(session: Session, used: Mapping[UUID, datetime]) -> None:
    """Write down when these sessions, and so their people, were seen last."""
    for session_id, seen_at in sorted(used.items()):
        row = session.get(UserSession, session_id)
        if row is not None and row.seen_at < seen_at:
            row.seen_at = seen_at
            session.add(row)
            session.execute(update(User).where(col(User.id) == row.user_id).values(seen_at=seen_at))


def end_session(session: Session, actor: Actor, session_id: UUID, *, now: datetime) -> None:
    """End one of the actor's own sessions, this one included."""
    row = session.get(UserSession, session_id)
    if row is None or row.user_id != actor.id:
        raise NotFound()
    session.delete(row)
    changes.note(session, changes.user(actor.id))
    action = "signed_out" if session_id == actor.session_id else "session_ended"
    record(session, actor, action, kind="user", subject=actor.id, name=actor.name, now=now)


def end_other_sessions(session: Session, actor: Actor, *, now: datetime) -> None:
    _end_others(session, actor)
    record(session, actor, "other_sessions_ended", kind="user", subject=actor.id, name=actor.name, now=now)


def _end_others(session: Session, actor: Actor) -> None:
    session.execute(
        delete(UserSession).where(
            col(UserSession.user_id) == actor.id, col(UserSession.id).is_distinct_from(actor.session_id)
        )
    )
    changes.note(session, changes.user(actor.id))


def change_password(session: Session, actor: Actor, proven: str, new_hash: str, *, now: datetime) -> None:
    """Set a new password, end all other sessions and every reset link; only with the current password."""
    user = known_by_password(session, actor.id, proven)
    user.password_hash = new_hash
    session.add(user)
    _end_others(session, actor)
    session.execute(delete(PasswordReset).where(col(PasswordReset.user_id) == user.id))
    _record(session, actor, "password_changed", user, now=now)


def change_name(session: Session, actor: Actor, proven: str, name: str, username: str, *, now: datetime) -> None:
    """Go by another name and username; only with the current password."""
    user = known_by_password(session, actor.id, proven)
    name_before, username_before = user.name, user.username
    rename(session, user, name, username)
    if (name_before, username_before) != (user.name, user.username):
        before = {"name_before": name_before, "username_before": username_before}
        _record(session, actor, "user_renamed", user, now=now, **before)


def password_hash_of(session: Session, user_id: UUID) -> str:
    """What the current password is compared with, before and outside of the transaction that relies on it."""
    return session.get_one(User, user_id).password_hash


def known_by_password(session: Session, user_id: UUID, proven: str) -> User:
    """One's own account, to whoever knows its password: a phone left lying about is not enough.

    `proven` is the stored hash that the typed password was found to match. It no longer is the account's when the
    password was changed meanwhile.
    """
    user = session.get_one(User, user_id)
    if not proven or user.password_hash != proven:
        raise Invalid("wrong_password", field="current")
    return user


def set_theme(session: Session, actor: Actor, theme: str, *, now: datetime) -> None:
    if theme not in THEMES:
        raise Invalid("choice", field="theme")
    user = session.get_one(User, actor.id)
    user.theme = theme
    session.add(user)
    changes.note(session, changes.user(actor.id))
