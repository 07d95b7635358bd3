"""How to pay somebody: shown to nobody but whoever owes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, func, or_, select

from bulq import qr
from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.domain.payment_codes import code_for, fits
from bulq.domain.payments import WAITING
from bulq.domain.payouts import Kind
from bulq.models import Payment, Payout, User
from bulq.queries.access import group_for
from bulq.queries.asking import Amount, Currency
from bulq.queries.households import settled_balances
from bulq.queries.payouts import details_of, payouts_of


@dataclass(frozen=True, slots=True)
class Way:
    """One place where the payee wants to be paid. `shown` is the account as people write it.

    `path` draws the QR code, in a square of `size` units with strokes one unit wide; `link` opens an app. Both are
    empty where there is none.
    """

    id: str
    kind: Kind
    name: str
    account: str
    shown: str
    bic: str
    link: str
    size: int
    path: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentCode:
    """`amount` in minor units; `ways` are those that fit the currency, the payee's first choice first."""

    group_id: UUID
    payee_id: UUID
    name: str
    currency: str
    amount: int
    purpose: str
    ways: Mapping[str, Way]


def payment_code(
    session: Session, viewer: Actor, group_id: UUID, payee_id: UUID, currency: Currency = "", amount: Amount = 0
) -> PaymentCode:
    """How the viewer pays a member whom they owe in a group: so much, or what they owe. NotFound for everybody else."""
    group = group_for(session, viewer, group_id).group
    currency = currency or group.currency
    debt = owed(session, viewer.id, payee_id, group_id, currency)
    if debt is None:
        raise NotFound()
    name = session.scalars(select(User.name).where(User.id == payee_id)).one()
    amount = amount or debt
    ways = (_way(row, amount, currency, group.name) for row in payouts_of(session, payee_id))
    return PaymentCode(group_id, payee_id, name, currency, amount, group.name, {way.id: way for way in ways if way})


def owed(session: Session, debtor_id: UUID, payee_id: UUID, group_id: UUID, currency: str) -> int | None:
    """What one member owes another in a group, in minor units; None where nothing opens the other's payouts to them.

    They owe what an open payment says, or when the balance of the one is below zero and that of the other above. A
    household is one person: whoever settles for it. A payment that the debtor recorded by themselves opens nothing: it
    could be made up, and is paid already.
    """
    said = select(func.sum(Payment.amount)).where(
        *(Payment.group_id == group_id, Payment.currency == currency, col(Payment.state).in_(WAITING)),
        *(Payment.sender_id == debtor_id, Payment.receiver_id == payee_id),
        or_(col(Payment.plan_id).is_not(None), Payment.created_by != debtor_id),
    )
    if waiting := session.scalars(said).one():
        return int(waiting)
    balances = settled_balances(session, group_id, currency)
    mine, theirs = balances.get(debtor_id, 0), balances.get(payee_id, 0)
    return min(-mine, theirs) if mine < 0 < theirs else None


def _way(row: Payout, amount: int, currency: str, purpose: str) -> Way | None:
    details = details_of(row)
    if details is None or not fits(details, currency):
        return None
    code = code_for(details, amount, currency, purpose)
    drawn = qr.drawing(code.text) if code else qr.Drawing(0, "")
    return Way(
        id=str(row.id),
        kind=details.kind,
        name=details.name,
        account=details.to,
        shown=details.shown,
        bic=details.bic,
        link=code.link if code else "",
        size=drawn.size,
        path=drawn.path,
        changed_at=row.changed_at,
    )
