"""The ledger of a group: postings whose amounts sum to zero, and the balances that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class PostingKind(StrEnum):
    """What changed the balances."""

    RUN = "run"  # a run was completed: each person's payments minus their statement
    LEFT_OVER = "left_over"  # somebody took left-over goods after the run was completed
    CORRECTION = "correction"  # somebody corrected an amount of a completed run
    PAYMENT = "payment"  # money went from one member to another
    IMPORT = "import"  # taken over from another server or program


def balanced(amounts: Mapping[str, int]) -> dict[str, int]:
    """The amounts (minor units by person) without zeros. Raises ValueError unless they sum to zero."""
    if sum(amounts.values()):
        raise ValueError("the amounts of a posting sum to zero")
    return {person: amount for person, amount in amounts.items() if amount}


def net(paid: Mapping[str, int], owed: Mapping[str, int]) -> dict[str, int]:
    """By person what they paid minus what they owe, in minor units: above 0 for whoever gets money back."""
    return {person: paid.get(person, 0) - owed.get(person, 0) for person in {*paid, *owed}}
