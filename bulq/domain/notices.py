"""Of what kind a notification is: whether it asks for something, touches goods or money, or is only news."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class Concern(StrEnum):
    NEEDS_ME = "needs_me"
    MY_GOODS = "my_goods"
    NEWS = "news"


# By the kind of notification. Whatever is not here is news.
NEEDS_ME = (
    *("lead_offered", "lead_declined", "leader_left", "made_helper", "deadline_without_bids"),
    *("asked_to_pay", "asked_to_pay_several", "payment_said", "payment_disputed", "payment_reminder", "advance_asked"),
    *("spoiled_asked", "spoiled_reported"),
    *("household_asked", "household_pays"),
    *("phase_active", "by_itself_active", "phase_adjusting", "phase_distributing"),
    *("backup_failed", "backup_stale", "backup_unproven", "integrity"),
)
MY_GOODS = (
    *("bid_edited", "leftovers_taken", "purchase_corrected", "receipts_changed", "run_corrected"),
    *("spoiled_credited", "spoiled_not_credited"),
    *("case_filled", "case_filled_because", "case_left", "case_left_because"),
    *("payment_confirmed", "payment_recorded", "payment_withdrawn", "payment_counted", "payment_counted_for_you"),
    *("advance_taken_back", "advance_stays"),
    *("balance_up_since_left", "balance_down_since_left"),
    *("phase_shopping_again", "phase_shopping_again_because"),
    *("phase_completed", "phase_cancelled", "by_itself_cancelled"),
)


def concern_of(kind: str) -> Concern:
    if kind in NEEDS_ME:
        return Concern.NEEDS_ME
    return Concern.MY_GOODS if kind in MY_GOODS else Concern.NEWS


def kinds_of(concern: Concern) -> Collection[str] | None:
    """The kinds that concern somebody so; None for news, which is all that is of no other kind."""
    return {Concern.NEEDS_ME: NEEDS_ME, Concern.MY_GOODS: MY_GOODS}.get(concern)
