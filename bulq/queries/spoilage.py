"""Spoiled goods of a run as facts: what people said of theirs, who is still asked, and how it was credited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.phases import Phase, Unit
from bulq.domain.spoilage import Credit, worth
from bulq.domain.statements import NOTHING, Shares
from bulq.models import Attachment, ListItem, Product, Spoilage, User
from bulq.queries.access import RunAccess, run_for
from bulq.queries.attachments import AttachmentFacts, facts_of
from bulq.queries.item_shares import GIVEN_OUT, run_shares


@dataclass(frozen=True, slots=True)
class SpoiledGoods:
    """An item that was given out; `got` are thousandths by person."""

    id: str
    name: str
    unit: Unit
    step: int
    got: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SpoiledReport:
    """What somebody said of theirs: thousandths, 0 for "mine is fine". `worth` is what these cost, in minor units.

    `amount` is what was credited, once a `credit` is decided. The `photo` is for those who take part in the run.
    """

    id: str
    item_id: str
    user_id: str
    name: str
    quantity: int
    note: str
    photo: AttachmentFacts | None
    said_at: datetime
    worth: int
    credit: Credit | None
    amount: int


@dataclass(frozen=True, slots=True)
class SpoiledView:
    """Empty before goods are given out. `items` by the ids of their list items, `reports` by theirs."""

    id: str
    group_id: str
    phase: Phase
    currency: str
    leader_id: str
    items: Mapping[str, SpoiledGoods]
    reports: Mapping[str, SpoiledReport]


def spoiled_view(session: Session, viewer: Actor, run_id: UUID) -> SpoiledView:
    """For a member of the group. At most nine queries."""
    access = run_for(session, viewer, run_id)
    run = access.run
    shares: Mapping[str, Shares] = run_shares(session, run).items if run.phase in GIVEN_OUT else {}
    return SpoiledView(
        id=str(run_id),
        group_id=str(run.group_id),
        phase=run.phase,
        currency=access.group.currency,
        leader_id=str(run.leader_id),
        items=_items(session, run_id, shares),
        reports=_reports(session, access, shares),
    )


def _items(session: Session, run_id: UUID, shares: Mapping[str, Shares]) -> dict[str, SpoiledGoods]:
    """What somebody got something of."""
    rows = session.execute(
        select(ListItem, Product)
        .join(Product, col(Product.id) == col(ListItem.product_id))
        .where(col(ListItem.run_id) == run_id)
        .order_by(col(Product.name_key), col(Product.id))
    )
    found: dict[str, SpoiledGoods] = {}
    for item, product in rows:
        got = {person: each for person, each in shares.get(str(item.id), NOTHING).got.items() if each > 0}
        if got:
            found[str(item.id)] = SpoiledGoods(str(item.id), product.name, product.unit, product.step, got)
    return found


def _reports(session: Session, access: RunAccess, shares: Mapping[str, Shares]) -> dict[str, SpoiledReport]:
    rows = session.execute(
        select(Spoilage, col(User.name), Attachment)
        .join(User, col(User.id) == col(Spoilage.user_id))
        .outerjoin(Attachment, col(Attachment.id) == col(Spoilage.attachment_id))
        .where(col(Spoilage.run_id) == access.run.id)
        .order_by(col(Spoilage.id))
    )
    found: dict[str, SpoiledReport] = {}
    for row, name, photo in rows:
        person, mine = str(row.user_id), shares.get(str(row.item_id), NOTHING)
        of = mine.got.get(person, 0), mine.costs.get(person, 0)
        found[str(row.id)] = SpoiledReport(
            id=str(row.id),
            item_id=str(row.item_id),
            user_id=person,
            name=name,
            quantity=row.quantity,
            note=row.note,
            photo=facts_of(photo) if row.attachment_id is not None and access.participant is not None else None,
            said_at=row.said_at,
            worth=worth(str(row.item_id), row.quantity, *of) if row.quantity else 0,
            credit=row.credit,
            amount=row.amount,
        )
    return found
