"""Households: several people of a group who settle as one, with one who pays and gets money for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from bulq.domain.errors import Conflict
from bulq.domain.settling import Transfer

Payers = Mapping[str, str]  # by person whoever settles for them, without those who settle for themselves


def together(balances: Mapping[str, int], payers: Payers) -> dict[str, int]:
    """The balances of households and of all others, by whoever settles, in minor units."""
    sums: dict[str, int] = defaultdict(int)
    for person, amount in balances.items():
        sums[payers.get(person, person)] += amount
    return dict(sums)


def outside(transfers: Iterable[Transfer], payers: Payers) -> list[Transfer]:
    """The transfers between those who settle, without those inside a household."""
    moved = (
        Transfer(payers.get(debtor, debtor), payers.get(creditor, creditor), amount)
        for debtor, creditor, amount in transfers
    )
    return [each for each in moved if each.debtor != each.creditor]


def check_household(user: str, payer: str, payers: Payers) -> None:
    """Refuse that `payer` settles for `user` where one of them is in a household that doesn't allow it."""
    if user in payers:
        raise Conflict("household_settled_for")
    if payer in payers:
        raise Conflict("household_payer_settled_for")
    if user in payers.values():
        raise Conflict("household_settles")
