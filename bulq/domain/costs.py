"""Costs of a run beside the goods: fees, transport, deposits, discounts. Who bears how much of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from bulq.domain.errors import Invalid
from bulq.domain.money import line_total, share_money
from bulq.domain.quantities import MAX_LINE_UNITS, plain
from bulq.domain.statements import Part

MAX_SHARE = 1000  # of one person, where people are chosen with shares
MAX_DISTANCE = 100_000_000  # thousandths of a kilometre


class CostKind(StrEnum):
    """What a line of a receipt is for that is no purchase."""

    FEE = "fee"
    TRANSPORT = "transport"
    DEPOSIT = "deposit"
    DEPOSIT_RETURN = "deposit_return"
    DISCOUNT = "discount"
    COUPON = "coupon"
    TIP = "tip"
    MEMBERSHIP = "membership"
    DIFFERENCE = "difference"  # what the other lines of the receipt don't explain
    CORRECTION = "correction"  # after the run was completed


REDUCING = frozenset((CostKind.DEPOSIT_RETURN, CostKind.DISCOUNT, CostKind.COUPON))
TYPED = frozenset(CostKind) - {CostKind.DIFFERENCE, CostKind.CORRECTION}  # what people choose among


class CostRule(StrEnum):
    """By what a cost is shared."""

    VALUE = "value"  # what each person's goods cost
    EQUALLY = "equally"  # the same for everybody with goods
    WEIGHT = "weight"  # what each person's goods weigh
    QUANTITY = "quantity"  # how much each person got
    PEOPLE = "people"  # chosen people with shares


class Goods(NamedTuple):
    """What somebody has of a list item: minor units, thousandths of a kilogram (0 if nobody knows), thousandths."""

    value: int
    weight: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Cost:
    """`amount` in minor units, below 0 where people get money back. With `item_id` only the goods of that item count.

    `shares` are those of the chosen people.
    """

    id: str
    amount: int
    rule: CostRule
    item_id: str | None = None
    shares: Mapping[str, int] = field(default_factory=dict[str, int])


# Goods by list item and person.
RunGoods = Mapping[str, Mapping[str, Goods]]


def weights_of(cost: Cost, goods: RunGoods) -> dict[str, int]:
    """How much of the cost each person bears, relative to the others; nobody where the rule finds nothing to go by."""
    if cost.rule is CostRule.PEOPLE:
        return {person: share for person, share in cost.shares.items() if share}
    counts = _COUNTS[cost.rule]
    sums: dict[str, int] = defaultdict(int)
    for item_id, people in goods.items():
        if cost.item_id in (None, item_id):
            for person, has in people.items():
                sums[person] += has[counts]
    if cost.rule is CostRule.EQUALLY:
        return {person: 1 for person, quantity in sums.items() if quantity > 0}
    return {person: weight for person, weight in sums.items() if weight > 0}


# Which of somebody's Goods the rules go by.
_COUNTS = {CostRule.VALUE: 0, CostRule.WEIGHT: 1, CostRule.QUANTITY: 2, CostRule.EQUALLY: 2}


def shared(cost: Cost, goods: RunGoods) -> dict[str, Part]:
    """By person their weight by the rule, and their part of the amount. The parts sum to the amount exactly.

    Empty where nobody can bear the cost by its rule.
    """
    weights = weights_of(cost, goods)
    amounts = share_money(cost.amount, weights, cost.id) if weights else {}
    return {person: Part(weights[person], amount) for person, amount in amounts.items()}


def signed(kind: CostKind, amount: int) -> int:
    """The amount as it counts on the receipt: people type 5.00 for a discount of 5.00."""
    return -amount if kind in REDUCING else amount


def check_amount(amount: int, exponent: int, *, field: str = "amount") -> None:
    """Refuse nothing at all, and what is beyond 999,999.99 units of a currency with `exponent` decimals."""
    maximum = MAX_LINE_UNITS * 10**exponent - 1
    if amount == 0:
        raise Invalid("money_positive", field=field)
    if abs(amount) > maximum:
        raise Invalid("money_too_large", field=field, max=plain(maximum, exponent, padded=True))


def check_shares(shares: Mapping[str, int], *, field: str = "shares") -> None:
    """Refuse unless somebody is chosen, each with a whole share from 1 to 1,000."""
    if not shares:
        raise Invalid("cost_for_nobody", field=field)
    if not all(1 <= share <= MAX_SHARE for share in shares.values()):
        raise Invalid("cost_share", field=field, max=MAX_SHARE)


def transport(distance: int, price_per_km: int) -> int:
    """Minor units for `distance` thousandths of a kilometre."""
    if not 0 < distance <= MAX_DISTANCE:
        raise Invalid("distance", field="distance")
    return line_total(distance, price_per_km)


def check_payers(total: int | None, amounts: Sequence[int | None], currency: str) -> None:
    """Refuse payers whose amounts don't sum to the total (minor units), saying by how much.

    A single payer needs no amount. Several payers need amounts above 0, and the receipt a total.
    """
    if not amounts:
        raise Invalid("payer_missing", field="payers")
    if len(amounts) == 1 and amounts[0] in (None, total):
        return
    if total is None:
        raise Invalid("total_for_payers", field="total")
    given = [amount or 0 for amount in amounts]
    if min(given) <= 0:
        raise Invalid("payer_amount", field="payers")
    over = sum(given) - total
    if over:
        key = "payers_over" if over > 0 else "payers_under"
        raise Invalid(key, field="payers", amount=abs(over), currency=currency)
