"""Bidding: how much somebody wants of a product."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam
from sqlalchemy.orm import Session, aliased
from sqlmodel import col, func, select

from bulq import changes
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, NotFound
from bulq.domain.phases import BIDDING, Phase
from bulq.domain.quantities import check_quantity
from bulq.domain.texts import clean_text
from bulq.models import Bid, Group, Membership, Participant, Product, Run
from bulq.queries.access import RunAccess, run_for
from bulq.services.debt_limits import check_debt
from bulq.services.participants import forget_idle, participant_of
from bulq.services.phases import enter
from bulq.services.raises import bid_of, change_quantity
from bulq.services.up_to import take_up_to


def _bidding(session: Session, actor: Actor, run_id: UUID, now: datetime) -> RunAccess:
    """The locked run, if it takes bids: a deadline counts from its moment on, whether or not it was acted on yet."""
    access = run_for(session, actor, run_id, lock=True)
    access.need_phase(*BIDDING)
    if access.run.bids_close_at is not None and access.run.bids_close_at <= now:
        raise Conflict("bidding_over")
    return access


def my_bid(session: Session, access: RunAccess, product_id: UUID) -> Bid:
    bid = bid_of(session, access.run.id, access.actor.id, product_id)
    if bid is None:
        raise NotFound()
    return bid


def place_bid(
    session: Session,
    actor: Actor,
    run_id: UUID,
    product_id: UUID,
    quantity: int,
    *,
    note: str = "",
    up_to: int | None = None,
    up_to_cap: int | None = None,
    now: datetime,
) -> None:
    """Want `quantity` thousandths of a product, whatever was wanted before; without a new note the old one stays.

    "2, up to 4": the actor takes up to `up_to` thousandths where that fills a case, of which what is beside `quantity`
    costs at most `up_to_cap` minor units. None leaves that as it was, and an `up_to` of 0 takes it back.
    """
    bid, is_limited = _bid_for(session, actor, run_id, product_id, quantity, now)
    if note:
        bid.note = clean_text(note, field="note", maximum=500, multiline=True)
    if up_to is not None or up_to_cap is not None:
        take_up_to(session, bid, quantity, up_to, up_to_cap)
    _want(session, actor, bid, quantity, is_limited, now)


def place_first_bid(
    session: Session,
    actor: Actor,
    run_id: UUID,
    product_id: UUID,
    quantity: int | None,
    *,
    note: str = "",
    up_to: int | None = None,
    up_to_cap: int | None = None,
    now: datetime,
) -> None:
    """Want `quantity` thousandths of a product, None for interested only, where the actor sees no bid of theirs.

    The rest is as for `place_bid`. A bid they have on the product by now, from another tab, is not overwritten.
    """
    _bidding(session, actor, run_id, now)
    if bid_of(session, run_id, actor.id, product_id) is not None:
        raise Conflict("bid_there")
    bid, is_limited = _bid_for(session, actor, run_id, product_id, quantity, now)
    bid.note = clean_text(note, field="note", maximum=500, multiline=True)
    take_up_to(session, bid, quantity or 0, up_to, up_to_cap)
    _want(session, actor, bid, quantity, is_limited, now)


def mark_interested(session: Session, actor: Actor, run_id: UUID, product_id: UUID, *, now: datetime) -> None:
    """Only interested: no quantity, counts nowhere. A firm bid becomes that, too."""
    bid, _ = _bid_for(session, actor, run_id, product_id, None, now)
    bid.up_to = bid.up_to_cap = None
    change_quantity(session, bid, None, now=now)


def _want(session: Session, actor: Actor, bid: Bid, quantity: int | None, is_limited: bool, now: datetime) -> None:
    """Change the quantity. Wanting more is refused where that goes further below zero than the group allows."""
    more = (quantity or 0) > (bid.quantity or 0)
    change_quantity(session, bid, quantity, now=now)
    if is_limited and more:
        check_debt(session, session.get_one(Run, bid.run_id), actor)


class _Ready(NamedTuple):
    """`is_limited`: the group says how far below zero somebody may go."""

    bid: Bid
    is_limited: bool


def _bid_for(
    session: Session, actor: Actor, run_id: UUID, product_id: UUID, quantity: int | None, now: datetime
) -> _Ready:
    """The actor's bid on the product, locked and ready for this quantity; bidding takes "ready" back.

    Whoever only changes a bid doesn't keep the others of the run waiting; a new one is checked against the whole run.
    """
    ids = {"run_id": run_id, "user_id": actor.id, "product_id": product_id}
    standing = session.execute(_STANDING, ids | {"now": now}).first()
    if standing is None:
        access = _bidding(session, actor, run_id, now)
        return _Ready(_new_bid(session, access, ids, quantity, now), access.group.debt_limit is not None)
    bid, participant, step, debt_limit = standing
    if quantity is not None:
        check_quantity(quantity, step)
    _take_ready_back(session, participant)
    changes.note(session, changes.row(run_id, product_id))
    return _Ready(bid, debt_limit is not None)


def _new_bid(session: Session, access: RunAccess, ids: dict[str, UUID], quantity: int | None, now: datetime) -> Bid:
    """The same for a first bid, which makes its bidder take part and opens bidding."""
    run, actor = access.run, access.actor
    step, bid, bids_already = _step_and_bid(session, ids)
    if quantity is not None:
        check_quantity(quantity, step)
    _take_ready_back(session, access.participant or participant_of(session, run, actor.id, now=now))
    changes.note(session, changes.row(run.id, ids["product_id"]))
    if bid is None:
        if check_room_for(session, run, ids["product_id"]):
            changes.note(session, changes.run(run.id))
        bid = Bid(run_id=run.id, user_id=actor.id, product_id=ids["product_id"], created_at=now, updated_at=now)
        session.add(bid)
        session.flush()
        if not bids_already:  # the run waited for a bid of theirs
            changes.note(session, changes.user(actor.id))
    if run.phase is Phase.PLANNING and not access.leads:
        enter(session, run, Phase.ACTIVE, actor, now=now)
    return bid


def _take_ready_back(session: Session, participant: Participant) -> None:
    if participant.ready_at is not None:
        participant.ready_at = None
        session.add(participant)
        _note_ready(session, participant)


def _note_ready(session: Session, participant: Participant) -> None:
    """It stands beside the name in the run, and decides whether the run waits for this person."""
    changes.note(session, changes.run(participant.run_id), changes.user(participant.user_id))


def _one_bid(of: Any) -> ColumnElement[bool]:
    return and_(
        col(Bid.run_id) == bindparam("run_id"), col(Bid.user_id) == bindparam("user_id"), col(Bid.product_id) == of
    )


# Changing the run waits for these and these for it, but they don't wait for each other. PostgreSQL takes locks in the
# order they are written in, and the run is locked first everywhere.
_STANDING = (
    select(Bid, Participant, Product.step, Group.debt_limit)
    .join(Run, col(Run.id) == col(Bid.run_id))
    .join(Group, col(Group.id) == col(Run.group_id))
    .join(
        Membership,
        (col(Membership.group_id) == col(Run.group_id)) & (col(Membership.user_id) == col(Bid.user_id)),
    )
    .join(Participant, (col(Participant.run_id) == col(Run.id)) & (col(Participant.user_id) == col(Bid.user_id)))
    .join(Product, col(Product.id) == col(Bid.product_id))
    .where(
        _one_bid(bindparam("product_id")),
        col(Run.phase) == Phase.ACTIVE,
        col(Run.bids_close_at).is_(None) | (col(Run.bids_close_at) > bindparam("now")),
        col(Group.closed_at).is_(None),
    )
    .with_for_update(of=(Run, Membership), read=True)
    .with_statement_hint(f"FOR NO KEY UPDATE OF {Bid.__tablename__}, {Participant.__tablename__}", "postgresql")
)
_other = aliased(Bid)
_STEP_AND_BID = (
    select(
        Product.step,
        Bid,
        select(_other.id)
        .where(col(_other.run_id) == bindparam("run_id"), col(_other.user_id) == bindparam("user_id"))
        .limit(1)
        .scalar_subquery()
        .is_not(None),
    )
    .outerjoin(Bid, _one_bid(col(Product.id)))
    .where(col(Product.id) == bindparam("product_id"))
)


def _step_and_bid(session: Session, ids: dict[str, UUID]) -> tuple[int, Bid | None, bool]:
    """The product's step, the actor's bid on it, and whether they bid on anything in the run.

    One query, since everybody else waits for the lock meanwhile.
    """
    found = session.execute(_STEP_AND_BID, ids).first()
    if found is None:
        raise NotFound()
    step, bid, bids_already = found
    return step, bid, bids_already


def check_room_for(session: Session, run: Run, product_id: UUID) -> bool:
    """A product already in the run can always be bid on; a new one only below the limit. Whether it is new."""
    in_run = select(Bid.id).where(Bid.run_id == run.id, Bid.product_id == product_id).limit(1)
    if session.scalars(in_run).first() is not None:
        return False
    count = select(func.count(func.distinct(col(Bid.product_id)))).where(Bid.run_id == run.id)
    if session.scalars(count).one() >= settings.products_per_run:
        raise Conflict("products_per_run", maximum=settings.products_per_run)
    return True


def write_note(session: Session, actor: Actor, run_id: UUID, product_id: UUID, note: str, *, now: datetime) -> None:
    """A word to the shopper about one's bid."""
    access = _bidding(session, actor, run_id, now)
    bid = my_bid(session, access, product_id)
    bid.note = clean_text(note, field="note", maximum=500, multiline=True)
    session.add(bid)
    changes.note(session, changes.row(run_id, product_id))


