"""Money that one member sends another outside of Bulq: from "you owe" to "it came"."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from bulq.domain.errors import Conflict, Invalid
from bulq.domain.quantities import check_line_total

A_DAY = timedelta(days=1)  # a debtor is reminded once in it at most
MOST_DAYS = 90  # that somebody may set: to remind again, and until an unanswered payment counts


class PaymentState(StrEnum):
    """Proposed by a plan, paid as its sender says, then confirmed or disputed by its receiver. Withdrawn: no more."""

    PROPOSED = "proposed"
    PAID = "paid"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


WAITING = (PaymentState.PROPOSED, PaymentState.PAID, PaymentState.DISPUTED)  # for somebody to do something


def check_amount(amount: int, exponent: int) -> None:
    """Refuse what is not above 0 or beyond 999,999.99 in units of a currency with `exponent` decimals."""
    if amount == 0:
        raise Invalid("money_positive", field="amount")
    check_line_total(amount, exponent, field="amount")


def check_days(days: int | None, field: str) -> None:
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise Invalid("days_between", field=field, most=MOST_DAYS)


def need_state(state: PaymentState, *allowed: PaymentState) -> None:
    """Refuse what the payment is not ready for, or no more. The key of the refusal says where the payment stands."""
    if state not in allowed:
        raise Conflict(f"payment_is_{state}")


def may_remind(reminded_at: datetime | None, now: datetime) -> bool:
    return reminded_at is None or now >= reminded_at + A_DAY


def reminder_due(reminded_at: datetime | None, again_after: int | None, now: datetime) -> bool:
    """Whether a debtor who was reminded once is to be reminded again: after so many days."""
    return reminded_at is not None and again_after is not None and now >= reminded_at + timedelta(days=again_after)
