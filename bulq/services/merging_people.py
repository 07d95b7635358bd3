"""Merging two accounts of one person: everything of the duplicate is the kept one's from then on."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.payments import WAITING, PaymentState
from bulq.models import (
    Allocation,
    Balance,
    Bid,
    CostShare,
    Group,
    Membership,
    Participant,
    PasswordReset,
    Payment,
    ReceiptPayer,
    Run,
    Spoilage,
    StandIn,
    User,
    UserSession,
)
from bulq.queries.access import need_server_admin_still
from bulq.queries.merging_people import against_users, columns_about_users, user_moves
from bulq.queries.pairs import load, pairs
from bulq.queries.shown import topics_naming
from bulq.services import audit
from bulq.services.households import merge_households
from bulq.services.joining import (
    join_allocations,
    join_bids,
    join_cost_shares,
    join_participants,
    join_payers,
    join_spoilages,
)
from bulq.services.merging import both, lock_runs
from bulq.services.payouts import move_payouts


def merge_users(session: Session, actor: Actor, duplicate_id: UUID, kept_id: UUID, *, now: datetime) -> None:
    """Memberships are carried, bids on one product of a run added up; who signed in with the duplicate is signed out.

    What a run that has ended comes to stays for everybody. In one whose goods are being picked up, sums stay as they
    are, and by whom an odd cent is borne may change, since that goes by the order of accounts.
    """
    need_server_admin_still(session, actor)
    _lock(session, duplicate_id, kept_id, now)
    duplicate, kept = both(session, User, duplicate_id, kept_id, col(User.deleted_at).is_(None))
    if refusal := against_users(actor, duplicate, kept):
        raise refusal
    moves = user_moves(session, duplicate_id, kept_id)
    name, username = duplicate.name, duplicate.username
    _take_over(session, duplicate, kept_id)
    audit.record(
        session,
        actor,
        "user_merged",
        kind="user",
        subject=kept_id,
        name=kept.name,
        now=now,
        duplicate=name,
        username=username,
        duplicate_id=str(duplicate_id),
        moves=moves,
    )


def absorb(session: Session, place: User, kept: User, *, now: datetime) -> None:
    """Everything of an account that nobody signs in with is the kept one's from then on. Both must not be one."""
    place_id, kept_id = place.id, kept.id
    _lock(session, place_id, kept_id, now)
    _take_over(session, place, kept_id)


def _take_over(session: Session, duplicate: User, kept_id: UUID) -> None:
    duplicate_id = duplicate.id
    changes.note(session, changes.user(kept_id), changes.user(duplicate_id), *topics_naming(session, duplicate_id))
    for table in (UserSession, PasswordReset, StandIn):
        session.execute(delete(table).where(col(table.user_id) == duplicate_id))
    merge_households(session, duplicate_id, kept_id)
    _join(session, duplicate_id, kept_id)
    move_payouts(session, duplicate_id, kept_id)
    _name_in_reasons(session, duplicate_id, kept_id)
    for column in columns_about_users():
        session.execute(update(column.table).where(column == duplicate_id).values({column: kept_id}))
    session.expire_all()
    _tidy(session, kept_id)
    session.delete(duplicate)
    session.flush()


def _lock(session: Session, duplicate_id: UUID, kept_id: UUID, now: datetime) -> None:
    """What either of them might be changing at the moment, in the order in which they would lock it themselves."""
    theirs = [duplicate_id, kept_id]
    groups = select(Membership.group_id).where(col(Membership.user_id).in_(theirs))
    session.execute(
        select(Group.id).where(col(Group.id).in_(groups)).order_by(col(Group.id)).with_for_update(key_share=True)
    )
    # All of the open runs: a first bid on its way makes somebody a participant only once its run is free.
    in_runs = select(Participant.run_id).where(col(Participant.user_id).in_(theirs))
    lock_runs(session, or_(col(Run.group_id).in_(groups), col(Run.id).in_(in_runs)), now)
    session.execute(
        select(Membership.id)
        .where(col(Membership.user_id).in_(theirs))
        .order_by(col(Membership.id))
        .with_for_update(key_share=True)
    )


def _join(session: Session, duplicate_id: UUID, kept_id: UUID) -> None:
    """One row of each kind where both have one."""

    join_bids(session, load(session, pairs(Bid, "user_id", kept_id, duplicate_id, "run_id", "product_id")))
    join_allocations(session, load(session, pairs(Allocation, "user_id", kept_id, duplicate_id, "item_id")))
    join_spoilages(session, load(session, pairs(Spoilage, "user_id", kept_id, duplicate_id, "item_id")))
    join_payers(session, load(session, pairs(ReceiptPayer, "user_id", kept_id, duplicate_id, "receipt_id")))
    join_cost_shares(session, load(session, pairs(CostShare, "user_id", kept_id, duplicate_id, "cost_id")))
    join_participants(session, load(session, pairs(Participant, "user_id", kept_id, duplicate_id, "run_id")))
    for kept, moved in load(session, pairs(Membership, "user_id", kept_id, duplicate_id, "group_id")):
        kept.is_admin = kept.is_admin or moved.is_admin
        kept.joined_at = min(kept.joined_at, moved.joined_at)
        session.add(kept)
        session.delete(moved)
    for kept, moved in load(session, pairs(Balance, "user_id", kept_id, duplicate_id, "group_id", "currency")):
        kept.amount += moved.amount
        session.add(kept)
        session.delete(moved)
    session.flush()


def _name_in_reasons(session: Session, duplicate_id: UUID, kept_id: UUID) -> None:
    """Why a line of a plan is so names people, too."""
    theirs = select(Balance.group_id).where(col(Balance.user_id) == kept_id)
    lines = select(Payment).where(col(Payment.group_id).in_(theirs), col(Payment.plan_id).is_not(None))
    for line in session.scalars(lines):
        line.reasons = json.loads(json.dumps(line.reasons).replace(str(duplicate_id), str(kept_id)))
        session.add(line)
    session.flush()


def _tidy(session: Session, kept_id: UUID) -> None:
    """Nobody asks themselves to lead, helps where they lead, or is told that they edited their own bid.

    Nor does anybody pay themselves.
    """
    to_oneself = (col(Payment.sender_id) == kept_id) & (col(Payment.receiver_id) == kept_id)
    waits = col(Payment.state).in_(WAITING)
    session.execute(update(Payment).where(to_oneself, waits).values(state=PaymentState.WITHDRAWN))
    led = select(Run.id).where(Run.leader_id == kept_id)
    session.execute(
        update(Run).where(col(Run.leader_id) == kept_id, col(Run.hand_over_to) == kept_id).values(hand_over_to=None)
    )
    session.execute(
        update(Participant)
        .where(col(Participant.user_id) == kept_id, col(Participant.run_id).in_(led))
        .values(helper_since=None)
    )
    session.execute(
        update(Bid)
        .where(col(Bid.user_id) == kept_id, col(Bid.edited_by) == kept_id)
        .values(edited_by=None, edited_from=None)
    )
    session.execute(
        update(Bid)
        .where(col(Bid.user_id) == kept_id, col(Bid.wanted_by) == kept_id)
        .values(wanted_by=None, wanted_from=None)
    )
