"""The receipts of a run as facts for its page: who paid which till, and what stands on each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.costs import CostKind, CostRule
from bulq.domain.phases import Phase, Unit
from bulq.domain.prices import content_in
from bulq.domain.searching import content_beside
from bulq.models import (
    Cost,
    CostShare,
    ListItem,
    Membership,
    Participant,
    Product,
    Purchase,
    Receipt,
    ReceiptPayer,
    Store,
    User,
)
from bulq.models import Run as RunRow
from bulq.queries.access import run_for
from bulq.queries.attachments import AttachmentFacts, attachments_on_receipts

_Ids = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """A purchase: thousandths of the unit, minor units. `id` is that of the purchase."""

    id: str
    name: str
    content: tuple[int, Unit] | None
    unit: Unit
    quantity: int
    total: int


@dataclass(frozen=True, slots=True)
class CostLine:
    """A line that is no purchase: minor units, below 0 where people get money back.

    `item` names the only goods that count; `distance` is in thousandths of a kilometre. `shares` are of the chosen
    people, by their ids.
    """

    id: str
    kind: CostKind
    rule: CostRule
    amount: int
    item: str
    distance: int | None
    note: str
    shares: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """`total` is what the till says, None while nobody typed it; `lines` what the lines come to, in minor units.

    `payers` are by their ids with what each paid: a single one all that the lines come to. A receipt with a `reason`
    corrects a completed run.
    """

    id: str
    day: date
    total: int | None
    lines: int
    revision: int
    reason: str
    added_by: str
    added_at: datetime
    payers: Mapping[str, int]
    purchases: Mapping[str, BoughtLine]
    costs: Mapping[str, CostLine]
    attachments: Mapping[str, AttachmentFacts]


@dataclass(frozen=True, slots=True)
class ReceiptsView:
    """`people` are those in the group or the run, by their ids; `members` are in the group now.

    `participants` take part in the run: photos and PDFs are for them alone.

    `items` are the goods that were bought, by the ids of their list items. `total` is what all receipts come to.
    """

    id: str
    group_id: str
    group: str
    store: str
    shopping_day: date | None
    currency: str
    time_zone: str
    phase: Phase
    leader_id: str
    helpers: tuple[str, ...]
    price_per_km: int | None
    people: Mapping[str, str]
    members: tuple[str, ...]
    participants: tuple[str, ...]
    items: Mapping[str, str]
    receipts: Mapping[str, ReceiptFacts]
    total: int


def receipts_view(session: Session, viewer: Actor, run_id: UUID) -> ReceiptsView:
    """For a member of the group. Nine queries, however many receipts."""
    access = run_for(session, viewer, run_id)
    run, group = access.run, access.group
    purchases, costs, payers = _purchases(session, run_id), _costs(session, run_id), _payers(session, run_id)
    attachments = attachments_on_receipts(session, run_id)
    receipts = {
        str(receipt.id): _facts(
            *(receipt, payers[receipt.id], purchases.get(receipt.id, {}), costs.get(receipt.id, {})),
            attachments.get(receipt.id, {}),
        )
        for receipt in session.scalars(
            select(Receipt).where(col(Receipt.run_id) == run_id).order_by(col(Receipt.added_at), col(Receipt.id))
        )
    }
    people, members, participants, helpers = _people(session, run)
    return ReceiptsView(
        id=str(run_id),
        group_id=str(group.id),
        group=group.name,
        store=session.execute(select(col(Store.name)).where(col(Store.id) == run.store_id)).scalar_one(),
        shopping_day=run.shopping_day,
        currency=group.currency,
        time_zone=group.time_zone,
        phase=run.phase,
        leader_id=str(run.leader_id),
        helpers=helpers,
        price_per_km=group.price_per_km,
        people=people,
        members=members,
        participants=participants,
        items=_items(session, run_id),
        receipts=receipts,
        total=sum(receipt.lines for receipt in receipts.values()),
    )


def _facts(
    receipt: Receipt,
    payers: Mapping[str, int | None],
    purchases: Mapping[str, BoughtLine],
    costs: Mapping[str, CostLine],
    attachments: Mapping[str, AttachmentFacts],
) -> ReceiptFacts:
    lines = sum(line.total for line in purchases.values()) + sum(cost.amount for cost in costs.values())
    return ReceiptFacts(
        id=str(receipt.id),
        day=receipt.day,
        total=receipt.total,
        lines=lines,
        revision=receipt.revision,
        reason=receipt.reason,
        added_by=str(receipt.added_by),
        added_at=receipt.added_at,
        payers={payer: lines if amount is None else amount for payer, amount in payers.items()},
        purchases=purchases,
        costs=costs,
        attachments=attachments,
    )


def _purchases(session: Session, run_id: UUID) -> dict[UUID, dict[str, BoughtLine]]:
    rows = session.execute(
        select(
            *(col(Purchase.receipt_id), col(Purchase.id), col(Purchase.quantity), col(Purchase.total)),
            *(col(Product.name), col(Product.content_key), col(Product.unit)),
        )
        .join(ListItem, col(ListItem.id) == col(Purchase.item_id))
        .join(Product, col(Product.id) == col(ListItem.product_id))
        .where(col(Purchase.run_id) == run_id)
        .order_by(col(Purchase.bought_at), col(Purchase.id))
    )
    found: dict[UUID, dict[str, BoughtLine]] = defaultdict(dict)
    for receipt_id, purchase_id, quantity, total, name, content, unit in rows:
        beside = content_in(content_beside(name, content))
        found[receipt_id][str(purchase_id)] = BoughtLine(str(purchase_id), name, beside, unit, quantity, total)
    return found


def _costs(session: Session, run_id: UUID) -> dict[UUID, dict[str, CostLine]]:
    rows = session.execute(
        select(Cost, col(Product.name), col(CostShare.user_id), col(CostShare.share))
        .outerjoin(ListItem, col(ListItem.id) == col(Cost.item_id))
        .outerjoin(Product, col(Product.id) == col(ListItem.product_id))
        .outerjoin(CostShare, col(CostShare.cost_id) == col(Cost.id))
        .where(col(Cost.run_id) == run_id)
        .order_by(col(Cost.added_at), col(Cost.id))
    ).all()
    shares: dict[UUID, dict[str, int]] = defaultdict(dict)
    for cost, _, user_id, share in rows:
        if user_id:
            shares[cost.id][str(user_id)] = share
    found: dict[UUID, dict[str, CostLine]] = defaultdict(dict)
    for cost, item, _, _ in rows:
        found[cost.receipt_id][str(cost.id)] = CostLine(
            str(cost.id), cost.kind, cost.rule, cost.amount, item or "", cost.distance, cost.note, shares[cost.id]
        )
    return found


def _payers(session: Session, run_id: UUID) -> dict[UUID, dict[str, int | None]]:
    rows = session.execute(
        select(col(ReceiptPayer.receipt_id), col(ReceiptPayer.user_id), col(ReceiptPayer.amount))
        .where(col(ReceiptPayer.run_id) == run_id)
        .order_by(col(ReceiptPayer.id))
    )
    found: dict[UUID, dict[str, int | None]] = defaultdict(dict)
    for receipt_id, user_id, amount in rows:
        found[receipt_id][str(user_id)] = amount
    return found


def _people(session: Session, run: RunRow) -> tuple[dict[str, str], _Ids, _Ids, _Ids]:
    """Names of everybody in the group or the run by their ids; who is in the group; who takes part; who helps."""
    rows = session.execute(
        select(*(col(User.id), col(User.name), col(Membership.id), col(Participant.id), col(Participant.helper_since)))
        .outerjoin(Membership, (col(Membership.user_id) == col(User.id)) & (col(Membership.group_id) == run.group_id))
        .outerjoin(Participant, (col(Participant.user_id) == col(User.id)) & (col(Participant.run_id) == run.id))
        .where(col(Membership.id).is_not(None) | col(Participant.id).is_not(None))
        .order_by(col(User.name), col(User.id))
    ).all()
    people = {str(user_id): name for user_id, name, *_ in rows}
    members = tuple(str(user_id) for user_id, _, member, _, _ in rows if member)
    participants = tuple(str(user_id) for user_id, _, _, takes_part, _ in rows if takes_part)
    return people, members, participants, tuple(str(user_id) for user_id, _, _, _, helps in rows if helps)


def _items(session: Session, run_id: UUID) -> dict[str, str]:
    rows = session.execute(
        select(col(ListItem.id), col(Product.name))
        .join(Product, col(Product.id) == col(ListItem.product_id))
        .where(col(ListItem.run_id) == run_id, col(ListItem.bought) > 0)
        .order_by(col(Product.name_key), col(Product.id))
    )
    return {str(item_id): name for item_id, name in rows}
