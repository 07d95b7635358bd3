"""Use cases that carry what somebody saw, called by one who sees how things stand at this moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError
from bulq.domain.phases import Phase
from bulq.domain.settling import PlanKind
from bulq.domain.statements import NOTHING
from bulq.models import Group, ListItem, Plan, Purchase, Run
from bulq.queries.access import run_for
from bulq.queries.case_proposals import case_proposals
from bulq.queries.item_shares import run_shares
from bulq.queries.questions import not_ready, open_list, shares_of, waiting_lines
from bulq.queries.settling import proposal
from bulq.queries.shares import effect_of
from bulq.services import adjusting, cases, leftovers, mistakes, phases, settling, shopping
from bulq.services.bids import bid_of


def _lock(session: Session, actor: Actor, run_id: UUID) -> None:
    """Nothing changes between looking and acting. Whoever may not is refused by the use case itself."""
    session.flush()
    try:
        run_for(session, actor, run_id, lock=True)
    except BulqError:
        return


def bought(session: Session, item_id: UUID) -> int:
    item = session.get(ListItem, item_id, populate_existing=True)
    return item.bought if item else 0


def line(session: Session, purchase_id: UUID) -> shopping.SeenPurchase:
    purchase = session.get(Purchase, purchase_id, populate_existing=True)
    return shopping.seen_now(purchase) if purchase else shopping.SeenPurchase(0, 0, purchase_id)


def wanted(session: Session, run_id: UUID, user_id: UUID, product_id: UUID) -> int:
    bid = bid_of(session, run_id, user_id, product_id)
    return bid.quantity or 0 if bid else 0


def confirm_run(session: Session, actor: Actor, run_id: UUID, *, now: datetime) -> None:
    _lock(session, actor, run_id)
    try:
        waiting = [person.id for person in not_ready(session, actor, run_id)]
    except BulqError:
        waiting = []
    phases.confirm_run(session, actor, run_id, not_ready=waiting, now=now)


def buy(
    session: Session,
    actor: Actor,
    run_id: UUID,
    item_id: UUID,
    quantity: int,
    total: int,
    *,
    now: datetime,
    **more: Any,
) -> Purchase:
    _lock(session, actor, run_id)
    seen = bought(session, item_id)
    return shopping.buy(session, actor, run_id, item_id, quantity, total, seen=seen, now=now, **more)


def edit_purchase(
    session: Session,
    actor: Actor,
    run_id: UUID,
    purchase_id: UUID,
    quantity: int,
    total: int,
    *,
    now: datetime,
    **more: Any,
) -> None:
    _lock(session, actor, run_id)
    seen = line(session, purchase_id)
    shopping.edit_purchase(session, actor, run_id, purchase_id, quantity, total, seen=seen, now=now, **more)


def undo_purchase(session: Session, actor: Actor, run_id: UUID, purchase_id: UUID, *, now: datetime) -> None:
    _lock(session, actor, run_id)
    shopping.undo_purchase(session, actor, run_id, purchase_id, seen=line(session, purchase_id), now=now)


def correct_purchase(
    session: Session,
    actor: Actor,
    run_id: UUID,
    purchase_id: UUID,
    quantity: int,
    total: int,
    *,
    payer_id: UUID,
    now: datetime,
) -> None:
    _lock(session, actor, run_id)
    seen = line(session, purchase_id)
    mistakes.correct_purchase(
        session, actor, run_id, purchase_id, quantity, total, payer_id=payer_id, seen=seen, now=now
    )


def finish_shopping(
    session: Session, actor: Actor, run_id: UUID, *, nothing_is_fine: bool = False, now: datetime
) -> Phase:
    """What is still open is not there."""
    _lock(session, actor, run_id)
    try:
        still_open = [item.id for item in open_list(session, actor, run_id).items]
    except BulqError:
        still_open = []
    return phases.finish_shopping(
        session, actor, run_id, not_there=still_open, nothing_is_fine=nothing_is_fine, now=now
    )


def adjust_bid(session: Session, actor: Actor, run_id: UUID, product_id: UUID, quantity: int, *, now: datetime) -> int:
    _lock(session, actor, run_id)
    seen = wanted(session, run_id, actor.id, product_id)
    return adjusting.adjust_bid(session, actor, run_id, product_id, quantity, seen=seen, now=now)


def edit_bid_of(
    session: Session, actor: Actor, run_id: UUID, user_id: UUID, product_id: UUID, quantity: int, *, now: datetime
) -> None:
    _lock(session, actor, run_id)
    seen = wanted(session, run_id, user_id, product_id)
    adjusting.edit_bid_of(session, actor, run_id, user_id, product_id, quantity, seen=seen, now=now)


def share_fairly(
    session: Session, actor: Actor, run_id: UUID, *, leader_takes_rest: bool = False, now: datetime
) -> None:
    _lock(session, actor, run_id)
    try:
        effect = effect_of(shares_of(session, actor, run_id))
    except BulqError:
        effect = ""
    adjusting.share_fairly(session, actor, run_id, effect=effect, leader_takes_rest=leader_takes_rest, now=now)


def settle_case(
    session: Session, actor: Actor, run_id: UUID, product_id: UUID, fill: bool, *, reason: str = "", now: datetime
) -> None:
    _lock(session, actor, run_id)
    try:
        proposal = case_proposals(session, actor, run_id).items.get(str(product_id))
    except BulqError:
        proposal = None
    effect = (proposal.fill if fill else proposal.leave).effect if proposal else ""
    cases.settle_case(session, actor, run_id, product_id, fill, effect=effect, reason=reason, now=now)


def take_leftovers(
    session: Session, actor: Actor, run_id: UUID, item_id: UUID, quantity: int, *, now: datetime
) -> None:
    _lock(session, actor, run_id)
    run = session.get(Run, run_id)
    seen = run_shares(session, run).items.get(str(item_id), NOTHING).left_over if run else 0
    leftovers.take_leftovers(session, actor, run_id, item_id, quantity, seen=seen, now=now)


def complete_run(session: Session, actor: Actor, run_id: UUID, *, now: datetime) -> None:
    """What is not ticked was picked up all the same."""
    _lock(session, actor, run_id)
    try:
        waiting = waiting_lines(session, actor, run_id)
    except BulqError:
        waiting = ()
    phases.complete_run(session, actor, run_id, rest_picked_up=waiting, now=now)


def save_plan(session: Session, actor: Actor, group_id: UUID, kind: str = "fewest", *, now: datetime) -> Plan:
    session.flush()
    group = session.get(Group, group_id)
    effect = proposal(session, group, PlanKind(kind)).effect if group else ""
    return settling.save_plan(session, actor, group_id, kind, effect=effect, now=now)
