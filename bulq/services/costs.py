"""Costs on the receipts of a run beside the goods: fees, transport, deposits, and by what each is shared."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq.domain.actor import Actor
from bulq.domain.costs import TYPED, CostKind, CostRule, check_amount, check_shares, signed, transport
from bulq.domain.errors import Conflict, Invalid, NotFound
from bulq.domain.texts import clean_text
from bulq.i18n import exponent
from bulq.models import Cost, CostShare, Group, ListItem, Receipt, Run
from bulq.queries.access import RunAccess
from bulq.services.participants import forget_idle, participant_of
from bulq.services.receipts import chosen_in, difference_of, need_members, note_change, receipt_as_seen, writing

MAX_COSTS = 100  # of a run


class Share(NamedTuple):
    """How much of a cost a chosen person bears, relative to the others."""

    user_id: UUID
    share: int = 1


def add_cost(
    session: Session,
    actor: Actor,
    run_id: UUID,
    receipt_id: UUID,
    kind: CostKind,
    amount: int | None,
    rule: CostRule,
    *,
    shares: Collection[Share] = (),
    item_id: UUID | None = None,
    distance: int | None = None,
    note: str = "",
    revision: int,
    now: datetime,
) -> Cost:
    """A line of the receipt that is no purchase, shared by a rule.

    `amount` is in minor units and above 0, as people type it: a discount counts as that much less. Transport may come
    as `distance` instead (thousandths of a kilometre), where the group has agreed on a price. `shares` are of the
    chosen people. With `item_id` only the goods of that list item count.
    """
    access = writing(session, actor, run_id)
    receipt = receipt_as_seen(session, access, receipt_id, revision)
    if kind not in TYPED:
        raise Invalid("choice", field="kind")
    count = select(func.count()).select_from(Cost).where(Cost.run_id == run_id)
    if session.scalars(count).one() >= MAX_COSTS:
        raise Conflict("costs_per_run", maximum=MAX_COSTS)
    typed = _typed_amount(access, kind, amount, distance)
    cost = new_cost(
        session, access, receipt, kind, signed(kind, typed), rule, shares, item_id=item_id, note=note, now=now
    )
    cost.distance = distance
    note_change(session, access, "cost_added", receipt, now, cost=str(kind), amount=cost.amount)
    return cost


def remove_cost(
    session: Session, actor: Actor, run_id: UUID, receipt_id: UUID, cost_id: UUID, *, revision: int, now: datetime
) -> None:
    """Take a cost off the receipt."""
    access = writing(session, actor, run_id)
    receipt = receipt_as_seen(session, access, receipt_id, revision)
    cost = session.get(Cost, cost_id)
    if cost is None or cost.receipt_id != receipt.id:
        raise NotFound()
    people = chosen_in(session, [cost.id])
    session.delete(cost)
    session.flush()
    for user_id in people:
        forget_idle(session, access.run, user_id)
    note_change(session, access, "cost_removed", receipt, now, cost=str(cost.kind), amount=cost.amount)


def spread_difference(
    session: Session,
    actor: Actor,
    run_id: UUID,
    receipt_id: UUID,
    *,
    shares: Collection[Share] = (),
    difference: int,
    revision: int,
    now: datetime,
) -> Cost:
    """Share what the lines of a receipt don't explain: by value, or by the chosen people.

    `difference` is what the actor saw, in minor units. Another one by now is refused.
    """
    access = writing(session, actor, run_id)
    receipt = receipt_as_seen(session, access, receipt_id, revision)
    found = difference_of(session, receipt)
    if found == 0 or found != difference:
        raise Conflict("difference_changed", seen=difference, current=found, currency=access.group.currency)
    rule = CostRule.PEOPLE if shares else CostRule.VALUE
    cost = new_cost(session, access, receipt, CostKind.DIFFERENCE, found, rule, shares, now=now)
    note_change(session, access, "difference_spread", receipt, now, amount=found)
    return cost


def new_cost(
    session: Session,
    access: RunAccess,
    receipt: Receipt,
    kind: CostKind,
    amount: int,
    rule: CostRule,
    shares: Collection[Share],
    *,
    item_id: UUID | None = None,
    note: str = "",
    now: datetime,
) -> Cost:
    """The checked line with its chosen people. The run must be locked."""
    check_amount(amount, exponent(access.group.currency))
    chosen = _check_chosen(session, access, rule, shares)
    if item_id is not None and ((item := session.get(ListItem, item_id)) is None or item.run_id != access.run.id):
        raise NotFound()
    cost = Cost(
        run_id=access.run.id,
        receipt_id=receipt.id,
        kind=kind,
        rule=rule,
        amount=amount,
        item_id=item_id,
        note=clean_text(note, field="note", maximum=200),
        added_by=access.actor.id,
        added_at=now,
    )
    session.add(cost)
    session.flush()
    for user_id, share in chosen.items():
        participant_of(session, access.run, user_id, now=now)
        session.add(CostShare(run_id=access.run.id, cost_id=cost.id, user_id=user_id, share=share))
    session.flush()
    return cost


def check_explained(session: Session, run: Run) -> None:
    """Refuse to complete a run while a receipt has a difference that nobody bears."""
    for receipt in session.scalars(select(Receipt).where(Receipt.run_id == run.id).order_by(col(Receipt.id))):
        if difference := difference_of(session, receipt):
            raise Conflict("difference_open", amount=difference, currency=session.get_one(Group, run.group_id).currency)


def _check_chosen(session: Session, access: RunAccess, rule: CostRule, shares: Collection[Share]) -> Mapping[UUID, int]:
    if rule is not CostRule.PEOPLE:
        return {}
    chosen = {each.user_id: each.share for each in shares}
    if len(chosen) != len(shares):
        raise Invalid("person_twice", field="shares")
    check_shares({str(user_id): share for user_id, share in chosen.items()})
    need_members(session, access, chosen)
    return chosen


def _typed_amount(access: RunAccess, kind: CostKind, amount: int | None, distance: int | None) -> int:
    """What was typed, or what the distance comes to."""
    if distance is not None:
        if kind is not CostKind.TRANSPORT:
            raise Invalid("choice", field="kind")
        if access.group.price_per_km is None:
            raise Conflict("no_price_per_km", field="distance")
        amount = transport(distance, access.group.price_per_km)
    if amount is None or amount <= 0:
        raise Invalid("money_positive", field="amount")
    return amount
