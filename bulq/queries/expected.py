"""What somebody's balance is expected to be once the open runs of a group are done. Minor units of its currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import String, func, literal, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.parts import Line, estimated
from bulq.domain.payments import PaymentState
from bulq.domain.phases import OPEN
from bulq.models import Balance, Bid, Group, Participant, Payment, Run
from bulq.queries.access import RunAccess
from bulq.queries.item_shares import BEFORE_SHOPPING
from bulq.queries.newest import CurrentOffer, Place, current_offers
from bulq.queries.runs import view_of


def expected_balance(session: Session, who: Actor, group: Group) -> int:
    """The balance, minus their part of every open run of the group, as the pages of these runs show it.

    What they paid at the tills of a run counts for them, or what others paid them in advance for it if that is more:
    the one is paid with the other. Four queries, and those of the page of each run that is being shopped or given out.
    """
    balance, runs = _balance_and_runs(session, who, group)
    held = _held(session, who, runs)
    early = [run.id for run, _ in runs if run.phase in BEFORE_SHOPPING]
    expected = balance - sum(_estimates(session, who, group, early)) + sum(held.get(run_id, 0) for run_id in early)
    for run, participant in runs:
        if run.id not in early:
            view = view_of(session, RunAccess(who, run, group, participant))
            mine = next(person for person in view.people if person.user_id == str(who.id))
            expected += max(mine.spent, held.get(run.id, 0)) - mine.part
    return expected


def _balance_and_runs(session: Session, who: Actor, group: Group) -> tuple[int, list[tuple[Run, Participant]]]:
    """Of one moment: a run that ends goes from the one to the other."""
    balance = (
        select(col(Balance.amount))
        .where(
            col(Balance.group_id) == group.id, col(Balance.currency) == group.currency, col(Balance.user_id) == who.id
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(func.coalesce(balance, 0), Run, Participant)
        .join(Participant, col(Participant.run_id) == col(Run.id))
        .where(col(Run.group_id) == group.id, col(Run.phase).in_(OPEN), col(Participant.user_id) == who.id)
        .order_by(col(Run.id))
    ).all()
    return (rows[0][0] if rows else 0), [(run, participant) for _, run, participant in rows]


def _held(session: Session, who: Actor, runs: Collection[tuple[Run, Participant]]) -> Mapping[UUID, int]:
    """By run what others paid this person in advance, and came."""
    rows = session.execute(
        select(col(Payment.run_id), func.sum(col(Payment.amount)))
        .where(
            col(Payment.run_id).in_([run.id for run, _ in runs]),
            col(Payment.receiver_id) == who.id,
            col(Payment.state) == PaymentState.CONFIRMED,
        )
        .group_by(col(Payment.run_id))
    )
    return {run_id: int(amount) for run_id, amount in rows if run_id}


def _estimates(session: Session, who: Actor, group: Group, run_ids: Collection[UUID]) -> list[int]:
    """What each product of these runs that the person bids on is expected to cost them."""
    mine = aliased(Bid)
    theirs = (col(mine.user_id) == who.id) & col(mine.quantity).is_not(None) & col(mine.run_id).in_(run_ids)
    rows = session.execute(
        select(col(Run.store_id), col(Bid.run_id), col(Bid.product_id), col(Bid.user_id), col(Bid.quantity))
        .join(mine, (col(mine.run_id) == col(Bid.run_id)) & (col(mine.product_id) == col(Bid.product_id)))
        .join(Run, col(Run.id) == col(Bid.run_id))
        .where(theirs, col(Bid.quantity).is_not(None))
    )
    bids: dict[tuple[UUID, UUID, UUID], dict[str, int]] = defaultdict(dict)
    for store_id, run_id, product_id, user_id, quantity in rows:
        bids[store_id, run_id, product_id][str(user_id)] = quantity or 0
    places = (
        select(col(mine.product_id), col(Run.store_id), literal(group.currency, String).label("currency"))
        .join(Run, col(Run.id) == col(mine.run_id))
        .where(theirs)
        .distinct()
        .subquery()
    )
    offers: Mapping[Place, tuple[CurrentOffer, ...]] = current_offers(session, places, [group.id]) if bids else {}
    return [
        estimated(Line(str(product_id), offers.get((product_id, store_id, group.currency), ()), firm)).costs.get(
            str(who.id), 0
        )
        for (store_id, _, product_id), firm in bids.items()
    ]