class Retracted(NamedTuple):
    """What a bid was: all that is needed to place it again."""

    quantity: int | None
    note: str
    up_to: int | None
    up_to_cap: int | None


def retract_bid(session: Session, actor: Actor, run_id: UUID, product_id: UUID, *, now: datetime) -> Retracted:
    """Take a bid back. Returns what it was."""
    access = _bidding(session, actor, run_id, now)
    bid = my_bid(session, access, product_id)
    session.delete(bid)
    session.flush()
    changes.note(session, changes.run(run_id), changes.user(actor.id))
    if access.participant is not None:
        access.participant.ready_at = None
        forget_idle(session, access.run, actor.id)
    takes_more = bid.up_to is not None and bid.up_to > (bid.quantity or 0)
    return Retracted(bid.quantity, bid.note, *((bid.up_to, bid.up_to_cap) if takes_more else (None, None)))


def set_ready(session: Session, actor: Actor, run_id: UUID, ready: bool, *, now: datetime) -> None:
    """My order is final, or not after all."""
    access = run_for(session, actor, run_id, lock=True)
    access.need_phase(Phase.ACTIVE)
    if access.participant is None:
        raise Conflict("not_participating")
    access.participant.ready_at = now if ready else None
    session.add(access.participant)
    _note_ready(session, access.participant)
