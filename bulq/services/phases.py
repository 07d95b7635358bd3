"""A run going from one phase to the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, update
from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict
from bulq.domain.money import share_money
from bulq.domain.phases import BIDDING, FINAL, OPEN, Phase
from bulq.domain.runs import next_after_shopping
from bulq.domain.texts import clean_text
from bulq.models import Allocation, Bid, BidRaise, Group, ListItem, Participant, PhaseEntry, Product, Receipt, Run
from bulq.queries.access import RunAccess, run_for
from bulq.services.advance_lines import end_question, tell_what_stays, withdraw_unpaid
from bulq.services.audit import record_run
from bulq.services.cases import undo_choices
from bulq.services.catalogue import observe_purchases
from bulq.services.goodwill import remember
from bulq.services.ledger import freeze
from bulq.services.notices import participants_but, tell


def enter(
    session: Session,
    run: Run,
    phase: Phase,
    actor: Actor | None,
    *,
    told_as: str = "",
    now: datetime,
    **details: Any,
) -> None:
    """Put the run into a phase, remember who did it and tell the others. Without an actor it happened by itself.

    `told_as` replaces "phase_<phase>" as the name of the notice and of the entry in the audit log; `details` are
    stored with both. However shopping ends, also by cancelling, what was bought feeds the price history. When the run
    ends, what everybody owes is written into the ledger; when it is completed, balances and goodwill follow. Advances
    that nobody paid are not asked for any more.
    """
    if run.phase is Phase.SHOPPING:
        observe_purchases(session, run, session.get_one(Group, run.group_id), now=now)
    if phase in FINAL:
        withdraw_unpaid(session, run)  # before balances, in the order in which a payment locks both
        freeze(session, run, phase, actor, now=now)
    if phase is Phase.COMPLETED:
        remember(session, run, now=now)
    run.phase = phase
    if phase in FINAL:
        run.ended_at, run.hand_over_to = now, None
    session.add(run)
    session.add(PhaseEntry(run_id=run.id, phase=phase, actor_id=actor.id if actor else None, entered_at=now))
    people = participants_but(session, run, actor.id if actor else None)
    changes.note(session, changes.run(run.id), changes.group(run.group_id), changes.user(run.leader_id))
    changes.note(session, *map(changes.user, people))
    kind = (told_as or f"phase_{phase}") if actor else f"by_itself_{phase}"
    tell(session, people, kind, now=now, run=run, by=actor, **details)
    if phase is Phase.CANCELLED:
        tell_what_stays(session, run, actor, now=now)
    record_run(session, actor, told_as or f"phase_{phase}", run, now=now, **details)


def _leading(session: Session, actor: Actor, run_id: UUID, *phases: Phase) -> RunAccess:
    """The locked run, if the actor leads it and it is in one of the phases."""
    access = run_for(session, actor, run_id, lock=True)
    access.need_leader()
    access.need_phase(*phases)
    return access


def _need_firm_bid(session: Session, run: Run) -> None:
    firm = select(Bid.id).where(Bid.run_id == run.id, col(Bid.quantity).is_not(None)).limit(1)
    if session.scalars(firm).first() is None:
        raise Conflict("no_firm_bids")


def confirm_run(
    session: Session, actor: Actor, run_id: UUID, *, not_ready: Collection[UUID] = (), now: datetime
) -> None:
    """Freeze the bids; there must be a firm one.

    `not_ready` are the participants without a ready tick whom the leader has seen and confirms without waiting for.
    """
    run = _leading(session, actor, run_id, *BIDDING).run
    _need_firm_bid(session, run)
    waiting = select(Participant.user_id).where(Participant.run_id == run.id, col(Participant.ready_at).is_(None))
    if not set(session.scalars(waiting)) <= set(not_ready):
        raise Conflict("not_all_ready")
    enter(session, run, Phase.CONFIRMED, actor, now=now)


def close_bidding(session: Session, run_id: UUID, *, now: datetime) -> bool:
    """Confirm a run whose deadline has passed; without a firm bid clear the deadline and tell the leader.

    May be called by several processes at once: whoever locks the run first does it. Returns whether it was this call.
    """
    due = select(Run).where(Run.id == run_id, col(Run.phase).in_(BIDDING), col(Run.bids_close_at) <= now)
    run = session.scalars(due.with_for_update()).first()
    if run is None:
        return False
    try:
        _need_firm_bid(session, run)
    except Conflict:
        run.bids_close_at = None
        session.add(run)
        changes.note(session, changes.run(run.id), changes.group(run.group_id))
        tell(session, [run.leader_id], "deadline_without_bids", now=now, run=run)
        record_run(session, None, "deadline_cleared", run, now=now)
    else:
        enter(session, run, Phase.CONFIRMED, None, now=now)
    return True


def reopen_bidding(session: Session, actor: Actor, run_id: UUID, *, now: datetime) -> None:
    """Back to bidding: everybody has to tick ready again, and a deadline that has passed is gone.

    What the leader chose for open cases is undone, and nobody is asked for an advance any more.
    """
    run = _leading(session, actor, run_id, Phase.CONFIRMED).run
    end_question(session, run)
    undo_choices(session, run, now=now)
    session.execute(update(Participant).where(col(Participant.run_id) == run.id).values(ready_at=None))
    if run.bids_close_at is not None and run.bids_close_at <= now:
        run.bids_close_at = None
    enter(session, run, Phase.ACTIVE, actor, now=now)


def start_shopping(session: Session, actor: Actor, run_id: UUID, *, now: datetime) -> None:
    """Make the shopping list: per product the sum of its firm bids."""
    run = _leading(session, actor, run_id, Phase.CONFIRMED).run
    _need_firm_bid(session, run)
    wanted = session.execute(
        select(Bid.product_id, func.sum(Bid.quantity))
        .where(Bid.run_id == run.id, col(Bid.quantity).is_not(None))
        .group_by(col(Bid.product_id))
    )
    for product_id, quantity in wanted:
        session.add(ListItem(run_id=run.id, product_id=product_id, wanted=int(quantity or 0)))
    enter(session, run, Phase.SHOPPING, actor, now=now)


def stop_shopping(session: Session, actor: Actor, run_id: UUID, *, now: datetime) -> None:
    """Back to confirmed while nothing is bought and no receipt is there; the list is made anew next time."""
    run = _leading(session, actor, run_id, Phase.SHOPPING).run
    if session.scalars(select(Receipt.id).where(Receipt.run_id == run.id).limit(1)).first() is not None:
        raise Conflict("already_bought")
    session.execute(delete(ListItem).where(col(ListItem.run_id) == run.id))
    enter(session, run, Phase.CONFIRMED, actor, now=now)


def finish_shopping(
    session: Session,
    actor: Actor,
    run_id: UUID,
    *,
    not_there: Collection[UUID] = (),
    nothing_is_fine: bool = False,
    now: datetime,
) -> Phase:
    """Leave the shop. What comes next follows from the list (rules in domain/runs.py).

    `not_there` are the list items that the leader saw neither bought nor marked, and marks as not there now. Any other
    open item refuses. With nothing bought at all the run is over, which has to be said by `nothing_is_fine`.
    """
    run = _leading(session, actor, run_id, Phase.SHOPPING).run
    items = session.scalars(select(ListItem).where(ListItem.run_id == run.id)).all()
    still_open = [item for item in items if not item.bought and not item.missing]
    if not {item.id for item in still_open} <= set(not_there):
        raise Conflict("items_open")
    goods = {each.id: each for each in session.scalars(select(Product).where(col(Product.id).in_(_listed(run))))}
    phase = next_after_shopping([(item.wanted, item.bought, goods[item.product_id].step) for item in items])
    if phase is Phase.COMPLETED and not nothing_is_fine:
        raise Conflict("nothing_bought")
    for item in still_open:
        item.missing = True
        session.add(item)
    _keep_what_was_wanted(session, run)
    if phase is Phase.DISTRIBUTING:
        allocate_bids(session, run)
    enter(session, run, phase, actor, now=now)
    return phase


def _listed(run: Run) -> Select[UUID]:
    return select(col(ListItem.product_id)).where(ListItem.run_id == run.id)


def _keep_what_was_wanted(session: Session, run: Run) -> None:
    """Note each bid, who changed it, and each raise as it is before any adjusting."""
    firm = (col(Bid.run_id) == run.id) & col(Bid.quantity).is_not(None)
    as_they_are = {"wanted": Bid.quantity, "wanted_by": Bid.edited_by, "wanted_from": Bid.edited_from}
    session.execute(update(Bid).where(firm).values(as_they_are))
    of_firm_bids = select(Bid.id).where(firm)
    session.execute(update(BidRaise).where(col(BidRaise.bid_id).in_(of_firm_bids)).values(wanted=BidRaise.quantity))


def allocate_bids(session: Session, run: Run) -> None:
    """Everybody gets what they bid of what was bought, and of weighed goods their part of what the scale said.

    What was bought has to match what was bid.
    """
    rows = session.execute(
        select(ListItem.id, ListItem.bought, Bid.user_id, Bid.quantity)
        .join(Bid, (col(Bid.run_id) == col(ListItem.run_id)) & (col(Bid.product_id) == col(ListItem.product_id)))
        .where(ListItem.run_id == run.id, col(ListItem.bought) > 0, col(Bid.quantity).is_not(None))
    )
    bids: dict[tuple[UUID, int], dict[str, int]] = defaultdict(dict)
    for item_id, bought, user_id, quantity in rows:
        bids[item_id, bought][str(user_id)] = quantity or 0
    for (item_id, bought), wanted in bids.items():
        for user, quantity in share_money(bought, wanted, str(item_id)).items():
            if quantity:
                session.add(Allocation(run_id=run.id, item_id=item_id, user_id=UUID(user), quantity=quantity))


def complete_run(
    session: Session, actor: Actor, run_id: UUID, *, rest_picked_up: Collection[UUID] = (), now: datetime
) -> None:
    """End a run.

    `rest_picked_up` are the allocations that the leader saw waiting and says were handed out. Any other one that waits
    refuses.
    """
    run = _leading(session, actor, run_id, Phase.DISTRIBUTING).run
    waiting = (col(Allocation.run_id) == run.id) & col(Allocation.picked_up_at).is_(None)
    lines = session.scalars(select(Allocation.id).where(waiting)).all()
    if not set(lines) <= set(rest_picked_up):
        raise Conflict("not_all_picked_up", count=len(lines))
    session.execute(update(Allocation).where(waiting).values(picked_up_at=now, picked_up_by=actor.id))
    enter(session, run, Phase.COMPLETED, actor, now=now)


def cancel_run(session: Session, actor: Actor, run_id: UUID, reason: str, *, now: datetime) -> None:
    run = _leading(session, actor, run_id, *OPEN).run
    run.cancel_reason = clean_text(reason, field="reason", maximum=500, multiline=True)
    enter(session, run, Phase.CANCELLED, actor, now=now)
