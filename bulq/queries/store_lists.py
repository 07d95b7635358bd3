"""A store's price list: who may take one in for whom, how the last one was read, and how a new one would be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.domain.lists.questions import Answers
from bulq.models import Group, Membership, Store, StoreList

ABOUT_COLUMNS = ("columns", "header", "price", "sheet", "separator", "encoding")  # hold for the same headings only
ABOUT_ONE_LIST = ("gone",)  # asked each time


@dataclass(frozen=True, slots=True)
class ListDesk:
    """Whose list it is, and the groups the viewer may take one in for: id, name and currency of each, by name."""

    store: str
    groups: Sequence[tuple[UUID, str, str]]


def list_desk(session: Session, viewer: Actor, store_id: UUID) -> ListDesk:
    """Raises NotFound for a store there isn't."""
    store = session.get(Store, store_id)
    if store is None:
        raise NotFound()
    groups = session.execute(
        select(Group.id, Group.name, Group.currency)
        .join(Membership, col(Membership.group_id) == col(Group.id))
        .where(col(Membership.user_id) == viewer.id, col(Group.closed_at).is_(None))
        .order_by(col(Group.name), col(Group.id))
    ).all()
    return ListDesk(store.name, [(row[0], row[1], row[2]) for row in groups])


def headings_mark(titles: Sequence[str]) -> str:
    """The headings of a list as a hash, so that the next list with the same ones is known."""
    return sha256("\n".join(titles).encode("utf-8", "replace")).hexdigest()


def reading_of(session: Session, store_id: UUID, group_id: UUID | None) -> StoreList | None:
    """How the last list of the store was read, for this group."""
    mine = col(StoreList.group_id) == group_id if group_id else col(StoreList.group_id).is_(None)
    return session.scalars(select(StoreList).where(StoreList.store_id == store_id, mine)).first()


def answers_for(kept: StoreList | None, titles: Sequence[str]) -> Mapping[str, Any]:
    """The answers of last time that hold for a list with these headings."""
    if kept is None:
        return {}
    left_out = () if kept.headings == headings_mark(titles) else ABOUT_COLUMNS
    return {name: answer for name, answer in kept.answers.items() if name not in (*left_out, *ABOUT_ONE_LIST)}


def kept_answers(answers: Answers) -> dict[str, Any]:
    """What of the answers is worth keeping for the next list."""
    return {name: answer for name, answer in answers.items() if name not in ABOUT_ONE_LIST}
