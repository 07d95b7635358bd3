"""The record of who did what, for those who look after the server: searched, narrowed down, newest first."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, tuple_
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from bulq import i18n
from bulq.domain.actor import Actor
from bulq.domain.auditing import Topic
from bulq.domain.errors import Invalid
from bulq.domain.times import parse_day
from bulq.queries.access import need_server_admin
from bulq.queries.listing import Listed, Wish, list_page, with_words

ENTRY = SQLModel.metadata.tables["audit_entries"].c
COLUMNS = (
    *("id", "at", "actor_id", "actor_name", "address", "action"),
    *("subject_kind", "subject_id", "subject_name", "group_id", "details"),
)
KINDS = ("user", "group", "run", "product", "store", "tag", "server", "catalogue")
BATCH = 1000
NEWEST = "-at"


@dataclass(frozen=True, slots=True)
class AuditLine:
    id: UUID
    at: datetime
    actor_id: UUID | None  # None: the server by itself, or somebody unknown
    actor_name: str
    address: str
    action: str
    kind: str
    subject_id: UUID | None
    subject_name: str
    group_id: UUID | None
    details: dict[str, Any]


def audit_log(session: Session, viewer: Actor, wish: Wish) -> Listed[AuditLine]:
    """A page of entries, newest first.

    Found by words of people, subjects, actions and addresses, or by an id; filters: kind, topic, from, to (days, UTC).
    """
    need_server_admin(viewer)
    sorts = {"at": ENTRY.at}
    return list_page(session, _wished(wish), wish, key=ENTRY.id, sorts=sorts, sort=NEWEST, row=AuditLine)


def audit_batch(
    session: Session, viewer: Actor, wish: Wish, *, after: tuple[datetime, UUID] | None = None
) -> list[AuditLine]:
    """The next entries of what is wished for, newest first, for reading all of it bit by bit."""
    need_server_admin(viewer)
    place = tuple_(ENTRY.at, ENTRY.id)
    query = _wished(wish).order_by(ENTRY.at.desc(), ENTRY.id.desc()).limit(BATCH)
    rows = session.execute(query if after is None else query.where(place < tuple_(*after)))
    return [AuditLine(*row) for row in rows]


def _wished(wish: Wish) -> Select[Any]:
    return select(*[ENTRY[name] for name in COLUMNS]).where(*_conditions(wish))


def _conditions(wish: Wish) -> list[ColumnElement[bool]]:
    found = _typed(wish.typed)
    if (kind := wish.chosen("kind")) in KINDS:
        found.append(ENTRY.subject_kind == kind)
    if (topic := wish.chosen("topic")) in list(Topic):
        found.append(ENTRY.topic == topic)
    if (first := _day(wish.chosen("from"))) is not None:
        found.append(ENTRY.at >= _begin(first))
    if (last := _day(wish.chosen("to"))) is not None:
        found.append(ENTRY.at < _begin(last) + timedelta(days=1))
    return found


def _typed(typed: str) -> list[ColumnElement[bool]]:
    with suppress(ValueError):
        wanted = UUID(typed.strip()[:40])
        return [or_(ENTRY.actor_id == wanted, _is_about(wanted))]
    return list(with_words(ENTRY.words, typed))


def _is_about(subject: UUID) -> ColumnElement[bool]:
    """The kinds are said, since the index is by kind and subject."""
    return ENTRY.subject_kind.in_(KINDS) & (ENTRY.subject_id == subject)


def _day(text: str) -> date | None:
    """A filter that makes no sense is passed over."""
    with suppress(Invalid):
        return parse_day(text, field="day")
    return None


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def sentence(line: AuditLine, language: str = "en") -> str:
    """What happened, in words."""
    key = f"audit.{line.action}"
    if key not in i18n.catalogue(language):
        return f"{line.actor_name}: {line.action.replace('_', ' ')} {line.subject_name}".strip(": ")
    values = {"name": line.subject_name, **i18n.with_amounts(line.details, language)}
    return i18n.text(key, language, **values | {"who": line.actor_name or i18n.text("audit_page.server", language)})
