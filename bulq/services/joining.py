"""Making one bid, list item or place in a run out of two, when what they are about turns out to be the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq.domain.merging import joined_note, joined_quantity
from bulq.models import (
    Allocation,
    Bid,
    BidRaise,
    Cost,
    CostShare,
    Favour,
    LeftoverTaking,
    ListItem,
    Participant,
    Purchase,
    ReceiptPayer,
    Shortage,
    Spoilage,
    StatementLine,
)
from bulq.services.participants import HOLDING


def join_bids(session: Session, pairs: Iterable[tuple[Bid, Bid]]) -> None:
    """Add each second bid to the first, its raises in their order among the others."""
    for kept, moved in pairs:
        session.execute(update(BidRaise).where(col(BidRaise.bid_id) == moved.id).values(bid_id=kept.id))
        if kept.edited_by or moved.edited_by:
            kept.edited_from = _before(kept) + _before(moved)
            kept.edited_by = kept.edited_by or moved.edited_by
        if kept.wanted_by or moved.wanted_by:
            kept.wanted_from = _before_wanted(kept) + _before_wanted(moved)
            kept.wanted_by = kept.wanted_by or moved.wanted_by
        kept.up_to_cap = _cap(kept, moved)
        kept.up_to = _most(kept) + _most(moved) if kept.up_to or moved.up_to else None
        kept.quantity = joined_quantity(kept.quantity, moved.quantity)
        kept.wanted = joined_quantity(kept.wanted, moved.wanted)
        kept.note = joined_note(kept.note, moved.note)
        kept.created_at = min(kept.created_at, moved.created_at)
        kept.updated_at = max(kept.updated_at, moved.updated_at)
        session.add(kept)
        session.delete(moved)


def _before(bid: Bid) -> int:
    """What the leader found."""
    return (bid.edited_from if bid.edited_by else bid.quantity) or 0


def _before_wanted(bid: Bid) -> int:
    """What the leader found before shopping."""
    return (bid.wanted_from if bid.wanted_by else bid.wanted) or 0


def _most(bid: Bid) -> int:
    """What the bidder takes at most."""
    return max(bid.up_to or 0, bid.quantity or 0)


def _cap(kept: Bid, moved: Bid) -> int | None:
    """Both caps together; without a cap on one that takes more there is none."""
    caps = [bid.up_to_cap for bid in (kept, moved) if bid.up_to]
    return None if None in caps or not caps else sum(cap or 0 for cap in caps)


def join_items(session: Session, pairs: Iterable[tuple[ListItem, ListItem]]) -> None:
    """Add each second list item to the first, with what was bought of it and who gets it."""
    for kept, moved in pairs:
        for table in (Purchase, StatementLine, LeftoverTaking, Cost, Favour, Shortage):
            session.execute(update(table).where(col(table.item_id) == moved.id).values(item_id=kept.id))
        _move_allocations(session, kept.id, moved.id)
        _move_spoilages(session, kept.id, moved.id)
        kept.wanted += moved.wanted
        kept.bought += moved.bought
        kept.line_total += moved.line_total
        kept.missing = kept.missing and moved.missing
        session.add(kept)
        session.delete(moved)


def _move_allocations(session: Session, kept_item: UUID, moved_item: UUID) -> None:
    query = select(Allocation).where(col(Allocation.item_id).in_([kept_item, moved_item]))
    rows = session.scalars(query.execution_options(populate_existing=True)).all()
    kept = {row.user_id: row for row in rows if row.item_id == kept_item}
    pairs = [(kept[row.user_id], row) for row in rows if row.item_id == moved_item and row.user_id in kept]
    join_allocations(session, pairs)
    session.execute(update(Allocation).where(col(Allocation.item_id) == moved_item).values(item_id=kept_item))


def join_allocations(session: Session, pairs: Iterable[tuple[Allocation, Allocation]]) -> None:
    """Add each second part of the goods to the first; it is picked up only when both are."""
    for kept, moved in pairs:
        kept.quantity += moved.quantity
        if kept.picked_up_at is None or moved.picked_up_at is None:
            kept.picked_up_at = kept.picked_up_by = None
        elif moved.picked_up_at > kept.picked_up_at:
            kept.picked_up_at, kept.picked_up_by = moved.picked_up_at, moved.picked_up_by
        session.add(kept)
        session.delete(moved)


def _move_spoilages(session: Session, kept_item: UUID, moved_item: UUID) -> None:
    rows = session.scalars(select(Spoilage).where(col(Spoilage.item_id).in_([kept_item, moved_item]))).all()
    kept = {row.user_id: row for row in rows if row.item_id == kept_item}
    both = [(kept[row.user_id], row) for row in rows if row.item_id == moved_item and row.user_id in kept]
    join_spoilages(session, both)
    session.execute(update(Spoilage).where(col(Spoilage.item_id) == moved_item).values(item_id=kept_item))


def join_spoilages(session: Session, pairs: Iterable[tuple[Spoilage, Spoilage]]) -> None:
    """One report of a person and item: with both amounts while neither is decided, else the one that is."""
    for kept, moved in pairs:
        if kept.credit is None and moved.credit is None:
            kept.quantity += moved.quantity
            kept.note = kept.note or moved.note
        elif kept.credit is None:
            for name in ("quantity", "note", "credit", "amount", "receipt_id", "decided_by", "decided_at"):
                setattr(kept, name, getattr(moved, name))
        session.add(kept)
        session.delete(moved)
    session.flush()


def join_payers(session: Session, pairs: Iterable[tuple[ReceiptPayer, ReceiptPayer]]) -> None:
    """One payer of the receipt, with what both paid."""
    for kept, moved in pairs:
        kept.amount = (kept.amount or 0) + (moved.amount or 0)
        session.add(kept)
        session.delete(moved)
    session.flush()


def join_cost_shares(session: Session, pairs: Iterable[tuple[CostShare, CostShare]]) -> None:
    """One person among those who bear the cost, with the shares of both."""
    for kept, moved in pairs:
        kept.share += moved.share
        session.add(kept)
        session.delete(moved)
    session.flush()


def join_participants(session: Session, pairs: Iterable[tuple[Participant, Participant]]) -> None:
    """One place in the run: helping as long as either did, ready only if both were."""
    for kept, moved in pairs:
        for table, column in HOLDING:
            theirs = (col(table.run_id) == moved.run_id) & (getattr(table, column) == moved.user_id)
            session.execute(update(table).where(theirs).values({column: kept.user_id}))
        kept.joined_at = min(kept.joined_at, moved.joined_at)
        kept.helper_since = _earlier(kept.helper_since, moved.helper_since)
        kept.ready_at = max(kept.ready_at, moved.ready_at) if kept.ready_at and moved.ready_at else None
        session.add(kept)
        session.delete(moved)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(one, other) if one and other else one or other
