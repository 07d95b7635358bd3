"""Advances: a share of the estimate that people send the leader before the goods are paid for. Minor units."""

from __future__ import annotations

from enum import StrEnum

from bulq.domain.payments import PaymentState
from bulq.domain.phases import Phase

ASKING = (Phase.CONFIRMED, Phase.SHOPPING)  # when the leader may ask, ask anew, and take the question back
SAID = (PaymentState.PAID, PaymentState.CONFIRMED, PaymentState.DISPUTED)  # of this nobody is asked a second time


class AdvanceShare(StrEnum):
    """How much of what everybody is expected to pay the leader asks for."""

    NONE = "none"
    HALF = "half"
    ALL = "all"


def advance_of(estimate: int, share: AdvanceShare) -> int:
    """What somebody is asked for in all. Half of an odd amount is rounded up, so that both halves cover it."""
    if share is AdvanceShare.NONE:
        return 0
    wanted = max(0, estimate)
    return wanted if share is AdvanceShare.ALL else (wanted + 1) // 2


def still_asked(estimate: int, share: AdvanceShare, said: int) -> int:
    """What is left to ask for beside what the person says they paid already; never below zero."""
    return max(0, advance_of(estimate, share) - said)
