"""Who was short last time comes first: goodwill, what it is worth in goods, and a fair split that favours by it.

A step is the smallest part of the goods that can be shared. Goodwill is money that nobody owes: minor units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from bulq.domain.allocation import matches, share, share_whole_steps, with_rest
from bulq.domain.money import rotation
from bulq.domain.phases import FairRule
from bulq.domain.prices import Price

REMEMBERED = 10  # completed runs of a group, the newest, whose shortages count

# What everybody gets, in steps, when so many steps are there.
HandOut = Callable[[int], dict[str, int]]


class GoodwillBound(StrEnum):
    """By how much whoever was short before may get ahead of others, and how much others give up for them.

    By one step of a product at most; or by half of what they would lack, for which others give up half of theirs.
    """

    OFF = "off"
    STEP = "step"
    HALF = "half"

    def of(self, steps: int) -> int:
        """How many of so many steps, rounded up."""
        return {GoodwillBound.OFF: 0, GoodwillBound.STEP: min(1, steps), GoodwillBound.HALF: (steps + 1) // 2}[self]


def lacked(wanted: Mapping[str, int], got: Mapping[str, int], bought: int, step: int) -> dict[str, int]:
    """By person how many thousandths they got less than they wanted of goods that were short, by a step or more.

    Empty when there were enough, or none at all: then nobody was short beside others. `wanted` is from before anybody
    adjusted anything, so that who gave up some by hand is remembered, too.
    """
    everything = sum(wanted.values())
    if not bought or bought >= everything or matches(everything, bought, step):
        return {}
    less = {who: quantity - got.get(who, 0) for who, quantity in wanted.items()}
    return {who: quantity for who, quantity in less.items() if quantity > 0}


def worth(quantity: int, total: int, bought: int) -> int:
    """Minor units that `quantity` thousandths cost when `bought` cost `total`, half up."""
    return Price(total, bought).cost(quantity)


def steps_owed(goodwill: int, total: int, bought: int, step: int) -> int:
    """To how many steps of the goods so much goodwill comes: half a step counts as one. None of what was free."""
    if goodwill <= 0 or total <= 0:
        return 0
    return (2 * goodwill * bought + total * step) // (2 * total * step)


def used_up(left: Sequence[int], value: int) -> list[int]:
    """What is left of each shortage (oldest first) after `value` of goodwill was used: the oldest goes first."""
    after: list[int] = []
    for each in left:
        taken = min(each, max(0, value))
        after.append(each - taken)
        value -= taken
    return after


def share_with_goodwill(
    rule: FairRule,
    bids: Mapping[str, int],
    raises: Sequence[tuple[str, int]],
    available: int,
    step: int,
    line_id: str,
    *,
    owed: Mapping[str, int],
    bound: GoodwillBound,
) -> dict[str, int]:
    """What each bidder gets, in thousandths: by the rule, with whoever is owed steps ahead of others within the bound.

    Where everybody is owed as much, nobody is ahead: the rule alone decides. The same holds without a shortage.
    """
    alone = share(rule, bids, raises, available, step, line_id)
    wanted = sum(bids.values())
    if bound is GoodwillBound.OFF or available >= wanted or matches(wanted, available, step):
        return alone
    steps = {who: bid // step for who, bid in bids.items()}

    def hand_out(many: int) -> dict[str, int]:
        return share_whole_steps(rule, steps, raises, many, step, line_id)

    got = favour(hand_out, steps, owed, available // step, bound, line_id)
    return with_rest(got, bids, available, step, line_id)


def favour(
    hand_out: HandOut,
    bids: Mapping[str, int],
    owed: Mapping[str, int],
    available: int,
    bound: GoodwillBound,
    line_id: str,
) -> dict[str, int]:
    """Steps by person: what the rule hands out, some of them moved from who is owed least to who is owed more.

    How far somebody is ahead is what they are owed beyond those who are owed least. One step after the other goes to
    whoever is furthest ahead, then by the rotation, never above the bid. Those who are owed least give back the last
    steps that the rule handed out to them.
    """
    alone = hand_out(available)
    bidders = [who for who, bid in bids.items() if bid]
    least = min((owed.get(who, 0) for who in bidders), default=0)
    ahead = {who: owed.get(who, 0) - least for who in bidders}
    givers = {who: bound.of(alone[who]) for who in bidders if not ahead[who]}
    most = {who: min(ahead[who], bound.of(bids[who] - alone[who])) for who in bidders if ahead[who]}
    more = _granted(ahead, most, sum(givers.values()), rotation(bids.keys(), line_id))
    if not (moved := sum(more.values())):
        return alone
    floors = {who: alone[who] - spare for who, spare in givers.items()}
    kept = _given_back(hand_out, floors, available, sum(alone[who] for who in givers) - moved)
    return {who: kept[who] if who in kept else alone[who] + more.get(who, 0) for who in bids}


def _granted(ahead: Mapping[str, int], most: Mapping[str, int], there: int, turn: Mapping[str, int]) -> dict[str, int]:
    """Steps by person, `there` in all at most: each to who is furthest ahead then, up to what they may get at most.

    Found by the level down to which all come together, not step by step.
    """
    if sum(most.values()) <= there:
        return dict(most)

    def down_to(level: int) -> dict[str, int]:
        return {who: min(limit, max(0, ahead[who] - level)) for who, limit in most.items()}

    low, high = 0, max(ahead.values())
    while low < high:
        level = (low + high) // 2
        low, high = (low, level) if sum(down_to(level).values()) <= there else (level + 1, high)
    got, further = down_to(low), down_to(low - 1)
    next_ones = sorted((who for who in most if further[who] > got[who]), key=lambda who: turn[who])
    for who in next_ones[: there - sum(got.values())]:
        got[who] += 1
    return got


def _given_back(hand_out: HandOut, floors: Mapping[str, int], available: int, kept: int) -> dict[str, int]:
    """What those with a floor keep, together `kept`: as if only so many steps were there, but never below the floor."""

    def keep(many: int) -> dict[str, int]:
        got = hand_out(many)
        return {who: max(floor, got[who]) for who, floor in floors.items()}

    low, high = 0, available
    while low < high:  # the largest number of steps with which they keep no more than that
        many = (low + high + 1) // 2
        low, high = (many, high) if sum(keep(many).values()) <= kept else (low, many - 1)
    return keep(low)
