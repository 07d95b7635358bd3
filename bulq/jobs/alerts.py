"""Tells the server's admins when something needs them, once, and once more when it is over."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import db, mail, outgoing
from bulq.config import settings
from bulq.i18n import text
from bulq.jobs.failures import Tries
from bulq.models import Incident, User
from bulq.queries.backups import backup_health
from bulq.queries.integrity import last_report
from bulq.services.notices import tell

Way = Callable[[Incident, bool], None]

log = logging.getLogger(__name__)


def check(now: datetime) -> int:
    """Open and close incidents by how things are, and tell of each; returns how many changed.

    Several processes may do this at once: of a kind there is one open incident, and each message has one sender.
    """
    troubles = {**db.read_now(backup_health, now=now).troubles, **db.read_now(last_report).troubles}
    changed = 0
    with Tries("alerts") as tries:
        for kind in [*troubles, *sorted(db.read_now(_open_kinds) - troubles.keys())]:
            with tries.one(kind):
                is_open = kind in troubles
                admins = _opened(kind, troubles[kind], now) if is_open else db.write_now(_close, kind, now)
                changed += bool(admins)
        _send_what_is_new(tries, now)
    return changed


def _opened(kind: str, reason: str, now: datetime) -> set[UUID]:
    try:
        return db.write_now(_open, kind, reason, now)
    except IntegrityError:
        return set()  # another process was quicker


def _open(session: Session, kind: str, reason: str, now: datetime) -> set[UUID]:
    """The admins who are told; none when it is open already."""
    if session.scalars(select(Incident.id).where(Incident.open_kind == kind)).first():
        return set()
    session.add(Incident(kind=kind, open_kind=kind, detail=reason, opened_at=now))
    session.flush()
    return _tell_admins(session, kind, now, reason)


def _close(session: Session, kind: str, now: datetime) -> set[UUID]:
    closed = update(Incident).where(col(Incident.open_kind) == kind).values(open_kind=None, closed_at=now)
    if not session.scalars(closed.returning(col(Incident.id))).all():
        return set()
    return _tell_admins(session, f"{kind}_over", now)


def _tell_admins(session: Session, kind: str, now: datetime, reason: str = "") -> set[UUID]:
    admins = set(session.scalars(select(User.id).where(col(User.is_admin))))
    tell(session, admins, kind, now=now, reason=reason)
    return admins


def _open_kinds(session: Session) -> set[str]:
    return {kind for kind in session.scalars(select(Incident.open_kind)) if kind}


def _send_what_is_new(tries: Tries, now: datetime) -> None:
    """By web hook and e-mail, where there are any. What nobody could be told is tried again next time."""
    ways = _ways()
    for incident in db.read_now(_untold) if ways else ():
        with tries.one(f"telling of {incident.kind}"):
            over = incident.closed_at is not None
            if db.write_now(_take, incident.id, over, now):
                sent = [_sent(way, incident, over) for way in ways]
                if not any(sent):
                    db.write_now(_give_back, incident.id, over)


def _sent(way: Way, incident: Incident, over: bool) -> bool:
    try:
        way(incident, over)
    except Exception as error:
        # Not what the error says: the address may hold a password.
        # Our own refusals say no address.
        why = str(error) if isinstance(error, mail.NotEncrypted | outgoing.Refused) else type(error).__name__
        log.error("%s could not be told: %s failed with %s", incident.kind, way.__name__, why)
        return False
    return True


def _ways() -> list[Way]:
    ways = [by_webhook] if settings.alert_webhook else []
    return [*ways, by_mail] if settings.alert_email and settings.smtp_url else ways


def _words(incident: Incident, over: bool) -> str:
    return text(f"notice.{incident.kind}{'_over' if over else ''}", reason=incident.detail)


def by_webhook(incident: Incident, over: bool) -> None:
    assert settings.alert_webhook
    at = incident.closed_at or incident.opened_at
    body = {"kind": incident.kind, "over": over, "at": at.isoformat(), "text": _words(incident, over)}
    mail.post_json(settings.alert_webhook.get_secret_value(), body, allowed=settings.webhook_hosts)


def by_mail(incident: Incident, over: bool) -> None:
    assert settings.alert_email and settings.smtp_url
    words, at = _words(incident, over), incident.closed_at or incident.opened_at
    server = settings.smtp_url.get_secret_value()
    mail.send_mail(
        server,
        settings.alert_email,
        f"Bulq: {words[:150]}",
        f"{words}\n\n{at:%Y-%m-%d %H:%M} UTC\n",
        plain=settings.smtp_plain,
    )


def _untold(session: Session) -> list[Incident]:
    """Open ones, and the end of those whose beginning was told."""
    begun, ended = col(Incident.told_at), col(Incident.closed_at)
    untold = or_(
        begun.is_(None) & ended.is_(None),
        begun.is_not(None) & ended.is_not(None) & col(Incident.over_told_at).is_(None),
    )
    return list(session.scalars(select(Incident).where(untold).order_by(col(Incident.opened_at))))


def _take(session: Session, incident_id: UUID, over: bool, now: datetime) -> bool:
    """Whether it is this caller who sends it."""
    name = _column(over)
    mine = col(Incident.id) == incident_id, col(getattr(Incident, name)).is_(None)
    taken = update(Incident).where(*mine).values({name: now}).returning(col(Incident.id))
    return bool(session.scalars(taken).all())


def _give_back(session: Session, incident_id: UUID, over: bool) -> None:
    session.execute(update(Incident).where(col(Incident.id) == incident_id).values({_column(over): None}))


def _column(over: bool) -> str:
    return "over_told_at" if over else "told_at"
